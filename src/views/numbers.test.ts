import { expect, it } from 'vitest';
import { bytes, count, duration, measuredTime, rounded, short } from './numbers.ts';

it('numbers as short as they can be told apart', () => {
  expect([0, 0.5, 0.012_34, 123.456, 20_000, 0.000_034, 1e-5, -0.25].map((v) => short(v))).toEqual([
    '0',
    '0.5',
    '0.0123',
    '123',
    '20000',
    '3.4e-5',
    '1e-5',
    '-0.25',
  ]);
});

it('numbers in a sentence keep what they say', () => {
  expect([0, 0.000_625, 0.998, 2.5e-7, 1234.5].map((v) => rounded(v))).toEqual([
    '0',
    '0.000625',
    '0.998',
    '2.5e-7',
    '1230',
  ]);
  expect(rounded(0.123_45, 2)).toBe('0.12');
});

it('a time is a plain number with its unit', () => {
  expect([0, 0.001_23, 0.4242, 41.96, 315.4, 999, 1000, 9481, 123_456].map(measuredTime)).toEqual([
    '0 ms',
    '0.00123 ms',
    '0.424 ms',
    '42 ms',
    '315 ms',
    '999 ms',
    '1 s',
    '9.48 s',
    '123 s',
  ]);
});

it('a duration never has sixty of anything', () => {
  expect([0, 59.4, 59.6, 65, 119.7, 3599.6, 3661, 7199].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '1 min 5 s',
    '2 min 0 s',
    '1 h 0 min',
    '1 h 1 min',
    '2 h 0 min',
  ]);
});

it('sizes and counts', () => {
  expect([1, 1024, 1.5 * 2 ** 20, 20 * 2 ** 20, 3 * 2 ** 30].map(bytes)).toEqual([
    '1 KB',
    '1 KB',
    '1.5 MB',
    '20 MB',
    '3.0 GB',
  ]);
  expect([999, 12_345, 1_234_567].map(count)).toEqual(['999', '12 K', '1.23 M']);
});
