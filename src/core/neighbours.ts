// k nearest neighbours by cosine, the probe without anything to train.

/** Features of a row set, (rows, dim). */
export interface Rows {
  values: ArrayLike<number>;
  dim: number;
}

/** Mean and deviation of every column over some rows; a column that never changes gets deviation 1. */
export function columnStatistics(x: Rows, rows: readonly number[]): { mean: Float64Array; deviation: Float64Array } {
  const { values, dim } = x;
  const mean = new Float64Array(dim);
  const deviation = new Float64Array(dim);
  for (const r of rows) for (let c = 0; c < dim; c++) mean[c] += values[r * dim + c] / rows.length;
  for (const r of rows)
    for (let c = 0; c < dim; c++) deviation[c] += (values[r * dim + c] - mean[c]) ** 2 / rows.length;
  for (let c = 0; c < dim; c++) {
    // told by the values themselves: their mean is rounded, and what rounding leaves of a deviation would scale other rows up
    const constant = rows.every((r) => values[r * dim + c] === values[rows[0] * dim + c]);
    if (constant) mean[c] = rows.length ? values[rows[0] * dim + c] : 0;
    deviation[c] = constant ? 1 : Math.sqrt(deviation[c]);
  }
  return { mean, deviation };
}

/** Columns shifted and scaled by statistics of other rows, (rows, dim). */
export function standardise(
  x: Rows,
  { mean, deviation }: { mean: Float64Array; deviation: Float64Array },
): Float32Array<ArrayBuffer> {
  return Float32Array.from(x.values, (v, i) => (v - mean[i % x.dim]) / deviation[i % x.dim]);
}

/**
 * What answers for rows by the k training rows most similar to them, any number of rows at a time: shares of the classes
 * (asked, classes), weighted by exp(cosine / 0.07) (as in the kNN evaluation of instance discrimination, Wu et al. 2018).
 * Of equally similar rows those first in `train` count.
 */
export function neighboursOf(
  x: Rows,
  train: readonly number[],
  labels: ArrayLike<number>,
  classes: number,
  k: number,
): (asked: readonly number[]) => Float64Array {
  const { dim } = x;
  const known = new Float64Array(train.length * dim); // (train, dim)
  train.forEach((r, i) => known.set(unitRow(x, r), i * dim));
  const most = Math.min(k, train.length);
  const cosines = new Float64Array(train.length);
  const near = new Int32Array(most); // places in `train`, most similar first
  return (asked) => {
    const answers = new Float64Array(asked.length * classes);
    asked.forEach((r, i) => {
      productsWith(unitRow(x, r), known, cosines);
      mostSimilar(cosines, near);
      const weights = Array.from(near, (at) => Math.exp((cosines[at] - cosines[near[0]]) / 0.07));
      const total = weights.reduce((a, b) => a + b, 0);
      near.forEach((at, n) => (answers[i * classes + labels[train[at]]] += weights[n] / total));
    });
    return answers;
  };
}

/** The same of all rows at once. */
export const neighbourAnswers = (
  x: Rows,
  train: readonly number[],
  labels: ArrayLike<number>,
  asked: readonly number[],
  classes: number,
  k: number,
): Float64Array => neighboursOf(x, train, labels, classes, k)(asked);

/** A row of length 1, in f64; one of zeros stays. */
function unitRow({ values, dim }: Rows, r: number): Float64Array {
  const row = new Float64Array(dim);
  for (let c = 0; c < dim; c++) row[c] = values[r * dim + c];
  const length = Math.hypot(...row) || 1;
  for (let c = 0; c < dim; c++) row[c] /= length;
  return row;
}

/** Products of a row with every row of (rows, dim). Four at a time: each sum keeps its order, and none waits for its own. */
function productsWith(row: Float64Array, rows: Float64Array, out: Float64Array): void {
  const dim = row.length;
  const last = out.length - 1;
  for (let r = 0; r <= last; r += 4) {
    const a = r * dim;
    const b = Math.min(r + 1, last) * dim; // beyond the end the last row again
    const c = Math.min(r + 2, last) * dim;
    const d = Math.min(r + 3, last) * dim;
    let [sa, sb, sc, sd] = [0, 0, 0, 0];
    for (let i = 0; i < dim; i++) {
      const v = row[i];
      sa += v * rows[a + i];
      sb += v * rows[b + i];
      sc += v * rows[c + i];
      sd += v * rows[d + i];
    }
    out[r] = sa;
    if (r < last) out[r + 1] = sb;
    if (r + 1 < last) out[r + 2] = sc;
    if (r + 2 < last) out[r + 3] = sd;
  }
}

/** Places of the largest values, largest first, equal ones in their order, as many as there is room for. */
function mostSimilar(values: Float64Array, places: Int32Array): void {
  const last = places.length - 1;
  for (let i = 0; i < values.length; i++) {
    if (i > last && !(values[i] > values[places[last]])) continue;
    let at = Math.min(i, last); // where there is no more room, the least similar of them goes
    for (; at > 0 && values[i] > values[places[at - 1]]; at--) places[at] = places[at - 1];
    places[at] = i;
  }
}
