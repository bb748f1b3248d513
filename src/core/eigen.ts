// Symmetric matrices in f64: eigenvalues and eigenvectors by Jacobi's rotations, and systems of equations by Cholesky's
// factors. For the few hundred rows of a health check; nothing here is meant for large matrices.

import { StudioError } from './errors.ts';

/** Sweeps after which the off-diagonal is as small as rounding lets it be; six to ten are usual. */
const mostSweeps = 30;

/**
 * Eigenvalues of a symmetric matrix (n, n), largest first. Cyclic Jacobi (Golub and Van Loan, 8.5): slower than
 * tridiagonal methods, but it has no case that goes wrong and small eigenvalues keep their digits.
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): number[] {
  const a = diagonalised(matrix, n, null);
  return Array.from({ length: n }, (_, i) => a[i * n + i]).sort((x, y) => y - x);
}

/** Eigenvalues, largest first, and a unit eigenvector of each, (n, n) in the same order; what sign they have is chance. */
export function symmetricEigenvectors(
  matrix: ArrayLike<number>,
  n: number,
): { values: number[]; vectors: Float64Array } {
  const columns = new Float64Array(n * n);
  for (let i = 0; i < n; i++) columns[i * n + i] = 1;
  const a = diagonalised(matrix, n, columns);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i]);
  const vectors = Float64Array.from({ length: n * n }, (_, i) => columns[(i % n) * n + order[Math.floor(i / n)]]);
  return { values: order.map((i) => a[i * n + i]), vectors };
}

/** The matrix after rotations that leave nothing off its diagonal; `vectors` (n, n), if asked for, turns along. */
function diagonalised(matrix: ArrayLike<number>, n: number, vectors: Float64Array | null): Float64Array {
  const a = Float64Array.from(matrix); // (n, n)
  let scale = 0;
  for (let i = 0; i < a.length; i++) scale += a[i] * a[i];
  const settled = scale * 1e-26;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += 2 * a[p * n + q] ** 2;
    if (off <= settled) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, n, p, q, vectors);
  }
  return a;
}

/** The rotation of rows and columns p and q that makes a[p, q] zero. */
function rotate(a: Float64Array, n: number, p: number, q: number, vectors: Float64Array | null): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(tangent, 1);
  const s = tangent * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p];
    const kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k];
    const qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
  }
  for (let k = 0; vectors && k < n; k++) {
    const kp = vectors[k * n + p];
    const kq = vectors[k * n + q];
    vectors[k * n + p] = c * kp - s * kq;
    vectors[k * n + q] = s * kp + c * kq;
  }
}

/** Solves A X = B for a positive definite A (n, n) and B (n, columns) → X (n, columns). */
export function solvePositive(
  matrix: ArrayLike<number>,
  n: number,
  right: ArrayLike<number>,
  columns: number,
): Float64Array {
  const l = new Float64Array(n * n); // A = L Lᵀ
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i === j && !(sum > 0))
        throw new StudioError('internal', `The matrix is not positive definite: pivot ${i} of ${n} is ${sum}.`);
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  const x = Float64Array.from(right);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i * columns + c] -= l[i * n + k] * x[k * columns + c];
      x[i * columns + c] /= l[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i * columns + c] -= l[k * n + i] * x[k * columns + c];
      x[i * columns + c] /= l[i * n + i];
    }
  }
  return x;
}
