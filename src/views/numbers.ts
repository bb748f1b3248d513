// How numbers are written on the page.

/** A number as short as it can be told apart: "0.012", "3.4e-5". */
export const short = (v: number, digits = 3): string =>
  v === 0
    ? '0'
    : Math.abs(v) >= 0.01 && Math.abs(v) < 1e5
      ? String(Number(v.toPrecision(Math.abs(v) >= 1000 ? 5 : digits)))
      : v.toExponential(Math.max(0, digits - 2)).replace(/\.0+e/, 'e');

/** In a sentence or a table: "0.00625", "1230", without zeros at the end. */
export const rounded = (v: number, digits = 3): string => String(Number(v.toPrecision(digits)));

/** With so many decimals and a minus sign that is none of a word. */
export const fixed = (v: number, decimals: number): string => v.toFixed(decimals).replace('-', '−');

/** An error, which is about 1 unless something broke. */
export const errorText = (v: number, decimals: number): string =>
  Number.isFinite(v) ? (Math.abs(v) < 1000 ? v.toFixed(decimals) : v.toExponential(1)) : 'not finite';

/** A time that was measured: "0.42 ms", "315 ms", "9.48 s". */
export const measuredTime = (ms: number): string =>
  Number(rounded(ms)) < 1000 ? `${rounded(ms)} ms` : `${rounded(ms / 1000)} s`;

/** A mean and its deviation with as many decimals each: three digits of the mean, one decimal at least. */
export function withDeviation(mean: number, deviation: number): [string, string] {
  const size = Math.abs(mean || deviation || 1);
  const decimals = Math.min(8, Math.max(1, 2 - Math.floor(Math.log10(size))));
  return [mean.toFixed(decimals), deviation.toFixed(decimals)];
}

/** How far two numbers are apart that are written to one part in `parts`: "4" beside "12" and "8", whatever was rounded. */
export const shownDifference = (a: number, b: number, parts: number): number =>
  (Math.round(a * parts) - Math.round(b * parts)) / parts;

/** 1234567 → "1.23 M"; what rounds to 1000 of a unit is one of the next. */
export function count(n: number): string {
  if (n < 1e4) return `${n}`;
  const thousands = Math.round(n / 1e3);
  if (thousands < 1000) return `${thousands} K`;
  return n < 999.995e6 ? `${(n / 1e6).toFixed(2)} M` : `${(n / 1e9).toFixed(2)} G`;
}

/** seconds → "1 min 5 s" */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
