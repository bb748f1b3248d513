// f64 reference: LayerNorm of every row.

import { type Matrix, zeros } from '../testing/check-operation.ts';

export function layerNormRef(x: Matrix, gamma: Matrix | null, beta: Matrix | null, eps: number): Matrix {
  const y = zeros(x.rows, x.cols);
  for (let r = 0; r < x.rows; r++) {
    const row = x.data.subarray(r * x.cols, (r + 1) * x.cols);
    const mean = row.reduce((a, b) => a + b, 0) / x.cols;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / x.cols;
    row.forEach((v, c) => {
      const normal = (v - mean) / Math.sqrt(variance + eps);
      y.data[r * x.cols + c] = gamma && beta ? normal * gamma.data[c] + beta.data[c] : normal;
    });
  }
  return y;
}
