import { expect, test } from 'vitest';
import { differenceInterval, type Pair, shareInterval } from './interval.ts';

const pair = (a: number, b: number, split = 0): Pair => ({ a, b, training: 300, tests: 150, split });

test('one test for all seeds: what the seeds show, and what its clips leave open', () => {
  // differences .30 .31 .32: s = .01, t(2) = 4.3027, 4.3027 · .01 / √3 = .02484
  // score intervals of 150: of .7 [.62242, .76759], of .39 [.31562, .46987]
  // down √(.02484² + .07758² + .07987²) = .11408, up √(.02484² + .06759² + .07438²) = .10353
  const interval = differenceInterval([pair(0.7, 0.4), pair(0.7, 0.39), pair(0.7, 0.38)]);
  expect(interval?.low).toBeCloseTo(0.31 - 0.11408, 4);
  expect(interval?.high).toBeCloseTo(0.31 + 0.10353, 4);
});

test('another split for every seed: overlapping ones tell less', () => {
  // 4.3027 · .02 · √(1/3 + 150/300) = .078556
  const interval = differenceInterval([pair(0.7, 0.41, 0), pair(0.7, 0.39, 1), pair(0.7, 0.37, 2)]);
  expect(interval?.low).toBeCloseTo(0.31 - 0.078556, 5);
  expect(interval?.high).toBeCloseTo(0.31 + 0.078556, 5);
  // seeds that agree leave open what 450 clips do: [.65615, .74044] and [.34602, .43579]
  const agreed = differenceInterval([pair(0.7, 0.39, 0), pair(0.7, 0.39, 1), pair(0.7, 0.39, 2)]);
  expect(agreed?.low).toBeCloseTo(0.31 - 0.06344, 4);
  expect(agreed?.high).toBeCloseTo(0.31 + 0.05977, 4);
});

test('a share: the spread of its seeds, and of the choice of its tests', () => {
  // .60 .61 .62: .02484 as above; the score interval of .61 of 64 is [.48754, .72000]
  const interval = shareInterval([0.6, 0.61, 0.62], 64);
  expect(interval?.low).toBeCloseTo(0.48505, 4);
  expect(interval?.high).toBeCloseTo(0.72277, 4);
});

test('what is always right is not certain, and nothing lies beyond all', () => {
  // 1 / (1 + z² / 8) = .67559
  expect(shareInterval([1, 1, 1], 8)).toEqual({ low: expect.closeTo(0.67559, 4) as unknown, high: 1 });
  expect(shareInterval([0.95, 1, 1], 8)?.high).toBe(1);
  const few = { training: 8, tests: 4, split: 0 };
  const ahead = differenceInterval([
    { a: 1, b: 0, ...few },
    { a: 1, b: 0, ...few },
  ]);
  // the score interval of 1 of 4 begins at 1 / (1 + z² / 4) = .51011, that of 0 ends at .48989: 1 − √2 · .48989
  expect(ahead).toEqual({ low: expect.closeTo(0.30719, 4) as unknown, high: 1 });
});

test('one seed has no interval', () => {
  expect(shareInterval([0.6], 64)).toBeNull();
  expect(differenceInterval([pair(0.7, 0.4)])).toBeNull();
  expect(differenceInterval([])).toBeNull();
});
