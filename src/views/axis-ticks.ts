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

/** Two to five round numbers around all values: the first is not above the lowest, the last not below the highest. */
export function ticksAround(values: readonly number[], log: boolean): number[] {
  const known = values.filter((v) => Number.isFinite(v) && !(log && v <= 0));
  const low = known.length ? Math.min(...known) : log ? 0.1 : 0;
  const high = known.length ? Math.max(...known) : 1;
  return log ? powersAround(low, high) : stepsAround(low, high);
}

/** Most numbers of an axis. */
const mostTicks = 5;

function stepsAround(low: number, high: number): number[] {
  // values that are all the same lie between two numbers
  const range = high - low || Math.abs(high) * 0.1 || 1;
  for (let power = Math.floor(Math.log10(range)) - 1; ; power++)
    for (const m of [1, 2, 5]) {
      const step = Number(`${m}e${power}`);
      const first = Math.floor(low / step + 1e-9);
      const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
      if (last - first >= mostTicks) continue;
      return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
    }
}

function powersAround(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(Math.ceil(Math.log10(high) - 1e-9), first + 1);
  const finer = Array.from({ length: last - first }, (_, k) => first + k).flatMap((k) =>
    [1, 2, 5].map((m) => Number(`${m}e${k}`)),
  );
  const all = [...finer, Number(`1e${last}`)];
  const from = all.findLastIndex((v) => v <= low * (1 + 1e-9));
  const to = Math.max(
    all.findIndex((v) => v >= high * (1 - 1e-9)),
    from + 1,
  );
  if (to - from < mostTicks) return all.slice(from, to + 1);
  const every = Math.ceil((last - first) / (mostTicks - 1));
  const steps = Math.ceil((last - first) / every);
  return Array.from({ length: steps + 1 }, (_, k) => Number(`1e${first + k * every}`));
}
