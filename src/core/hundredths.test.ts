import { expect, it } from 'vitest';
import { hundredths, toHundredths } from './hundredths.ts';

it('rounds halves up, whatever side of them the binary fraction lies on', () => {
  // (0.175).toFixed(2) is 0.17, and 0.145 * 100 is less than 14.5
  const halves: [number, number, string][] = [
    [7, 40, '0.18'],
    [9, 40, '0.23'],
    [29, 200, '0.15'],
    [1, 200, '0.01'],
    [2, 3, '0.67'],
    [0, 3, '0.00'],
    [3, 3, '1.00'],
  ];
  for (const [right, of, shown] of halves) {
    expect(toHundredths(right / of)).toBe(shown);
    expect(hundredths(right / of)).toBe(Math.round(Number(shown) * 100));
  }
});
