import { expect, it } from 'vitest';
import { longestShown, shortestShown, shownFor } from './pace.ts';

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
