// Numbers that stand beside each other in a legend.

import { short } from './numbers.ts';

/** Those of a size have the same decimals, "0.624" and "0.770". */
export function shortAlike(values: readonly number[]): string[] {
  const all = values.map((v) => short(v));
  const decimals = all.map((text) => (/^-?\d+\.?\d*$/.test(text) ? (text.split('.')[1]?.length ?? 0) : null));
  const alike = (a: number, b: number) => Math.max(Math.abs(a), Math.abs(b)) < 10 * Math.min(Math.abs(a), Math.abs(b));
  return values.map((v, i) =>
    decimals[i] === null
      ? all[i]
      : v.toFixed(Math.max(decimals[i], ...decimals.filter((d, k) => d !== null && alike(v, values[k])).map(Number))),
  );
}
