import { expect, it } from 'vitest';
import { shortAlike } from './short-alike.ts';

it('numbers beside each other have as many decimals, unless they are of other sizes', () => {
  expect(shortAlike([0.624, 0.77])).toEqual(['0.624', '0.770']);
  expect(shortAlike([1, 0.615])).toEqual(['1.000', '0.615']);
  expect(shortAlike([0.04, 0.003, 250])).toEqual(['0.04', '3e-3', '250']);
  expect(shortAlike([NaN, 0, 0.5])).toEqual(['NaN', '0', '0.5']);
});
