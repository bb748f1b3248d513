// The 95 % interval of a share, and of a difference between two arms that were recorded with the same seeds.
//
// One test for all seeds: their spread knows nothing of the choice of its N clips, so what those leave open of a share is
// added, by its score interval [l, u], which also holds where all answers are right (Wilson 1927; of a difference as in Newcombe
// 1998, method 10). Both arms answer about the same clips, so this is too wide rather than too narrow.
//
//   down = √( (t s / √n)² + (pa − la)² + (ub − pb)² ),  up = √( (t s / √n)² + (ua − pa)² + (pb − lb)² )
//
// Another split for every seed: tests overlap and so do the clips that are learned from, so the seeds are no independent
// draws; their variance counts for more (Nadeau and Bengio 2003, Inference for the generalization error). Seeds that agree
// leave open at least what one question about every clip would.
//
//   half = t s √( 1 / n + tests / training )
//
// No share lies beyond 0 and 1, and no difference beyond −1 and 1.

import { deviation, type Interval, mean, scoreInterval, tQuantile, within, z } from '../core/measures.ts';

/** What the choice of N test clips leaves open of a share, down and up. */
function chosen(share: number, tests: number): { down: number; up: number } {
  const { low, high } = scoreInterval(share, tests, z);
  return { down: share - low, up: high - share };
}

/** Of the mean share over seeds that all had the same tests. Null of fewer than two seeds. */
export function shareInterval(shares: readonly number[], tests: number): Interval | null {
  const n = shares.length;
  if (n < 2) return null;
  const centre = mean(shares);
  const ofSeeds = (tQuantile(n - 1) * deviation(shares)) / Math.sqrt(n);
  const { down, up } = chosen(centre, tests);
  return within({ low: centre - Math.hypot(ofSeeds, down), high: centre + Math.hypot(ofSeeds, up) }, 0, 1);
}

/** What two arms got with one seed. */
export interface Pair {
  a: number;
  b: number;
  /** clips that the probe learned from, and those it was tested with */
  training: number;
  tests: number;
  /** seed of the split into the two */
  split: number;
}

/** Of the mean of a − b. Null of fewer than two seeds: one says nothing about the spread. */
export function differenceInterval(pairs: readonly Pair[]): Interval | null {
  const n = pairs.length;
  if (n < 2) return null;
  const differences = pairs.map(({ a, b }) => a - b);
  const spread = tQuantile(n - 1) * deviation(differences);
  const [tests, training] = [mean(pairs.map((p) => p.tests)), mean(pairs.map((p) => p.training))];
  const oneTest = pairs.every((p) => p.split === pairs[0].split);
  const [a, b] = [mean(pairs.map((p) => p.a)), mean(pairs.map((p) => p.b))];
  const open = (clips: number, ofSeeds: number) => {
    const [ofA, ofB] = [chosen(a, clips), chosen(b, clips)];
    return { down: Math.hypot(ofSeeds, ofA.down, ofB.up), up: Math.hypot(ofSeeds, ofA.up, ofB.down) };
  };
  const least = oneTest ? open(tests, spread / Math.sqrt(n)) : open(training + tests, 0);
  const ofSplits = oneTest ? 0 : spread * Math.sqrt(1 / n + tests / training);
  const centre = mean(differences);
  return within(
    { low: centre - Math.max(least.down, ofSplits), high: centre + Math.max(least.up, ofSplits) },
    -1,
    1,
  );
}
