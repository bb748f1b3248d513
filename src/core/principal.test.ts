import { describe, expect, it } from 'vitest';
import { symmetricEigenvectors } from './eigen.ts';
import { principalAxes, settleSign } from './principal.ts';
import { makeKey, normal } from './random.ts';

/** Reflection that takes the first unit vector to u: its columns are orthonormal, whatever u. */
function reflection(C: number): number[][] {
  const u = Array.from({ length: C }, (_, i) => 1 + (i % 5));
  const square = u.reduce((sum, v) => sum + v * v, 0);
  return u.map((a, i) => u.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / square));
}

const planted = (C: number, spectrum: (i: number) => number): number[] => {
  const Q = reflection(C);
  return Array.from({ length: C * C }, (_, at) => {
    const [c, d] = [Math.floor(at / C), at % C];
    return Q.reduce((sum, row, i) => sum + spectrum(i) * row[c] * row[d], 0);
  });
};

describe('the axes along which points differ most', () => {
  it.each([2, 3, 7, 33, 150])('finds planted axes of %d channels, with the largest entry positive', (C) => {
    const got = principalAxes(
      planted(C, (i) => 10 / (i + 1)),
      C,
      3,
    );
    const Q = reflection(C);
    for (let a = 0; a < Math.min(3, C); a++) {
      const expected = Float64Array.from(Q[a]);
      settleSign(expected);
      expected.forEach((v, c) => expect(got.axes[a * C + c], `axis ${a}, channel ${c}`).toBeCloseTo(v, 6));
      expect(got.variances[a]).toBeCloseTo(10 / (a + 1), 9);
    }
    expect(got.axes.length).toBe(Math.min(3, C) * C);
    expect(got.total).toBeCloseTo(
      Array.from({ length: C }, (_, i) => 10 / (i + 1)).reduce((a, b) => a + b),
      9,
    );
  });

  it('agrees with all eigenvectors by rotations, on a spectrum without gaps to speak of', () => {
    const [C, N] = [40, 60];
    const x = Float64Array.from({ length: N * C }, (_, i) => normal(makeKey(5, 'points'), 0, i));
    const sums = new Float64Array(C * C);
    for (let n = 0; n < N; n++)
      for (let c = 0; c < C; c++) for (let d = 0; d < C; d++) sums[c * C + d] += x[n * C + c] * x[n * C + d];
    const got = principalAxes(sums, C, 3);
    const all = symmetricEigenvectors(sums, C);
    for (let a = 0; a < 3; a++) {
      const one = all.vectors.slice(a * C, (a + 1) * C);
      settleSign(one);
      one.forEach((v, c) => expect(got.axes[a * C + c]).toBeCloseTo(v, 6));
      expect(got.variances[a] / all.values[a]).toBeCloseTo(1, 9);
    }
  });

  it.each([2, 3, 4])('%d equal eigenvalues are all found', (equal) => {
    const { axes, variances } = principalAxes(
      planted(150, (i) => (i < equal ? 3 : 1 / (i + 1))),
      150,
      4,
    );
    variances.forEach((v, i) => expect(v).toBeCloseTo(i < equal ? 3 : 1 / (i + 1), 9));
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const product = Array.from({ length: 150 }, (_, c) => axes[i * 150 + c] * axes[j * 150 + c]);
        expect(product.reduce((a, b) => a + b)).toBeCloseTo(i === j ? 1 : 0, 9);
      }
  });

  it('says the same twice, and nothing varies where nothing varies', () => {
    const matrix = planted(20, (i) => (i < 2 ? 3 - i : 0)); // two directions only
    expect(principalAxes(matrix, 20, 3)).toEqual(principalAxes(matrix, 20, 3));
    expect(principalAxes(matrix, 20, 3).variances[2]).toBeCloseTo(0, 12);
    const none = principalAxes(new Float64Array(81), 9, 3);
    expect(none.variances).toEqual([0, 0, 0]);
    expect(none.axes.every(Number.isFinite)).toBe(true);
  });

  it('refuses what is no number, whatever its size, and does not search on', () => {
    for (const C of [6, 64]) {
      const matrix = planted(C, (i) => 1 / (1 + i));
      for (const wrong of [Infinity, NaN]) {
        matrix[3 * C + 3] = wrong;
        expect(() => principalAxes(matrix, C, 3)).toThrow(/no main axes/);
      }
    }
  });

  it('the first of equally large entries decides the sign', () => {
    const axis = Float64Array.from([-0.5, 0.5, -0.5, 0.5]);
    settleSign(axis);
    expect([...axis]).toEqual([0.5, -0.5, 0.5, -0.5]);
  });
});
