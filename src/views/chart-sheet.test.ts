import { expect, it } from 'vitest';
import { keyRows } from './chart-sheet.ts';

it('keys stand beside each other as far as the picture is wide, and below each other where it is not', () => {
  const places = keyRows([200, 200, 300, 900, 100], 700).map((row) => row.map(({ key, left }) => [key, left]));
  expect(places).toEqual([
    [
      [0, 0],
      [1, 232],
    ],
    [[2, 0]],
    [[3, 0]],
    [[4, 0]],
  ]);
  expect(keyRows([], 700)).toEqual([]);
});
