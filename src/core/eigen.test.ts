import { describe, expect, it } from 'vitest';
import { solvePositive, symmetricEigenvalues, symmetricEigenvectors } from './eigen.ts';

const close = (got: ArrayLike<number>, expected: readonly number[]) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((v, i) => expect(got[i], `value ${i}`).toBeCloseTo(v, 10));
};

describe('symmetric matrices', () => {
  it('eigenvalues of 2 × 2, by hand', () => {
    close(symmetricEigenvalues([2, 1, 1, 2], 2), [3, 1]);
    close(symmetricEigenvalues([1, 2, 2, -2], 2), [2, -3]);
  });

  it('a diagonal matrix has its diagonal, largest first', () =>
    close(symmetricEigenvalues([1, 0, 0, 0, 5, 0, 0, 0, -2], 3), [5, 1, -2]));

  it('the second difference: 2 − 2 cos(k π / (n + 1))', () => {
    const n = 24;
    const matrix = Array.from({ length: n * n }, (_, i) => {
      const apart = Math.abs(Math.floor(i / n) - (i % n));
      return apart === 0 ? 2 : apart === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
    close(symmetricEigenvalues(matrix, n), expected);
  });

  it('all ones: n once, else 0', () =>
    close(symmetricEigenvalues(Array<number>(49).fill(1), 7), [7, 0, 0, 0, 0, 0, 0]));

  it('eigenvectors of 2 × 2, by hand, up to sign', () => {
    const { values, vectors } = symmetricEigenvectors([1, 2, 2, -2], 2);
    close(values, [2, -3]);
    const along = (i: number, x: number, y: number) => Math.abs(vectors[2 * i] * x + vectors[2 * i + 1] * y);
    expect(along(0, 2 / Math.sqrt(5), 1 / Math.sqrt(5))).toBeCloseTo(1, 12);
    expect(along(1, 1 / Math.sqrt(5), -2 / Math.sqrt(5))).toBeCloseTo(1, 12);
  });

  it('solves 3 × 3 with two right sides, by hand', () => {
    // (4 2 0; 2 5 3; 0 3 6) · (1, −1, 2) = (2, 3, 9), · (0, 1, 0) = (2, 5, 3)
    close(solvePositive([4, 2, 0, 2, 5, 3, 0, 3, 6], 3, [2, 2, 3, 5, 9, 3], 2), [1, 0, -1, 1, 2, 0]);
  });

  it('refuses what is not positive definite', () =>
    expect(() => solvePositive([1, 2, 2, 1], 2, [1, 1], 1)).toThrow('not positive definite'));
});
