// From logits to an answer: softmax per view, averaged over the views of a clip (official validation averages
// probabilities, not logits).

/** Shares of 1 from the logits of one row, in f64. */
export function softmax(logits: ArrayLike<number>): number[] {
  let most = -Infinity;
  for (let k = 0; k < logits.length; k++) most = Math.max(most, logits[k]);
  const weights = Array.from(logits, (v) => Math.exp(v - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

/** Several views of the same B clips, logits (B, classes) each → mean probabilities (B, classes). */
export function averageAnswers(views: readonly ArrayLike<number>[], classes: number): Float64Array {
  const mean = new Float64Array(views[0].length);
  for (const logits of views)
    for (let first = 0; first < logits.length; first += classes)
      softmax(Array.from({ length: classes }, (_, k) => logits[first + k])).forEach(
        (p, k) => (mean[first + k] += p / views.length),
      );
  return mean;
}

/** Place of the largest value. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}
