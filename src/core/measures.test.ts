import { describe, expect, test } from 'vitest';
import {
  accuracy,
  averagePrecision,
  confusionCounts,
  deviation,
  mean,
  meanInterval,
  mostFrequentShare,
  tQuantile,
} from './measures.ts';

describe('answers', () => {
  const truth = [0, 0, 1, 2, 2, 2];
  const answers = [0, 1, 1, 2, 2, 0];

  test('accuracy, confusion, chance', () => {
    expect(accuracy(truth, answers)).toBeCloseTo(4 / 6, 15);
    expect(confusionCounts(truth, answers, 3)).toEqual([1, 1, 0, 0, 1, 0, 1, 0, 2]);
    expect(mostFrequentShare(truth)).toBe(0.5);
    expect([accuracy([], []), mostFrequentShare([])]).toEqual([0, 0]);
  });

  test('mean and deviation with n − 1', () => {
    // squares of −3, −1, −1, −1, 0, 0, 2, 4 are 32 together
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(deviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(deviation([0.3])).toBe(0);
  });
});

describe('intervals', () => {
  test('quantiles of t: closed forms and tables', () => {
    // one degree: tan(0.475 π); two degrees: 0.95 √(2 / (1 − 0.95²))
    expect(tQuantile(1)).toBeCloseTo(Math.tan(0.475 * Math.PI), 4);
    expect(tQuantile(2)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 4);
    const table: [number, number][] = [
      [10, 2.228],
      [30, 2.042],
      [40, 2.021],
      [60, 2.0],
      [120, 1.98],
    ];
    for (const [degrees, value] of table) expect(tQuantile(degrees)).toBeCloseTo(value, 3);
    // the table and the series meet
    for (let n = 1; n < 60; n++) expect(tQuantile(n + 1)).toBeLessThan(tQuantile(n));
  });

  test('of a mean', () => {
    // 1, 2, 3: deviation 1, so 2 ± 4.3027 / √3
    const interval = meanInterval([1, 2, 3]);
    expect(interval?.low).toBeCloseTo(2 - 4.3027 / Math.sqrt(3), 10);
    expect(interval?.high).toBeCloseTo(2 + 4.3027 / Math.sqrt(3), 10);
    expect(meanInterval([1])).toBeNull();
  });
});

describe('average precision', () => {
  test('worked by hand', () => {
    // yes no yes no yes: precisions 1, 1/2, 2/3, 1/2, 3/5 at recalls 1/3, 1/3, 2/3, 2/3, 1
    expect(averagePrecision([0.9, 0.8, 0.7, 0.6, 0.5], [1, 0, 1, 0, 1])).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 14);
    // no yes yes: 1/2 at recall 1/2 is lifted to the 2/3 that comes later
    expect(averagePrecision([0.9, 0.8, 0.7], [0, 1, 1])).toBeCloseTo(2 / 3, 14);
    expect(averagePrecision([0.1, 0.9], [0, 1])).toBe(1);
    expect(averagePrecision([0.1, 0.9], [0, 0])).toBeNull();
  });

  test('equal scores get the share of positives, in any order', () => {
    expect(averagePrecision([1, 1, 1, 1], [1, 0, 0, 0])).toBe(0.25);
    expect(averagePrecision([1, 1, 1, 1], [0, 0, 0, 1])).toBe(0.25);
  });
});
