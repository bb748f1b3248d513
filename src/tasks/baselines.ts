// What prediction costs without a predictor: the mean target, or the target of the nearest context token. A loss means
// little by itself, because the targets move; against these two it is a skill.

import type { Grid } from '../core/grid.ts';
import { latentError } from '../core/health-measures.ts';
import { nearestContext } from '../mask/nearest.ts';
import type { MaskLists } from '../model/pack.ts';

/** h: targets (B, N, V). Errors as in the loss: mean over the hidden tokens of a set, then over sets. */
export function baselines(
  h: Float32Array,
  sets: readonly MaskLists[],
  grid: Grid,
  exponent: number,
): { meanBaseline: number; nearestBaseline: number } {
  const N = grid.t * grid.h * grid.w;
  const clips = sets[0].context.length;
  const V = h.length / (clips * N);
  const row = (clip: number, token: number) => h.subarray((clip * N + token) * V, (clip * N + token + 1) * V);
  const mean = new Float64Array(V);
  for (let i = 0; i < h.length; i++) mean[i % V] += h[i] / (clips * N);
  const nearestOf = nearestContext(grid);
  const total = { meanBaseline: 0, nearestBaseline: 0 };
  for (const { context, target } of sets) {
    const own = { mean: 0, nearest: 0, tokens: 0 };
    for (let b = 0; b < clips; b++) {
      if (!context[b].length) continue; // nothing to copy from
      const near = nearestOf(context[b]);
      for (let j = 0; j < target[b].length; j++) {
        const truth = row(b, target[b][j]);
        own.mean += latentError(mean, truth, exponent);
        own.nearest += latentError(row(b, near.token(target[b][j])), truth, exponent);
        own.tokens++;
      }
    }
    total.meanBaseline += own.mean / Math.max(1, own.tokens) / sets.length;
    total.nearestBaseline += own.nearest / Math.max(1, own.tokens) / sets.length;
  }
  return total;
}
