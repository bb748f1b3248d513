import { expect, it } from 'vitest';
import { byteSize } from './byte-size.ts';

it('sizes have the unit that makes them short', () => {
  expect([1, 1024, 1.5 * 2 ** 20, 20 * 2 ** 20, 3 * 2 ** 30].map(byteSize)).toEqual([
    '1 KB',
    '1 KB',
    '1.5 MB',
    '20 MB',
    '3.0 GB',
  ]);
});

it('what rounds to 1024 of a unit is one of the next', () => {
  expect([2 ** 20 - 1, 2 ** 30 - 1, 1023 * 1024].map(byteSize)).toEqual(['1.0 MB', '1.0 GB', '1023 KB']);
});
