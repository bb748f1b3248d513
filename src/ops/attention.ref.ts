// f64 reference: softmax attention of every head within every segment.

import { type Matrix, zeros } from '../testing/check-operation.ts';

export function attentionRef(qkv: Matrix, lengths: number[], heads: number): Matrix {
  const C = qkv.cols / 3;
  const D = C / heads;
  const out = zeros(qkv.rows, C);
  const at = (row: number, part: number, head: number, c: number) => qkv.data[row * 3 * C + part * C + head * D + c];
  let first = 0;
  for (const length of lengths) {
    for (let head = 0; head < heads; head++)
      for (let i = first; i < first + length; i++) {
        const scores = Array.from({ length }, (_, j) => {
          let sum = 0;
          for (let c = 0; c < D; c++) sum += at(i, 0, head, c) * at(first + j, 1, head, c);
          return sum / Math.sqrt(D);
        });
        const most = Math.max(...scores);
        const weights = scores.map((s) => Math.exp(s - most));
        const total = weights.reduce((a, b) => a + b, 0);
        for (let c = 0; c < D; c++) {
          let sum = 0;
          for (let j = 0; j < length; j++) sum += (weights[j] / total) * at(first + j, 2, head, c);
          out.data[i * C + head * D + c] = sum;
        }
      }
    first += length;
  }
  return out;
}
