// Round numbers on an axis.

import { short } from './numbers.ts';

/** Two to six round numbers within [low, high]: as far apart as may be, 1, 2 or 5 times a power of ten. */
export function linearTicks(low: number, high: number): number[] {
  const most = ((high - low) / 2) * (1 + 1e-9);
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2].map((k) => k * power).find((s) => s <= most) ?? power;
  const ticks: number[] = [];
  // rounded, because ten times a tenth is not always one
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Powers of ten within [low, high], both above zero; with few of them 1, 2 and 5 times those, or else round numbers. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  if (last - first < 2) {
    const finer = Array.from({ length: last - first + 3 }, (_, k) => first - 1 + k).flatMap((k) =>
      [1, 2, 5].map((m) => Number(`${m}e${k}`)).filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)),
    );
    if (finer.length >= 3 && finer.length <= 6) return finer;
  }
  if (last - first < 1) return linearTicks(low, high).filter((v) => v > 0);
  const every = Math.ceil((last - first + 1) / 6);
  const ticks: number[] = [];
  for (let k = first; k <= last; k += every) ticks.push(Number(`1e${k}`));
  return ticks;
}

/** Numbers of an axis as short as they can be told apart from each other. */
export function tickNames(ticks: readonly number[]): string[] {
  for (let digits = 3; digits < 12; digits++) {
    const names = ticks.map((v) => short(v, digits));
    if (new Set(names).size === ticks.length) return names;
  }
  return ticks.map(String);
}
