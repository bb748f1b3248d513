// The few axes along which points differ most: the largest eigenvalues of a covariance and their vectors, by subspace
// iteration with Rayleigh and Ritz in f64. A thousand channels take a fraction of a second, where all eigenvectors would
// take minutes.

import { symmetricEigenvectors } from './eigen.ts';
import { makeKey, normal } from './random.ts';

/** Vectors that are carried along beside the wanted ones: convergence is decided by the first that is left out. */
const extra = 7;
const mostRounds = 300;
/** Residual, in parts of the largest eigenvalue, at which axes are taken: covariances of f32 features know no more. */
const settled = 1e-9;

export interface PrincipalAxes {
  /** (k, C): orthonormal, most variance first; the entry of largest magnitude of each is positive */
  axes: Float64Array;
  /** (k): variance along each */
  variances: number[];
  /** variance along all C axes */
  total: number;
}

/** The first `k` axes of a covariance (C, C). The same matrix gives the same axes, bit for bit. */
export function principalAxes(covariance: ArrayLike<number>, C: number, k: number): PrincipalAxes {
  const b = Math.min(C, k + extra);
  const key = makeKey(0, 'principal axes');
  let basis = Float64Array.from({ length: b * C }, (_, i) => normal(key, 0, i)); // (b, C)
  orthonormalise(basis, b, C);
  let variances = Array<number>(b).fill(0);
  for (let round = 0; round < mostRounds; round++) {
    const moved = times(covariance, basis, b, C); // (b, C)
    const small = new Float64Array(b * b);
    for (let i = 0; i < b; i++)
      for (let j = 0; j <= i; j++) small[i * b + j] = small[j * b + i] = dot(basis, i, moved, j, C);
    const ritz = symmetricEigenvectors(small, b);
    variances = ritz.values;
    const turned = combine(ritz.vectors, basis, b, C);
    const image = combine(ritz.vectors, moved, b, C);
    basis = turned;
    if (residual(turned, image, variances, Math.min(k, b), C) <= settled * Math.abs(variances[0])) break;
    basis = image;
    orthonormalise(basis, b, C);
  }
  const wanted = Math.min(k, b);
  const axes = basis.slice(0, wanted * C);
  for (let i = 0; i < wanted; i++) settleSign(axes.subarray(i * C, (i + 1) * C));
  let total = 0;
  for (let c = 0; c < C; c++) total += covariance[c * C + c];
  return { axes, variances: variances.slice(0, wanted).map((v) => Math.max(0, v)), total };
}

/** An axis has no direction of its own: the entry of largest magnitude, the first of equals, is made positive. */
export function settleSign(axis: Float64Array): void {
  let at = 0;
  for (let c = 1; c < axis.length; c++) if (Math.abs(axis[c]) > Math.abs(axis[at])) at = c;
  if (axis[at] < 0) for (let c = 0; c < axis.length; c++) axis[c] = -axis[c];
}

/** Rows (b, C) times a symmetric matrix (C, C). */
function times(matrix: ArrayLike<number>, rows: Float64Array, b: number, C: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(b * C);
  for (let i = 0; i < b; i++)
    for (let c = 0; c < C; c++) {
      const v = rows[i * C + c];
      for (let d = 0; d < C; d++) out[i * C + d] += v * matrix[c * C + d];
    }
  return out;
}

/** weights (b, b) · rows (b, C) */
function combine(weights: Float64Array, rows: Float64Array, b: number, C: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(b * C);
  for (let i = 0; i < b; i++)
    for (let j = 0; j < b; j++) {
      const v = weights[i * b + j];
      for (let c = 0; c < C; c++) out[i * C + c] += v * rows[j * C + c];
    }
  return out;
}

/** Largest |A v − λ v| of the first k. */
function residual(v: Float64Array, Av: Float64Array, values: number[], k: number, C: number): number {
  let most = 0;
  for (let i = 0; i < k; i++) {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += (Av[i * C + c] - values[i] * v[i * C + c]) ** 2;
    most = Math.max(most, Math.sqrt(sum));
  }
  return most;
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, C: number): number {
  let sum = 0;
  for (let c = 0; c < C; c++) sum += a[i * C + c] * b[j * C + c];
  return sum;
}

/** Gram and Schmidt, twice, so that nearly dependent rows come out orthogonal too; rows that vanish are replaced. */
function orthonormalise(rows: Float64Array, b: number, C: number): void {
  const key = makeKey(1, 'principal axes');
  for (let i = 0; i < b; i++) {
    for (let attempt = 0; ; attempt++) {
      const before = Math.sqrt(dot(rows, i, rows, i, C));
      for (let pass = 0; pass < 2; pass++)
        for (let j = 0; j < i; j++) {
          const along = dot(rows, i, rows, j, C);
          for (let c = 0; c < C; c++) rows[i * C + c] -= along * rows[j * C + c];
        }
      const length = Math.sqrt(dot(rows, i, rows, i, C));
      if (length > before * 1e-12 && length > 0) {
        for (let c = 0; c < C; c++) rows[i * C + c] /= length;
        break;
      }
      for (let c = 0; c < C; c++) rows[i * C + c] = normal(key, attempt, i * C + c);
    }
  }
}
