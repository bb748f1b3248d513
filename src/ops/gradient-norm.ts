// Global gradient norms, clipping coefficients and the guard against NaN, all on the GPU. See shaders/gradient_norm.wgsl.

import source from '../../shaders/gradient_norm.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';

const kernel = parseKernel('gradient_norm', source);

/** Values that a partial sum adds one after the other, at most: more take time on a GPU, and rounding errors pile up. */
const mostEach = 8192;

/** Partial sums of an arena of so many values. 1024 suffice for eight million: no preset but the official ones has more. */
const partsOf = (values: number): number => 1024 * 2 ** Math.max(0, Math.ceil(Math.log2(values / (1024 * mostEach))));

/**
 * One or two gradient arenas (1, n), error (m, 1) per-token loss; clip: largest norm of each, 0 for none.
 * Returns (arenas, 2): norm before clipping, coefficient. `guard` (1, 2) is set to (1, step) when anything is not finite,
 * and stays set.
 */
export function gradientNorms(
  plan: Plan,
  gradients: [Tensor] | [Tensor, Tensor],
  error: Tensor,
  guard: Tensor,
  clip: Scalar,
  step: Scalar,
  name: string,
): Tensor {
  const arenas = gradients.length;
  const [g0, g1] = gradients;
  const parts = partsOf(Math.max(...gradients.map((g) => g.cols)));
  const overrides = { PARTS: parts };
  const sums = plan.activation(`${name}.sums`, arenas, parts);
  const breaks = plan.activation(`${name}.breaks`, arenas, parts);
  const result = plan.keep(plan.activation(name, arenas, 2));
  const dims = { n0: g0.cols, n1: g1?.cols ?? 0, arenas, m: error.rows, step, clip };
  plan.dispatch({
    label: `${name} partial sums`,
    kernel,
    entry: 'partial_sums',
    overrides,
    bind: { g0, g1: g1 ?? g0, sums, breaks, error },
    dims,
    grid: () => [(arenas * parts) / 64],
  });
  plan.dispatch({
    label: name,
    kernel,
    entry: plan.variant.rows === 'thread' ? 'combine' : 'combine_workgroup',
    overrides,
    bind: { known_sums: sums, known_breaks: breaks, result, guard },
    dims,
    grid: () => [1],
  });
  return result;
}
