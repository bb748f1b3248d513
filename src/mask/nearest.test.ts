import { expect, it } from 'vitest';
import { tokenCount, tokenPosition } from '../core/grid.ts';
import { integer, makeKey } from '../core/random.ts';
import { nearestContext } from './nearest.ts';

it('agrees with looking at every context token', () => {
  const grid = { t: 4, h: 5, w: 6 };
  const N = tokenCount(grid);
  const key = makeKey(3, 'nearest');
  for (let draw = 0; draw < 20; draw++) {
    const context = [...new Set(Array.from({ length: 1 + draw }, (_, i) => integer(key, draw, i, N)))];
    const { steps, token } = nearestContext(grid, context);
    const far = (a: number, b: number) => {
      const [p, q] = [tokenPosition(grid, a), tokenPosition(grid, b)];
      return Math.abs(p.t - q.t) + Math.abs(p.y - q.y) + Math.abs(p.x - q.x);
    };
    for (let n = 0; n < N; n++) {
      expect(steps[n]).toBe(Math.min(...context.map((c) => far(n, c))));
      expect(context).toContain(token[n]);
      expect(far(n, token[n])).toBe(steps[n]);
    }
  }
});

it('without context nothing is near', () => {
  expect([...nearestContext({ t: 1, h: 1, w: 2 }, []).token]).toEqual([-1, -1]);
});
