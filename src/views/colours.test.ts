import { expect, it } from 'vitest';
import { contextBlue, coverage, magma, targetOrange } from './colours.ts';

it('a value that is no number has a colour too, the darkest; what is beyond the scale has its ends', () => {
  expect(magma(0)).toEqual([0, 0, 4]);
  expect(magma(1)).toEqual([252, 253, 191]);
  for (const odd of [NaN, -Infinity, -1]) expect(magma(odd)).toEqual(magma(0));
  for (const large of [Infinity, 2]) expect(magma(large)).toEqual(magma(1));
});

it('a place that is always seen or hidden has the full colour of its kind', () => {
  const hex = (rgb: readonly number[]) => `#${rgb.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
  expect(hex(coverage.context(1))).toBe(contextBlue);
  expect(hex(coverage.target(1))).toBe(targetOrange);
});
