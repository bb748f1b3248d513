// At most so many points of a series, keeping the lowest and the highest of every stretch, so that no spike is lost.

/** rows in order; `value` is what must keep its extremes. Returns at most `most` rows (or all). */
export function downsample<T>(rows: readonly T[], most: number, value: (row: T) => number): T[] {
  if (rows.length <= most) return [...rows];
  const stretches = Math.max(1, Math.floor(most / 2));
  const kept: T[] = [];
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * rows.length) / stretches);
    const to = Math.floor(((s + 1) * rows.length) / stretches);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (value(rows[i]) < value(rows[low])) low = i;
      if (value(rows[i]) > value(rows[high])) high = i;
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) kept.push(rows[i]);
  }
  return kept;
}
