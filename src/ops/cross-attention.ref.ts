// f64 reference: softmax attention of every query and head over the tokens of each segment.

import { type Matrix, zeros } from '../testing/check-operation.ts';

export function crossAttentionRef(
  q: Matrix,
  kv: Matrix,
  residual: Matrix | null,
  lengths: number[],
  heads: number,
): Matrix {
  const C = q.cols;
  const D = C / heads;
  const out = zeros(lengths.length * q.rows, C);
  let first = 0;
  lengths.forEach((length, s) => {
    const tokens = Array.from({ length }, (_, n) => first + n);
    for (let i = 0; i < q.rows; i++)
      for (let h = 0; h < heads; h++) {
        const channels = Array.from({ length: D }, (_, c) => h * D + c);
        const weights = tokens.map((n) =>
          Math.exp(channels.reduce((sum, c) => sum + q.data[i * C + c] * kv.data[n * 2 * C + c], 0) / Math.sqrt(D)),
        );
        const total = weights.reduce((a, b) => a + b, 0);
        for (const c of channels)
          out.data[(s * q.rows + i) * C + c] =
            tokens.reduce((sum, n, k) => sum + (weights[k] / total) * kv.data[n * 2 * C + C + c], 0) +
            (residual?.data[i * C + c] ?? 0);
      }
    first += length;
  });
  return out;
}
