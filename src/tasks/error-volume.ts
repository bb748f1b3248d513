// Where prediction fails: the error of every token of a clip, over as many draws of the run's masks as it takes for every
// token to be hidden, beside two predictors that need no learning.

import { gridOf, lossExponent, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { latentError } from '../core/health-measures.ts';
import { drawMasks } from '../mask/draw.ts';
import { farthest, nearestContext } from '../mask/nearest.ts';
import type { ErrorVolume } from '../protocol/looking.ts';
import type { ErrorMapper } from '../train/error-map.ts';
import { ErrorSums } from './error-sums.ts';
import { quantileBins, tokenMotion } from './motion.ts';

/** Motion is told in as many groups of tokens. */
const motionGroups = 4;

export interface VolumeOptions {
  /** draws at most, and in how many of them every token should have been a target */
  draws: number;
  least: number;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/**
 * clip (3, T, S, S) as the run sees it. Draws are those of the run: of its steps 0, 1, … and in each of all clips of a
 * batch. The baselines are held against the same targets h with the same loss:
 * - mean: the mean of h over the target tokens of that mask is said of each of them. It knows more than any constant could
 *   (the clip's own targets), so a skill against it above 0 means that places are told apart.
 * - copy: h of the nearest context token, by city block; the first of those that are as near.
 */
export async function errorVolume(
  mapper: ErrorMapper,
  c: RunConfig,
  clip: Float32Array<ArrayBuffer>,
  { draws, least, signal, onProgress }: VolumeOptions,
): Promise<ErrorVolume> {
  const grid = gridOf(c.model);
  const N = tokenCount(grid);
  const exponent = lossExponent(c.loss);
  const motion = tokenMotion(clip, c.model);
  const { bin, bins } = quantileBins(motion, motionGroups);
  const sets = c.masks.map(() => new ErrorSums(N));
  const distance = new ErrorSums(farthest(grid) + 1);
  const nearestOf = nearestContext(grid);
  // a mask that never changes has no second draw
  const fixed = c.masks.every(({ kind }) => kind === 'future' || kind === 'painted');
  const most = fixed ? 1 : draws;
  let targets: Float32Array | null = null;
  let done = 0;
  for (; done < most && (done === 0 || fewest(sets) < least); done++) {
    if (signal.aborted) throw new StudioError('cancelled', 'The errors were not measured to the end.');
    onProgress(done, most);
    const masks = masksOf(c, grid, done);
    const errors = await mapper.map(clip, masks);
    const h = (targets ??= await mapper.targets()); // (N, V); a function of the clip and the weights alone
    const V = h.length / N;
    const featuresOf = (token: number) => h.subarray(token * V, (token + 1) * V);
    for (const [s, { context, target }] of masks.entries()) {
      const near = nearestOf(context[0]);
      const mean = meanOf(target[0], featuresOf);
      for (let i = 0; i < target[0].length; i++) {
        const token = target[0][i];
        const own = featuresOf(token);
        const ofMean = latentError(own, mean, exponent);
        const ofCopy = latentError(own, featuresOf(near.token(token)), exponent);
        sets[s].add(token, errors[s][i], ofMean, ofCopy);
        distance.add(near.steps(token), errors[s][i], ofMean, ofCopy);
      }
    }
  }
  onProgress(most, most);
  const plane = grid.h * grid.w;
  /** `of`: the group of a token, -1 of one that is in none */
  const byToken = (groups: number, of: (token: number) => number): ErrorSums => {
    const sums = new ErrorSums(groups);
    for (const set of sets) for (let n = 0; n < N; n++) if (of(n) >= 0) sums.take(of(n), set, n);
    return sums;
  };
  const range = (group: number): [number, number] => {
    const inside = motion.filter((_, n) => bin[n] === group);
    return [Math.min(...inside), Math.max(...inside)];
  };
  const setSums = new ErrorSums(sets.length);
  for (const [s, set] of sets.entries()) for (let n = 0; n < N; n++) setSums.take(s, set, n);
  return {
    grid,
    draws: done,
    sets: sets.map((s) => s.means()),
    groups: {
      distance: distance.groups((d) => [d, d]),
      tubelet: byToken(grid.t, (n) => Math.floor(n / plane)).groups((t) => [t, t]),
      motion: byToken(bins, (n) => bin[n]).groups(range),
      set: setSums.groups((s) => [s, s]),
    },
    motion,
  };
}

/** Masks of one clip: the draw's place among all clips of all steps of the run. */
function masksOf(c: RunConfig, grid: Grid, draw: number) {
  const { masks, maskCut: cut, maskSequence: sequence, seed, batchSize } = c;
  const { sets } = drawMasks({ masks, cut, sequence, seed }, grid, batchSize, Math.floor(draw / batchSize));
  const b = draw % batchSize;
  return sets.map(({ context, target }) => ({ context: [context[b]], target: [target[b]] }));
}

/** How often the token that was hidden least was a target, over all mask sets. */
function fewest(sets: ErrorSums[]): number {
  let least = Infinity;
  for (let n = 0; n < sets[0].count.length; n++)
    least = Math.min(
      least,
      sets.reduce((sum, s) => sum + s.count[n], 0),
    );
  return least;
}

/** Mean feature of some tokens, (V). */
function meanOf(tokens: ArrayLike<number>, featuresOf: (token: number) => Float32Array): Float64Array {
  const mean = new Float64Array(featuresOf(0).length);
  for (let i = 0; i < tokens.length; i++) {
    const feature = featuresOf(tokens[i]);
    for (let v = 0; v < mean.length; v++) mean[v] += feature[v] / tokens.length;
  }
  return mean;
}
