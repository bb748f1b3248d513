// k nearest neighbours by cosine, the probe without anything to train.

/** Features of a row set, (rows, dim). */
export interface Rows {
  values: ArrayLike<number>;
  dim: number;
}

/** Mean and deviation of every column over some rows; a column that never changes gets deviation 1. */
export function columnStatistics(x: Rows, rows: readonly number[]): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(x.dim);
  const deviation = new Float64Array(x.dim);
  for (const r of rows) for (let c = 0; c < x.dim; c++) mean[c] += x.values[r * x.dim + c] / rows.length;
  for (const r of rows)
    for (let c = 0; c < x.dim; c++) deviation[c] += (x.values[r * x.dim + c] - mean[c]) ** 2 / rows.length;
  for (let c = 0; c < x.dim; c++) deviation[c] = Math.sqrt(deviation[c]) || 1;
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
 * Shares of the classes among the k training rows most similar to each asked row, weighted by exp(cosine / 0.07) (as in
 * the kNN evaluation of instance discrimination, Wu et al. 2018) → (asked, classes).
 */
export function neighbourAnswers(
  x: Rows,
  train: readonly number[],
  labels: ArrayLike<number>,
  asked: readonly number[],
  classes: number,
  k: number,
): Float64Array {
  const { dim } = x;
  const unit = (r: number) => {
    const row = Float64Array.from({ length: dim }, (_, c) => x.values[r * dim + c]);
    const length = Math.hypot(...row) || 1;
    return row.map((v) => v / length);
  };
  const known = train.map((r) => ({ row: unit(r), label: labels[r] }));
  const answers = new Float64Array(asked.length * classes);
  asked.forEach((r, i) => {
    const row = unit(r);
    const near = known
      .map(({ row: other, label }) => ({ label, cosine: row.reduce((sum, v, c) => sum + v * other[c], 0) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, k);
    const weights = near.map(({ cosine }) => Math.exp((cosine - near[0].cosine) / 0.07));
    const total = weights.reduce((a, b) => a + b, 0);
    near.forEach(({ label }, n) => (answers[i * classes + label] += weights[n] / total));
  });
  return answers;
}
