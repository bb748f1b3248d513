import { expect, it } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

// by the tables of IEEE 754
it.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [1023 * 2 ** -24, 0x03ff],
  [-Infinity, 0xfc00],
])('%d is %d', (value, bits) => {
  expect([...toHalf([value])]).toEqual([bits]);
  expect(Object.is(fromHalf(Uint16Array.of(bits))[0], value)).toBe(true);
});

it('rounds to the nearest, ties to even, and beyond the largest to infinity', () => {
  const step = 2 ** -10; // between halves from 1 to 2
  expect([...fromHalf(toHalf([1 + 0.49 * step, 1 + 0.5 * step, 1 + 0.51 * step, 1 + 1.5 * step]))]).toEqual([
    1,
    1,
    1 + step,
    1 + 2 * step,
  ]);
  expect([...fromHalf(toHalf([65519, 65520, 1e9, 0.5 * 2 ** -24, 0.51 * 2 ** -24, 1023.6 * 2 ** -24]))]).toEqual([
    65504,
    Infinity,
    Infinity,
    0,
    2 ** -24,
    2 ** -14,
  ]);
  expect(fromHalf(toHalf([NaN]))[0]).toBeNaN();
});

it('every half comes back as it was', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((b) => (b & 0x7c00) !== 0x7c00);
  const back = toHalf(fromHalf(all));
  expect(all.findIndex((b, i) => b !== back[i])).toBe(-1);
});
