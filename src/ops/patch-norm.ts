// Pixels as targets: every patch normalised on its own. See shaders/patch_norm.wgsl.

import source from '../../shaders/patch_norm.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('patch_norm', source);

/** x (n, V), the values of one patch a row → (n, V). A target: nothing goes backward through it. */
export function patchNorm(plan: Plan, x: Tensor, name: string): Tensor {
  const y = plan.activation(name, x.rows, x.cols);
  const perRow = plan.variant.rows !== 'thread';
  plan.dispatch({
    label: name,
    kernel,
    entry: perRow ? 'patch_norm_workgroup' : 'patch_norm',
    bind: { x, y },
    dims: { n: x.rows, V: x.cols },
    grid: (size) => fold(perRow ? size(x.rows) : Math.ceil(size(x.rows) / 16)),
  });
  return y;
}
