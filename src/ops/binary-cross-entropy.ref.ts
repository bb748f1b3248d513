// f64 reference of the binary cross-entropy per row by its definition, and its gradient by central differences.

export function binaryCrossEntropyRef(
  x: ArrayLike<number>,
  truth: ArrayLike<number>,
  share: ArrayLike<number>,
  K: number,
) {
  // −y log p − (1 − y) log(1 − p), with both logarithms written so that neither is of 0
  const entropy = (v: number, y: number) => y * Math.log1p(Math.exp(-v)) + (1 - y) * Math.log1p(Math.exp(v));
  const rows = x.length / K;
  const step = 1e-5;
  return {
    loss: Array.from({ length: rows }, (_, b) => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += entropy(x[b * K + k], truth[b * K + k]);
      return sum / K;
    }),
    dx: Array.from(
      { length: rows * K },
      (_, i) =>
        (((entropy(x[i] + step, truth[i]) - entropy(x[i] - step, truth[i])) / (2 * step)) * share[Math.floor(i / K)]) /
        K,
    ),
  };
}
