import { describe, expect, it } from 'vitest';
import {
  cosineMap,
  meanToken,
  pcaBasis,
  pcaColours,
  projectTokens,
  quantile,
  tokenCovariance,
} from './token-features.ts';
import type { TokenFeatures } from './token-features.ts';

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
    tokenCovariance(line, mean).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 6));
    const basis = pcaBasis(line);
    [0.6, 0.8, 0].forEach((v, c) => expect(basis.axes[c]).toBeCloseTo(v, 6));
    expect(basis.variances[0]).toBeCloseTo(2.5, 5);
    expect(basis.total).toBeCloseTo(2.5, 5);
    const projected = projectTokens(line, basis);
    [-2, -1, 1, 2].forEach((v, n) => expect(projected[3 * n]).toBeCloseTo(v, 5));
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
