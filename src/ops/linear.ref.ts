// f64 reference: y = x Wᵀ + b; exact GELU with erf from its series and continued fraction.

import { type Matrix, zeros } from '../testing/check-operation.ts';

export function linearRef(x: Matrix, w: Matrix, b: Matrix | null): Matrix {
  const y = zeros(x.rows, w.rows);
  for (let m = 0; m < x.rows; m++)
    for (let n = 0; n < w.rows; n++) {
      let sum = b ? b.data[n] : 0;
      for (let k = 0; k < x.cols; k++) sum += x.data[m * x.cols + k] * w.data[n * w.cols + k];
      y.data[m * w.rows + n] = sum;
    }
  return y;
}

/** erf in f64: Taylor series near zero, continued fraction of erfc far out. */
export function erfRef(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 100; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

export const geluRef = (x: Matrix): Matrix => ({
  ...x,
  data: x.data.map((v) => 0.5 * v * (1 + erfRef(v / Math.SQRT2))),
});
