// Attention of one token, and how far attention reaches, made again from what the forward pass keeps. Formulas and shapes
// in shaders/token_attention.wgsl.

import source from '../../shaders/token_attention.wgsl?raw';
import type { Grid } from '../core/grid.ts';
import { tokenCount } from '../core/grid.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';
import { storedKernels } from './stored.ts';

const kernels = storedKernels('token_attention', source);
/** for the type of qkv; shares and distances are single precision */
const kernelFor = ({ qkv }: Attended) => (qkv.type === 'f16' ? kernels.halfIn : kernels.single);

/** What attention over the tokens of one clip left behind: qkv (N, 3C), lse (N, H). */
export interface Attended {
  qkv: Tensor;
  lse: Tensor;
  grid: Grid;
}

const dimsOf = ({ qkv, lse, grid }: Attended, token: Scalar) => {
  const H = lse.cols;
  const D = qkv.cols / 3 / H;
  return { N: tokenCount(grid), H, D, scale: 1 / Math.sqrt(D), token, down: grid.h, across: grid.w };
};

/** Shares of all tokens in the attention of `token` → (H, N), each row of sum 1. */
export function attentionShares(plan: Plan, from: Attended, token: Scalar, name: string): Tensor {
  const [H, N] = [from.lse.cols, tokenCount(from.grid)];
  const shares = plan.activation(name, H, N);
  plan.dispatch({
    label: name,
    kernel: kernelFor(from),
    entry: 'row',
    bind: { qkv: from.qkv, lse: from.lse, shares },
    dims: dimsOf(from, token),
    grid: () => fold(Math.ceil((H * N) / 64)),
  });
  return shares;
}

/** Mean distance of what every token attends to → (N, 2H): of every head in patches within the frame, in tubelets. */
export function attentionDistances(plan: Plan, from: Attended, name: string): Tensor {
  const [H, N] = [from.lse.cols, tokenCount(from.grid)];
  const far = plan.activation(name, N, 2 * H);
  plan.dispatch({
    label: name,
    kernel: kernelFor(from),
    entry: 'distances',
    bind: { qkv: from.qkv, lse: from.lse, far },
    dims: dimsOf(from, 0),
    grid: () => fold(Math.ceil((H * N) / 64)),
  });
  return far;
}
