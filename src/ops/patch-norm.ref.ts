// f64 reference: every row minus its mean, by its unbiased deviation plus 1e-6.

import { type Matrix, zeros } from '../testing/check-operation.ts';

export function patchNormRef(x: Matrix): Matrix {
  const y = zeros(x.rows, x.cols);
  for (let r = 0; r < x.rows; r++) {
    const row = x.data.subarray(r * x.cols, (r + 1) * x.cols);
    const mean = row.reduce((a, b) => a + b, 0) / x.cols;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / (x.cols - 1);
    row.forEach((v, c) => (y.data[r * x.cols + c] = (v - mean) / (Math.sqrt(variance) + 1e-6)));
  }
  return y;
}
