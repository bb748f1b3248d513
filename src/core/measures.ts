// Measures of an evaluation: shares of right answers, how sure a mean is, average precision. Plain numbers in f64.

/** Share of answers that are the truth. 0 of no answers. */
export function accuracy(truth: ArrayLike<number>, answers: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === answers[i]) right++;
  return truth.length ? right / truth.length : 0;
}

/** (classes, classes): row = truth, column = answer */
export function confusionCounts(truth: ArrayLike<number>, answers: ArrayLike<number>, classes: number): number[] {
  const counts = Array<number>(classes * classes).fill(0);
  for (let i = 0; i < truth.length; i++) counts[truth[i] * classes + answers[i]]++;
  return counts;
}

/** Share that guessing the most frequent class gets. */
export function mostFrequentShare(truth: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (let i = 0; i < truth.length; i++) {
    const n = (counts.get(truth[i]) ?? 0) + 1;
    counts.set(truth[i], n);
    most = Math.max(most, n);
  }
  return truth.length ? most / truth.length : 0;
}

export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0;

/** Standard deviation with n − 1; 0 of one value. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
}

export interface Interval {
  low: number;
  high: number;
}

/**
 * What `tests` answers leave open about a share of right ones, `z` deviations down and up: the score interval (Wilson 1927).
 * The usual √(p (1 − p) / N) is 0 where all answers are right, be they three.
 */
export function scoreInterval(share: number, tests: number, z: number): Interval {
  const p = Math.min(1, Math.max(0, share));
  const shrunk = 1 + z ** 2 / tests;
  const centre = (p + z ** 2 / (2 * tests)) / shrunk;
  const half = (z / shrunk) * Math.sqrt((p * (1 - p)) / tests + (z / (2 * tests)) ** 2);
  return { low: centre - half, high: centre + half };
}

/** An interval as far as there are values. */
export const within = ({ low, high }: Interval, least: number, most: number): Interval => ({
  low: Math.max(low, least),
  high: Math.min(high, most),
});

/** 97.5 % quantile of the normal distribution */
export const z = 1.959963984540054;

/** 97.5 % quantiles of Student's t for 1 … 30 degrees of freedom */
const tQuantiles = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/** 97.5 % quantile of Student's t: beyond the table the first terms of its series in 1 / degrees (off by less than 1e-4). */
export const tQuantile = (degrees: number): number =>
  tQuantiles[degrees - 1] ??
  z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);

/** 95 % interval of a mean, by Student's t. Null of fewer than two values: one says nothing about the spread. */
export function meanInterval(values: readonly number[]): Interval | null {
  if (values.length < 2) return null;
  const half = (tQuantile(values.length - 1) * deviation(values)) / Math.sqrt(values.length);
  return { low: mean(values) - half, high: mean(values) + half };
}

/**
 * Average precision: area under the curve of precision over recall, where precision is first made to never rise with
 * recall (Pascal VOC from 2010 on). scores: how sure the answer "yes" is; positive: whether it is true. Equal scores are
 * taken together, so that the order in which they come cannot matter: one score for all gets the share of positives.
 * Null without positives.
 */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number | null {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const positives = order.filter((i) => positive[i]).length;
  if (positives === 0) return null;
  const points: { recall: number; precision: number }[] = [];
  let found = 0;
  order.forEach((i, k) => {
    if (positive[i]) found++;
    const last = k === order.length - 1 || scores[order[k + 1]] !== scores[i];
    if (last) points.push({ recall: found / positives, precision: found / (k + 1) });
  });
  let area = 0;
  let best = 0;
  for (let k = points.length - 1; k >= 0; k--) {
    best = Math.max(best, points[k].precision);
    area += best * (points[k].recall - (points[k - 1]?.recall ?? 0));
  }
  return area;
}
