import { expect, test } from 'vitest';
import { differenceInterval, type Pair, shareInterval } from './interval.ts';

const pair = (a: number, b: number, split = 0): Pair => ({ a, b, training: 300, tests: 150, split });

test('one test for all seeds: what the seeds show, and what its clips leave open', () => {
  // differences .30 .31 .32: s = .01, t(2) = 4.3027, 4.3027 · .01 / √3 = .02484
  // pa = .7, pb = .39: √((.21 + .2379) / 150) = .054644, times 1.959964 = .10710; √(.02484² + .10710²) = .10994
  const interval = differenceInterval([pair(0.7, 0.4), pair(0.7, 0.39), pair(0.7, 0.38)]);
  expect(interval?.low).toBeCloseTo(0.31 - 0.10994, 4);
  expect(interval?.high).toBeCloseTo(0.31 + 0.10994, 4);
});

test('another split for every seed: overlapping ones tell less', () => {
  // 4.3027 · .01 · √(1/3 + 150/300) = .039278
  const interval = differenceInterval([pair(0.7, 0.4, 0), pair(0.7, 0.39, 1), pair(0.7, 0.38, 2)]);
  expect(interval?.low).toBeCloseTo(0.31 - 0.039278, 5);
  expect(interval?.high).toBeCloseTo(0.31 + 0.039278, 5);
});

test('a share: the spread of its seeds, and of the choice of its tests', () => {
  // .60 .61 .62: .02484 as above; 1.959964 · √(.61 · .39 / 64) = .11950; together .12205
  const interval = shareInterval([0.6, 0.61, 0.62], 64);
  expect(interval?.low).toBeCloseTo(0.61 - 0.12205, 4);
  expect(interval?.high).toBeCloseTo(0.61 + 0.12205, 4);
});

test('one seed has no interval', () => {
  expect(shareInterval([0.6], 64)).toBeNull();
  expect(differenceInterval([pair(0.7, 0.4)])).toBeNull();
  expect(differenceInterval([])).toBeNull();
});
