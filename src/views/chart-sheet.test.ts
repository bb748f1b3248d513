import { expect, it } from 'vitest';
import { cutTo, keyRows } from './chart-sheet.ts';

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

it('words are cut where they do not fit, by whole letters, and never squeezed', () => {
  const widthOf = (words: string) => Array.from(words).length;
  expect(cutTo('direction', 9, widthOf)).toBe('direction');
  expect(cutTo('direction', 8, widthOf)).toBe('directi…');
  expect(cutTo('a b c', 3, widthOf)).toBe('a…');
  expect(cutTo('🎬🎬🎬', 2, widthOf)).toBe('🎬…');
  expect(cutTo('abc', 1, widthOf)).toBe('');
});
