// Long series in few points, keeping the lowest and the highest of every stretch, so that no spike is lost.

/** Where values [from, to) are lowest and highest. */
function extremes(from: number, to: number, value: (i: number) => number): [low: number, high: number] {
  let low = from;
  let high = from;
  for (let i = from; i < to; i++) {
    const v = value(i);
    if (v < value(low)) low = i;
    if (v > value(high)) high = i;
  }
  return [low, high];
}

/**
 * rows in order; `values` are what must keep their extremes. Returns at most `most` rows (or all), the first and the last among
 * them: a chart ends where its numbers do.
 */
export function downsample<T>(rows: readonly T[], most: number, values: readonly ((row: T) => number)[]): T[] {
  if (rows.length <= most) return [...rows];
  const stretches = Math.max(1, Math.floor((most - 2) / (2 * values.length)));
  const kept = new Set([0]);
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * rows.length) / stretches);
    const to = Math.floor(((s + 1) * rows.length) / stretches);
    const found = values.flatMap((value) => extremes(from, to, (i) => value(rows[i])));
    for (const i of found.sort((a, b) => a - b)) kept.add(i);
  }
  kept.add(rows.length - 1);
  return [...kept].map((i) => rows[i]);
}

/** A stretch of a line: where it lies, and lowest, highest and mean of its values. */
export interface Stretch {
  x: number;
  low: number;
  high: number;
  mean: number;
}

/**
 * A line as stretches of equally many points, at most `most` extremes in all (two for each stretch). Their length is a power
 * of two, so that the stretches of a line that grows are those that it had before, and nothing flickers.
 */
export function envelope({ x, y }: { x: Float64Array; y: Float64Array }, most: number): Stretch[] {
  let length = 1;
  while (Math.ceil(y.length / length) * 2 > most) length *= 2;
  const stretches: Stretch[] = [];
  for (let from = 0; from < y.length; from += length) {
    const to = Math.min(from + length, y.length);
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (let i = from; i < to; i++) {
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
      sum += y[i];
    }
    stretches.push({ x: (x[from] + x[to - 1]) / 2, low, high, mean: sum / (to - from) });
  }
  return stretches;
}
