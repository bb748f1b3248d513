// The few axes along which points differ most: the largest eigenvalues of a covariance and their vectors, by block Lanczos
// with full orthogonalisation and thick restarts (Golub and Van Loan, 10.3; Wu and Simon 2000) in f64. Only products with the
// covariance are asked for, so that it need not be made. Of 1568 tokens of 1024 channels, on a busy core: 0.3 s where few axes
// hold most of the variance, 1.4 s for noise (making the covariance alone: 2.6 s); all eigenvectors would take minutes.

import { symmetricEigenvectors } from './eigen.ts';
import { StudioError } from './errors.ts';
import { makeKey, normal } from './random.ts';

/** Rows (b, C) → rows · covariance (b, C). */
export type CovarianceTimes = (rows: Float64Array) => Float64Array;

/** A block is one row more than the wanted axes: as many equal eigenvalues are told apart. */
const extra = 1;
/** Blocks that the basis has room for; then its better half stays. */
const mostBlocks = 10;
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
  let total = 0;
  for (let c = 0; c < C; c++) total += covariance[c * C + c];
  return { ...axesOf((rows) => times(covariance, rows, C), C, k), total };
}

/** The first `k` axes of a covariance that is known by its products. Throws StudioError 'non-finite' where one is no number. */
export function axesOf(times: CovarianceTimes, C: number, k: number): Omit<PrincipalAxes, 'total'> {
  const wanted = Math.min(C, k);
  const b = Math.min(C, k + extra);
  const room = Math.min(C, b * mostBlocks);
  const basis = new Float64Array(room * C); // (have, C) of it are in use: orthonormal
  const images = new Float64Array(room * C); // basis · covariance
  const key = makeKey(0, 'principal axes');
  let block = Float64Array.from({ length: b * C }, (_, i) => normal(key, 0, i)); // (b, C)
  orthonormalise(block, basis, 0, C);
  for (let have = 0, round = 0; ; round++) {
    const moved = times(block);
    if (!moved.every(Number.isFinite))
      throw new StudioError(
        'non-finite',
        'The features have no main axes: they are no numbers, or so large that their squares are none.',
        'Look at an earlier layer or an earlier step of the run: its weights have run away.',
      );
    basis.set(block, have * C);
    images.set(moved, have * C);
    have += block.length / C;
    const { values, vectors } = symmetricEigenvectors(products(basis, images, have, C), have);
    const axes = combine(vectors, basis, wanted, have, C);
    const off = residual(axes, combine(vectors, images, wanted, have, C), values, wanted, C);
    if (off <= settled * Math.abs(values[0]) || have === C || round === mostRounds) {
      for (let i = 0; i < wanted; i++) settleSign(axes.subarray(i * C, (i + 1) * C));
      return { axes, variances: values.slice(0, wanted).map((v) => Math.max(0, v)) };
    }
    // what of the images lies outside the basis
    block = moved.slice(0, Math.min(b, C - have) * C);
    orthonormalise(block, basis, have, C);
    if (have + block.length / C <= room) continue;
    const kept = room >> 1;
    const turned = combine(vectors, basis, kept, have, C);
    images.set(combine(vectors, images, kept, have, C));
    basis.set(turned);
    have = kept;
  }
}

/** An axis has no direction of its own: the entry of largest magnitude, the first of equals, is made positive. */
export function settleSign(axis: Float64Array): void {
  let at = 0;
  for (let c = 1; c < axis.length; c++) if (Math.abs(axis[c]) > Math.abs(axis[at])) at = c;
  if (axis[at] < 0) for (let c = 0; c < axis.length; c++) axis[c] = -axis[c];
}

/** Rows (b, C) times a symmetric matrix (C, C). */
function times(matrix: ArrayLike<number>, rows: Float64Array, C: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += C)
    for (let c = 0; c < C; c++) {
      let sum = 0;
      for (let d = 0; d < C; d++) sum += rows[i + d] * matrix[c * C + d];
      out[i + c] = sum;
    }
  return out;
}

/** Products of the rows of both, a symmetric matrix (m, m). */
function products(a: Float64Array, b: Float64Array, m: number, C: number): Float64Array {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) out[i * m + j] = out[j * m + i] = dot(a, i, b, j, C);
  return out;
}

/** The first `n` of weights (m, m) · rows (m, C) */
function combine(
  weights: Float64Array,
  rows: Float64Array,
  n: number,
  m: number,
  C: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n * C);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const v = weights[i * m + j];
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

/**
 * Gram and Schmidt against the first rows of an orthonormal basis and among themselves, twice, so that nearly dependent rows
 * come out orthogonal too; rows that vanish are replaced.
 */
function orthonormalise(rows: Float64Array, basis: Float64Array, have: number, C: number): void {
  const key = makeKey(1, 'principal axes');
  const less = (i: number, from: Float64Array, j: number) => {
    const along = dot(rows, i, from, j, C);
    for (let c = 0; c < C; c++) rows[i * C + c] -= along * from[j * C + c];
  };
  for (let i = 0; i < rows.length / C; i++) {
    for (let attempt = 0; ; attempt++) {
      const before = Math.sqrt(dot(rows, i, rows, i, C));
      for (let pass = 0; pass < 2; pass++) {
        for (let j = 0; j < have; j++) less(i, basis, j);
        for (let j = 0; j < i; j++) less(i, rows, j);
      }
      const length = Math.sqrt(dot(rows, i, rows, i, C));
      if (length > before * 1e-12 && length > 0) {
        for (let c = 0; c < C; c++) rows[i * C + c] /= length;
        break;
      }
      for (let c = 0; c < C; c++) rows[i * C + c] = normal(key, attempt, (have + i) * C + c);
    }
  }
}
