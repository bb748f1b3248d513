import { describe, expect, it } from 'vitest';
import { symmetricEigenvectors } from './eigen.ts';
import { settleSign } from './principal.ts';
import {
  cosineMap,
  covarianceTimes,
  meanToken,
  pcaBasis,
  pcaBasisOf,
  pcaColours,
  projectTokens,
  quantile,
} from './token-features.ts';
import type { TokenFeatures } from './token-features.ts';
import { cpuTimer } from '../testing/cpu-time.ts';

const features = (rows: number[][]): TokenFeatures => ({
  grid: { t: 1, h: 1, w: rows.length },
  channels: rows[0].length,
  values: Float32Array.from(rows.flat()),
  about: 'test',
});

describe('features of tokens', () => {
  // four points on a line (3, 4) / 5 through (1, 1), at −2, −1, 1, 2
  const line = features([-2, -1, 1, 2].map((s) => [1 + (3 * s) / 5, 1 + (4 * s) / 5, 7]));

  it('mean, covariance and basis of points on a line, by hand', () => {
    const mean = meanToken(line);
    [1, 1, 7].forEach((v, c) => expect(mean[c]).toBeCloseTo(v, 6));
    // (4 + 1 + 1 + 4) / 4 = 2.5 along (0.6, 0.8)
    const expected = [0.9, 1.2, 0, 1.2, 1.6, 0, 0, 0, 0];
    const unit = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    covarianceTimes(line, mean)(unit).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 6));
    const basis = pcaBasis(line);
    [0.6, 0.8, 0].forEach((v, c) => expect(basis.axes[c]).toBeCloseTo(v, 6));
    expect(basis.variances[0]).toBeCloseTo(2.5, 5);
    expect(basis.total).toBeCloseTo(2.5, 5);
    const projected = projectTokens(line, basis);
    [-2, -1, 1, 2].forEach((v, n) => expect(projected[3 * n]).toBeCloseTo(v, 5));
  });

  /** Numbers that have nothing to do with anything. */
  const noise = (i: number) => (Math.sin(12.9898 * (i + 1) + 78.233 * (i % 1009) ** 2) * 43758.5453) % 1;

  it.each([
    [1, 6],
    [5, 30],
    [50, 9],
    [203, 60],
  ])('the basis of %d tokens of %d channels is that of all eigenvectors, however far the mean', (N, C) => {
    const rows = Array.from({ length: N }, (_, n) =>
      Array.from({ length: C }, (_, c) => 40 * Math.cos(c) + noise(n * C + c) / (1 + (c % 7))),
    );
    const x = features(rows);
    const mean = Array.from({ length: C }, (_, c) => rows.reduce((sum, _, n) => sum + x.values[n * C + c] / N, 0));
    const covariance = Float64Array.from({ length: C * C }, (_, i) => {
      const [c, d] = [Math.floor(i / C), i % C];
      return rows.reduce(
        (sum, _, n) => sum + ((x.values[n * C + c] - mean[c]) * (x.values[n * C + d] - mean[d])) / N,
        0,
      );
    });
    const all = symmetricEigenvectors(covariance, C);
    const basis = pcaBasis(x);
    expect(basis.total).toBeCloseTo(
      all.values.reduce((a, b) => a + b),
      9,
    );
    const known = pcaBasisOf(basis.mean, covariance);
    for (let a = 0; a < 3; a++) {
      expect(basis.variances[a]).toBeCloseTo(all.values[a], 9);
      expect(known.variances[a]).toBeCloseTo(all.values[a], 9);
      if (all.values[a] < 1e-6) continue; // fewer tokens than axes: any direction will do
      const one = all.vectors.slice(a * C, (a + 1) * C);
      settleSign(one);
      one.forEach((v, c) => expect(basis.axes[a * C + c], `axis ${a}`).toBeCloseTo(v, 6));
      one.forEach((v, c) => expect(known.axes[a * C + c], `axis ${a}`).toBeCloseTo(v, 6));
    }
  });

  it('1568 tokens of 1024 channels take a second or so, noise too', { timeout: 60_000 }, () => {
    const [N, C] = [1568, 1024];
    const values = Float32Array.from({ length: N * C }, (_, i) => noise(i));
    const taken = cpuTimer();
    const { variances, total } = pcaBasis({ grid: { t: 8, h: 14, w: 14 }, channels: C, values, about: 'noise' });
    expect(taken()).toBeLessThan(6000);
    expect(variances[0]).toBeGreaterThan(variances[2]);
    expect(variances[0] / total).toBeLessThan(0.01);
  });

  it('fewer channels than colours leave the rest at 0', () => {
    const narrow = features([[1], [3]]);
    expect([...projectTokens(narrow, pcaBasis(narrow))]).toEqual([-1, 0, 0, 1, 0, 0]);
  });

  it('colours go from quantile to quantile; one odd token does not grey out the others', () => {
    const N = 101;
    const projected = new Float32Array(3 * N);
    for (let n = 0; n < N; n++) projected.set([n, n === 100 ? 1e6 : n, 5], 3 * n);
    const colours = pcaColours(projected);
    // quantiles 2 and 98 of 0 … 100
    expect([0, 2, 50, 98, 100].map((n) => colours[3 * n])).toEqual([0, 0, 128, 255, 255]);
    expect(colours[3 * 50 + 1]).toBe(128);
    expect(colours[3 * 50 + 2]).toBe(128); // no spread: middle grey
  });

  it('quantiles between neighbours', () => {
    expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
    expect(quantile([1, 2, 4], 1)).toBe(4);
  });

  it('cosines by hand', () => {
    const map = cosineMap(
      features([
        [2, 0],
        [0, 3],
        [-1, 0],
        [1, 1],
        [0, 0],
      ]),
      0,
    );
    [1, 0, -1, Math.SQRT1_2, 0].forEach((v, n) => expect(map[n]).toBeCloseTo(v, 6));
    expect(() => cosineMap(line, 4)).toThrow('Token 4 does not exist: the clip has 4');
  });
});
