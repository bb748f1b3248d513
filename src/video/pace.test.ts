import { expect, it } from 'vitest';
import { filmTimes, longestShown, shortestShown, shownFor } from './pace.ts';

it('a frame is shown until the next one comes, whatever lies between them', () => {
  const times = [0, 0.1, 0.6, 0.61, 9];
  expect(times.map((_, i) => Math.round(shownFor(times, i)))).toEqual([
    100,
    500,
    shortestShown,
    longestShown,
    longestShown,
  ]);
  // a short video repeats its last frame
  expect(shownFor([0, 0.5, 0.5], 2)).toBe(shortestShown);
  expect(shownFor([3], 0)).toBeGreaterThan(0);
  expect(shownFor([], 0)).toBeGreaterThan(0);
});

it('a film keeps the times of its frames, and gives those that have none one', () => {
  const of = (times: number[]) =>
    filmTimes(times).map(({ at, seconds }) => [Number(at.toFixed(3)), Number(seconds.toFixed(3))]);
  expect(of([2, 2.1, 2.5])).toEqual([
    [0, 0.1],
    [0.1, 0.4],
    [0.5, 0.4],
  ]);
  expect(of([0, 0.5, 0.5, 0.5])).toEqual([
    [0, 0.5],
    [0.5, 0.083],
    [0.583, 0.083],
    [0.667, 0.083],
  ]);
  expect(of([7])).toEqual([[0, 0.083]]);
  expect(of([])).toEqual([]);
});
