// Measures of features and of training that tell a healthy run from a collapsed one. Plain numbers in f64; a matrix is
// rows × dim, a row per token or per clip.

import { symmetricEigenvalues } from './eigen.ts';
import type { Rows } from './neighbours.ts';

const rowsOf = (x: Rows): number => x.values.length / x.dim;

/** Means of the columns. */
function columnMeans(x: Rows): Float64Array {
  const n = rowsOf(x);
  const mean = new Float64Array(x.dim);
  for (let i = 0; i < x.values.length; i++) mean[i % x.dim] += x.values[i] / n;
  return mean;
}

/** Standard deviation of every column over the rows (divided by n). */
export function columnSpread(x: Rows): Float64Array {
  const n = rowsOf(x);
  const mean = columnMeans(x);
  const square = new Float64Array(x.dim);
  for (let i = 0; i < x.values.length; i++) square[i % x.dim] += (x.values[i] - mean[i % x.dim]) ** 2 / n;
  return square.map(Math.sqrt);
}

/** Mean over groups of `each` neighbouring rows: tokens of a clip → its pooled features. */
export function pooled(x: Rows, each: number): Rows {
  const { dim } = x;
  const groups = rowsOf(x) / each;
  const values = new Float64Array(groups * dim);
  for (let i = 0; i < x.values.length; i++)
    values[Math.floor(i / (each * dim)) * dim + (i % dim)] += x.values[i] / each;
  return { values, dim };
}

/** Every k-th row, at most `most`, so that eigenvalues stay cheap. */
export function someRows(x: Rows, most: number): Rows {
  const n = rowsOf(x);
  if (n <= most) return x;
  const values = new Float64Array(most * x.dim);
  for (let r = 0; r < most; r++) {
    const from = Math.floor((r * n) / most) * x.dim;
    for (let c = 0; c < x.dim; c++) values[r * x.dim + c] = x.values[from + c];
  }
  return { values, dim: x.dim };
}

/** Rows less the mean row. */
export function centred(x: Rows): Rows {
  const mean = columnMeans(x);
  return { values: Float64Array.from(x.values, (v, i) => v - mean[i % x.dim]), dim: x.dim };
}

/** Singular values, largest first: roots of the eigenvalues of the smaller of X Xᵀ and Xᵀ X. */
export function singularValues(x: Rows): number[] {
  const { values, dim } = x;
  const n = rowsOf(x);
  const byRows = n < dim;
  const side = byRows ? n : dim;
  const gram = new Float64Array(side * side);
  if (byRows) {
    for (let a = 0; a < n; a++)
      for (let b = a; b < n; b++) {
        let sum = 0;
        for (let c = 0; c < dim; c++) sum += values[a * dim + c] * values[b * dim + c];
        gram[a * side + b] = gram[b * side + a] = sum;
      }
  } else {
    for (let r = 0; r < n; r++)
      for (let a = 0; a < dim; a++) {
        const v = values[r * dim + a];
        for (let b = a; b < dim; b++) gram[a * side + b] += v * values[r * dim + b];
      }
    for (let a = 0; a < dim; a++) for (let b = 0; b < a; b++) gram[a * side + b] = gram[b * side + a];
  }
  return symmetricEigenvalues(gram, side).map((v) => Math.sqrt(Math.max(0, v)));
}

/**
 * Effective rank: exp of the entropy of the singular values' shares (RankMe, Garrido et al. 2023, with its 1e-7).
 * 0 when all of them are 0.
 */
export function effectiveRank(singular: readonly number[]): number {
  const total = singular.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return 0;
  let entropy = 0;
  for (const s of singular) {
    const p = s / total + 1e-7;
    entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** Mean cosine of all pairs of different rows; a row of zeros has cosine 0 with all. 1 of a single row. */
export function meanCosine(x: Rows): number {
  const { values, dim } = x;
  const n = rowsOf(x);
  if (n < 2) return 1;
  // Σ over pairs of uᵢ·uⱼ = |Σ u|² − Σ |u|²
  const sum = new Float64Array(dim);
  let own = 0;
  for (let r = 0; r < n; r++) {
    let square = 0;
    for (let c = 0; c < dim; c++) square += values[r * dim + c] ** 2;
    if (square === 0) continue;
    own++;
    for (let c = 0; c < dim; c++) sum[c] += values[r * dim + c] / Math.sqrt(square);
  }
  const all = sum.reduce((a, v) => a + v * v, 0);
  return (all - own) / (n * (n - 1));
}

/** ‖a − b‖ / ‖a‖: how far the teacher b lies behind the student a. 0 where both are 0. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let apart = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    apart += (a[i] - b[i]) ** 2;
    size += a[i] ** 2;
  }
  return apart === 0 ? 0 : Math.sqrt(apart / size);
}

/** Steps after which half of the teacher is new: ln 2 / (1 − m). Infinite for m = 1. */
export const halfLife = (momentum: number): number => Math.LN2 / (1 - momentum);

/** Mean of |z − h|^p / p, as the latent loss has it. */
export function latentError(z: ArrayLike<number>, h: ArrayLike<number>, exponent: number): number {
  let sum = 0;
  for (let i = 0; i < z.length; i++) sum += Math.abs(z[i] - h[i]) ** exponent / exponent;
  return z.length ? sum / z.length : 0;
}

/** Share of steps whose gradient norm is above the limit, of those in which clipping was on. Null of none. */
export function clipFraction(norms: readonly number[], limit: number | null): number | null {
  if (limit === null || !norms.length) return null;
  return norms.filter((n) => n > limit).length / norms.length;
}

/** Length of AdamW's last step over the length of the weights it moved: lr · |m̂ / (√v̂ + eps) + decay · w| / |w|. */
export function updateRatio(
  weights: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  o: { lr: number; weightDecay: number; betas: readonly [number, number]; eps: number; count: number },
): number {
  const [b1, b2] = o.betas;
  const c1 = 1 - b1 ** o.count;
  const c2 = 1 - b2 ** o.count;
  let moved = 0;
  let size = 0;
  for (let i = 0; i < weights.length; i++) {
    const step = first[i] / c1 / (Math.sqrt(second[i] / c2) + o.eps) + o.weightDecay * weights[i];
    moved += step * step;
    size += weights[i] ** 2;
  }
  return size > 0 ? o.lr * Math.sqrt(moved / size) : 0;
}
