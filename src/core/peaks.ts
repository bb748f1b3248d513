// Where a curve stands out from itself.

/** The middle value; of an even number the mean of the two in the middle. NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** A normal deviation is so many median deviations, and a peak lies so many of those above the median. */
const normal = 1.4826;
export const peakDeviations = 3;
/** Least deviation, in parts of the median: a curve that mostly stands still has none of its own, and rounding is no peak. */
const leastDeviation = 1e-3;

/**
 * Places of the values that stand out, ascending: above the median by `peakDeviations` (of the median one, so that peaks do
 * not hide themselves), and the largest within `apart` to both sides, by where they stand (`at`), and of the two beside it,
 * however far they are: a slope that was sampled coarsely is no row of peaks. Median and deviation are
 * those of `usual`: a stretch that was looked at closely would move them. A flat curve has none.
 */
export function peaks(
  curve: ArrayLike<number>,
  apart: number,
  at: ArrayLike<number> = Array.from(curve, (_, i) => i),
  usual: ArrayLike<number> = curve,
): number[] {
  const middle = median(usual);
  const deviation = normal * median(Array.from(usual, (v) => Math.abs(v - middle)));
  const spread = Math.max(deviation, leastDeviation * Math.abs(middle));
  const found: number[] = [];
  for (let i = 0; i < curve.length; i++) {
    if (!(curve[i] > middle + peakDeviations * spread)) continue;
    let largest = true;
    for (let j = 0; j < curve.length; j++)
      if (
        (Math.abs(j - i) === 1 || Math.abs(at[j] - at[i]) <= apart) &&
        (curve[j] > curve[i] || (curve[j] === curve[i] && j < i))
      )
        largest = false;
    if (largest) found.push(i);
  }
  return found;
}
