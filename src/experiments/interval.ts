// The 95 % interval of a share, and of a difference between two arms that were recorded with the same seeds.
//
// One test for all seeds: their spread knows nothing of the choice of its N clips, so that is added, √(p (1 − p) / N) for each
// of the two shares p. Both arms answer about the same clips, so this is too wide rather than too narrow.
//
//   half = √( (t s / √n)² + z² (pa (1 − pa) + pb (1 − pb)) / N )
//
// Another split for every seed: tests overlap and so do the clips that are learned from, so the seeds are no independent
// draws; their variance counts for more (Nadeau and Bengio 2003, Inference for the generalization error).
//
//   half = t s √( 1 / n + tests / training )

import { deviation, type Interval, mean, tQuantile, z } from '../core/measures.ts';

/** What the choice of N test clips leaves open of shares p of right answers: one deviation. */
const chosen = (shares: readonly number[], tests: number): number =>
  Math.sqrt(shares.reduce((sum, p) => sum + (p * (1 - p)) / tests, 0));

/** Of the mean share over seeds that all had the same tests. Null of fewer than two seeds. */
export function shareInterval(shares: readonly number[], tests: number): Interval | null {
  const n = shares.length;
  if (n < 2) return null;
  const half = Math.hypot((tQuantile(n - 1) * deviation(shares)) / Math.sqrt(n), z * chosen([mean(shares)], tests));
  return { low: mean(shares) - half, high: mean(shares) + half };
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
  const shares = [mean(pairs.map((p) => p.a)), mean(pairs.map((p) => p.b))];
  const half = oneTest
    ? Math.hypot(spread / Math.sqrt(n), z * chosen(shares, tests))
    : spread * Math.sqrt(1 / n + tests / training);
  return { low: mean(differences) - half, high: mean(differences) + half };
}
