// LayerNorm of every row, with or without gamma and beta. Formulas in shaders/norm.wgsl.

import bindings from '../../shaders/norm_bindings.wgsl?raw';
import subgroupSums from '../../shaders/norm_subgroups.wgsl?raw';
import threadSource from '../../shaders/norm.wgsl?raw';
import treeSums from '../../shaders/norm_tree.wgsl?raw';
import workgroupSource from '../../shaders/norm_workgroup.wgsl?raw';
import type { Lookup, Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';
import { storedKernels } from './stored.ts';

const forms = {
  thread: storedKernels('norm', threadSource, bindings),
  workgroup: storedKernels('norm_workgroup', workgroupSource, `${treeSums}\n${bindings}`),
  subgroup: storedKernels('norm_subgroups', workgroupSource, `${subgroupSums}\n${bindings}`, 'enable subgroups; '),
};

const AFFINE = 1;
const INPUT_GRADIENT = 2;
const ADD = 4;
const WEIGHT_GRADIENT = 8;
const ADD_DW = 16;

/** x (rows, C) → (rows, C). `affine` null: no gamma and beta (target normalisation). `type`: how the result is stored. */
export function layerNorm(
  plan: Plan,
  x: Tensor,
  affine: { gamma: Tensor; beta: Tensor } | null,
  eps: number,
  name: string,
  type: 'f32' | 'f16' = 'f32',
): Tensor {
  const C = x.cols;
  const y = plan.activation(name, x.rows, C, [x, affine?.gamma ?? null], type);
  const stats = plan.activation(`${name}.stats`, x.rows, 2);
  const perRow = plan.variant.rows !== 'thread';
  const kernels = forms[plan.variant.rows];
  const rowGroups = (size: Lookup) => (perRow ? size(x.rows) : Math.ceil(size(x.rows) / 16));
  const gamma = affine?.gamma ?? x;
  const flags = affine ? AFFINE : 0;
  plan.dispatch({
    label: name,
    kernel: type === 'f16' ? kernels.half : kernels.single,
    entry: 'forward',
    bind: { x, gamma, beta: affine?.beta ?? x, y, stats },
    dims: { rows: x.rows, C, flags, eps },
    grid: (size) => fold(rowGroups(size)),
  });
  plan.onBackward(y, () => {
    const input = x.needsGradient ? plan.writeGradient(x) : null;
    const weight = affine?.gamma.needsGradient ? plan.writeGradient(affine.gamma) : null;
    const columnGroups = weight ? Math.ceil(C / (perRow ? 8 : 16)) : 0;
    plan.dispatch({
      label: `${name} ${input && weight ? 'dx dw' : input ? 'dx' : 'dw'}`,
      kernel: kernels.single, // touches nothing that is stored by halves
      entry: 'backward',
      bind: {
        x,
        gamma,
        dy: plan.gradientOf(y),
        known: stats,
        dx: input?.gradient ?? plan.nothing(0),
        dgamma: weight?.gradient ?? plan.nothing(1),
        dbeta: weight && affine ? plan.writeGradient(affine.beta).gradient : plan.nothing(2),
      },
      dims: {
        rows: x.rows,
        C,
        flags:
          flags |
          (input ? INPUT_GRADIENT : 0) |
          (input?.accumulate ? ADD : 0) |
          (weight ? WEIGHT_GRADIENT : 0) |
          (weight?.accumulate ? ADD_DW : 0),
        eps,
      },
      grid: (size) => fold((input ? rowGroups(size) : 0) + columnGroups),
    });
  });
  return y;
}
