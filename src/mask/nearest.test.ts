import { describe, expect, it } from 'vitest';
import { type Grid, tokenCount, tokenPosition } from '../core/grid.ts';
import { integer, makeKey } from '../core/random.ts';
import { farthest, nearestContext } from './nearest.ts';

const key = makeKey(3, 'nearest');

function steps(grid: Grid, a: number, b: number): number {
  const [p, q] = [tokenPosition(grid, a), tokenPosition(grid, b)];
  return Math.abs(p.t - q.t) + Math.abs(p.y - q.y) + Math.abs(p.x - q.x);
}

describe.each([
  { t: 4, h: 5, w: 6 },
  { t: 1, h: 7, w: 3 },
  { t: 6, h: 1, w: 1 },
  { t: 2, h: 2, w: 9 },
])('on a grid of $t × $h × $w', (grid) => {
  const N = tokenCount(grid);

  it('steps and token are those that looking at every context token finds; of several it is the first', () => {
    const near = nearestContext(grid);
    let several = 0;
    for (let draw = 0; draw < 40; draw++) {
      const drawn = Array.from({ length: 1 + (draw % 20) }, (_, i) => integer(key, draw, i, N));
      const context = [...new Set(drawn)].sort((a, b) => a - b);
      const found = near(context); // in the memory of the draw before
      for (let n = 0; n < N; n++) {
        const least = Math.min(...context.map((c) => steps(grid, n, c)));
        const nearest = context.filter((c) => steps(grid, n, c) === least);
        if (nearest.length > 1) several++;
        expect([found.steps(n), found.token(n)]).toEqual([least, nearest[0]]);
      }
    }
    expect(several).toBeGreaterThan(0);
  });

  it('no two tokens are farther apart than the farthest', () => {
    expect(nearestContext(grid)([0]).steps(N - 1)).toBe(farthest(grid));
  });
});

it('without context nothing is near', () => {
  const grid = { t: 1, h: 1, w: 2 };
  const near = nearestContext(grid);
  near([0]);
  const none = near([]);
  expect([none.token(0), none.token(1)]).toEqual([-1, -1]);
  expect(none.steps(1)).toBe(farthest(grid) + 1);
});

it('on a grid so large that its cells are no 32-bit numbers the corners are as far apart as ever', () => {
  const grid = { t: 64, h: 256, w: 256 };
  const found = nearestContext(grid)([0]);
  const last = tokenCount(grid) - 1;
  expect([found.steps(last), found.token(last)]).toEqual([farthest(grid), 0]);
});
