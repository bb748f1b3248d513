// Momentum update of the target encoder. See shaders/ema.wgsl.

import source from '../../shaders/ema.wgsl?raw';
import type { Arena } from '../gpu/arena.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('ema', source);

/** target and source have the same layout; momentum and 1 − momentum are set every step. */
export function ema(plan: Plan, target: Arena, source: Arena, guard: Tensor, momentum: Scalar, rest: Scalar): void {
  plan.dispatch({
    label: 'target EMA',
    kernel,
    entry: 'ema',
    bind: { t: target.weights, p: source.weights, guard },
    dims: { n: source.size, momentum, rest },
    grid: () => fold(Math.ceil(source.size / 64)),
  });
}
