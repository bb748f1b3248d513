// AdamW over a whole parameter arena and the momentum update of its slow copy, in one dispatch. See shaders/adamw.wgsl.

import source from '../../shaders/adamw.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import type { Arena } from '../gpu/arena.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('adamw', source);

/** Names of the values that every step sets: see `adamwValues`. */
const adamwScalars = {
  shrink: 'adamw.shrink',
  rate: 'adamw.rate',
  root: 'adamw.root',
  decay: 'adamw.decay',
} as const;

/** Step t (1-based) of AdamW in f64, as the uniform fields of the kernel. */
export function adamwValues(
  t: number,
  lr: number,
  weightDecay: number,
  betas: [number, number],
): Record<string, number> {
  return {
    [adamwScalars.shrink]: 1 - lr * weightDecay,
    [adamwScalars.rate]: lr / (1 - betas[0] ** t),
    [adamwScalars.root]: Math.sqrt(1 - betas[1] ** t),
    [adamwScalars.decay]: lr * weightDecay,
  };
}

/**
 * norms (arenas, 2) = norm and clipping coefficient, of which this arena has row `row`; guard (1, 2).
 * `slow` follows the updated weights; momentum and 1 − momentum are set every step.
 * `factors` (1, size / 64): what the learning rate is multiplied by, one for every 64 values of the arena.
 */
export function adamw(
  plan: Plan,
  arena: Arena,
  norms: { tensor: Tensor; row: number },
  guard: Tensor,
  betas: [number, number],
  eps: number,
  slow: { arena: Arena; momentum: Scalar; rest: Scalar } | null,
  factors: Tensor | null = null,
): void {
  if (!arena.gradients || !arena.moments) throw new StudioError('internal', `${arena.label} has no optimiser`);
  plan.dispatch({
    label: `${arena.label} AdamW${slow ? ', EMA' : ''}`,
    kernel,
    entry: factors ? 'layers' : 'adamw',
    bind: {
      p: arena.weights,
      g: arena.gradients,
      m: arena.moments[0],
      v: arena.moments[1],
      slow: slow?.arena.weights ?? plan.nothing(0),
      norms: norms.tensor,
      guard,
      ...(factors && { factors }),
    },
    dims: {
      n: arena.size / 4,
      trained: arena.trained / 4,
      decayed: arena.decayed / 4,
      arena: norms.row,
      follow: slow ? 1 : 0,
      momentum: slow?.momentum ?? 0,
      rest: slow?.rest ?? 0,
      beta1: betas[0],
      beta2: betas[1],
      rest1: 1 - betas[0],
      rest2: 1 - betas[1],
      eps,
      ...adamwScalars,
    },
    grid: () => fold(Math.ceil(arena.size / 256)),
  });
}
