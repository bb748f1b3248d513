import { expect, it } from 'vitest';
import { linearTicks, logTicks, tickNames } from './axis-ticks.ts';

it('round numbers within the range', () => {
  expect(linearTicks(0, 1)).toEqual([0, 0.5, 1]);
  expect(linearTicks(0, 20_000)).toEqual([0, 10_000, 20_000]);
  expect(linearTicks(0.31, 0.52)).toEqual([0.4, 0.5]);
  expect(linearTicks(-0.3, 0.3)).toEqual([-0.2, 0, 0.2]);
  for (let k = 1; k < 400; k++) {
    const [low, high] = [-(k % 7) / 3, k * 0.0137];
    const ticks = linearTicks(low, high);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks[0]).toBeGreaterThanOrEqual(low - 1e-9);
    expect(ticks.at(-1)).toBeLessThanOrEqual(high + 1e-9);
  }
});

it('powers of ten, and something else where there are none', () => {
  expect(logTicks(0.001, 10)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(logTicks(1e-9, 1e3)).toEqual([1e-9, 1e-6, 1e-3, 1, 1000]);
  expect(logTicks(0.5, 5)).toEqual([0.5, 1, 2, 5]);
  expect(logTicks(0.3, 12)).toEqual([0.5, 1, 2, 5, 10]);
  expect(logTicks(0.011, 900)).toEqual([0.1, 1, 10, 100]);
  expect(logTicks(0.2, 0.9)).toEqual([0.2, 0.4, 0.6, 0.8]);
});

it('no two numbers of an axis are written alike', () => {
  expect(tickNames([0, 0.5, 1])).toEqual(['0', '0.5', '1']);
  expect(tickNames([0.000_996, 0.000_998, 0.001])).toEqual(['9.96e-4', '9.98e-4', '1e-3']);
  expect(tickNames([0.5998, 0.5999, 0.6])).toEqual(['0.5998', '0.5999', '0.6']);
});
