import { expect, it } from 'vitest';
import { linearTicks, logTicks, tickNames, ticksAround } from './axis-ticks.ts';

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

it('round numbers around all values, on both kinds of axis', () => {
  expect(ticksAround([0.815, 0.828], false)).toEqual([0.815, 0.82, 0.825, 0.83]);
  expect(ticksAround([0.31, NaN, 1.2], false)).toEqual([0, 0.5, 1, 1.5]);
  expect(ticksAround([0.7, 60], true)).toEqual([0.1, 1, 10, 100]);
  expect(ticksAround([0.003, 0.04], true)).toEqual([0.002, 0.005, 0.01, 0.02, 0.05]);
  expect(ticksAround([1e-9, 0, 30], true)).toEqual([1e-9, 1e-6, 1e-3, 1, 1e3]);
  for (const log of [false, true]) {
    expect(ticksAround([], log).length).toBeGreaterThanOrEqual(2);
    for (let k = 1; k < 400; k++) {
      const values = [k * 0.013, k * 0.013 + (k % 7) ** 3 / 9, (k % 5) * 1e-3 || 1];
      const ticks = ticksAround(values, log);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) * (1 + 1e-6));
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-6));
      expect(new Set(tickNames(ticks)).size).toBe(ticks.length);
    }
  }
});
