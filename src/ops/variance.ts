// The official variance regulariser on predictions; adds its gradient to dz. See shaders/variance.wgsl.

import source from '../../shaders/variance.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('variance', source);

/** z (n, C), segments (sets · B, 2) set-major → relu(1 − spread) (B, C); its mean is the term. */
export function varianceTerm(
  plan: Plan,
  z: Tensor,
  segments: Tensor,
  sets: number,
  coefficient: Scalar,
  name: string,
): Tensor {
  const B = plan.mostOf(segments.rows) / sets;
  const hinge = plan.keep(plan.activation(name, B, z.cols));
  plan.dispatch({
    label: name,
    kernel,
    entry: 'variance',
    bind: { z, segments, hinge, dz: plan.gradientOf(z) },
    dims: { B, C: z.cols, sets, coefficient },
    grid: () => fold(Math.ceil((B * z.cols) / 16)),
  });
  return hinge;
}
