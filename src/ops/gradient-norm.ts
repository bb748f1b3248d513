// Global gradient norm, clipping coefficient and the guard against NaN, all on the GPU. See shaders/gradient_norm.wgsl.

import source from '../../shaders/gradient_norm.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';

const kernel = parseKernel('gradient_norm', source);

const parts = 1024;

export interface GradientNorm {
  /** (1, 2): norm before clipping, coefficient */
  result: Tensor;
}

/**
 * gradients (1, n), error (m, 1) per-token loss; clip: largest norm, 0 for none.
 * `guard` (1, 2) is set to (1, step) when anything is not finite, and stays set.
 */
export function gradientNorm(
  plan: Plan,
  gradients: Tensor,
  error: Tensor,
  guard: Tensor,
  clip: Scalar,
  step: Scalar,
  name: string,
): GradientNorm {
  const sums = plan.activation(`${name}.sums`, 1, parts);
  const breaks = plan.activation(`${name}.breaks`, 1, parts);
  const result = plan.keep(plan.activation(name, 1, 2));
  const dims = { n: gradients.cols, m: error.rows, step, clip };
  plan.dispatch({
    label: `${name} partial sums`,
    kernel,
    entry: 'partial_sums',
    bind: { g: gradients, sums, breaks, error },
    dims,
    grid: () => [parts / 64],
  });
  plan.dispatch({
    label: name,
    kernel,
    entry: plan.variant.rows === 'workgroup' ? 'combine_workgroup' : 'combine',
    bind: { known_sums: sums, known_breaks: breaks, result, guard },
    dims,
    grid: () => [1],
  });
  return { result };
}
