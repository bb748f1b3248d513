import { expect, it } from 'vitest';
import { placeNumbers, tokenIndex, tokenPlace, tokenPosition } from './grid.ts';

it('a token lies where its index says; in words and on the page places are counted from 1', () => {
  const grid = { t: 3, h: 4, w: 5 };
  const n = tokenIndex(grid, 2, 1, 3);
  expect(n).toBe(48);
  expect(tokenPosition(grid, n)).toEqual({ t: 2, y: 1, x: 3 });
  expect(placeNumbers(grid, n)).toEqual([3, 2, 4]);
  expect(tokenPlace(grid, n)).toBe('tubelet 3, row 2, column 4');
});
