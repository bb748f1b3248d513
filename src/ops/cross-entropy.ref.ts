// f64 reference of the cross-entropy per row, and its gradient by central differences.

export function crossEntropyRef(x: ArrayLike<number>, labels: number[], share: ArrayLike<number>, K: number) {
  const lossOf = (row: number[], label: number) => {
    const most = Math.max(...row);
    return Math.log(row.reduce((sum, v) => sum + Math.exp(v - most), 0)) + most - row[label];
  };
  const rows = labels.map((_, b) => Array.from({ length: K }, (_unused, k) => x[b * K + k]));
  const step = 1e-5;
  return {
    loss: rows.map((row, b) => lossOf(row, labels[b])),
    dx: rows.flatMap((row, b) =>
      row.map((_, k) => {
        const moved = (by: number) =>
          lossOf(
            row.map((v, j) => (j === k ? v + by : v)),
            labels[b],
          );
        return ((moved(step) - moved(-step)) / (2 * step)) * share[b];
      }),
    ),
  };
}
