import { expect, it } from 'vitest';
import { count, duration, fixed, measuredTime, rounded, short, shownDifference, withDeviation } from './numbers.ts';

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

it('what is below zero has a minus sign, no hyphen', () => {
  expect([fixed(-0.4371, 3), fixed(0.5, 2)]).toEqual(['−0.437', '0.50']);
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
  expect([0, 0.001_23, 0.4242, 41.96, 315.4, 999, 999.6, 1000, 9481, 123_456].map(measuredTime)).toEqual([
    '0 ms',
    '0.00123 ms',
    '0.424 ms',
    '42 ms',
    '315 ms',
    '999 ms',
    '1 s',
    '1 s',
    '9.48 s',
    '123 s',
  ]);
});

it('a mean and its deviation have as many decimals, with zeros at the end', () => {
  expect([
    withDeviation(60.37, 3.78),
    withDeviation(12, 0),
    withDeviation(100, 0.4),
    withDeviation(8.541, 1.42),
    withDeviation(0.5602, 0.0071),
    withDeviation(0.000_77, 0.0002),
    withDeviation(0, 0),
  ]).toEqual([
    ['60.4', '3.8'],
    ['12.0', '0.0'],
    ['100.0', '0.4'],
    ['8.54', '1.42'],
    ['0.560', '0.007'],
    ['0.000770', '0.000200'],
    ['0.00', '0.00'],
  ]);
});

it('a difference is that of the numbers that are shown', () => {
  expect(shownDifference(143.6, 140.4, 1)).toBe(4);
  expect(shownDifference(0.004, 0.006, 100)).toBe(-0.01);
  expect(shownDifference(2.34, 2.31, 10)).toBe(0);
  // 24 % beside 1 %, which division by a hundredth would take for 23 %
  expect(shownDifference(0.235, 0.01, 100)).toBe(0.23);
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

it('counts', () => {
  expect([999, 12_345, 1_234_567].map(count)).toEqual(['999', '12 K', '1.23 M']);
});

it('what rounds to a thousand of a unit is one of the next', () => {
  expect([999_700, 999_499, 999_999_999, 9999].map(count)).toEqual(['1.00 M', '999 K', '1.00 G', '9999']);
});
