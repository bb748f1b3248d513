import { describe, expect, it } from 'vitest';
import {
  centred,
  clipFraction,
  columnSpread,
  effectiveRank,
  halfLife,
  latentError,
  meanCosine,
  pooled,
  relativeDistance,
  singularValues,
  someRows,
  updateRatio,
} from './health-measures.ts';

const close = (got: ArrayLike<number>, expected: readonly number[], digits = 10) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((v, i) => expect(got[i], `value ${i}`).toBeCloseTo(v, digits));
};

describe('spread and pooling', () => {
  it('deviation of every column, by hand', () =>
    // columns 1, 3, 5, 7: mean 4, squares 9 1 1 9; and four equal ones
    close(columnSpread({ values: [1, 2, 3, 2, 5, 2, 7, 2], dim: 2 }), [Math.sqrt(5), 0]));

  it('pools neighbouring rows', () => {
    const two = pooled({ values: [1, 10, 3, 30, 5, 50, 7, 70], dim: 2 }, 2);
    close(two.values, [2, 20, 6, 60]);
    expect(two.dim).toBe(2);
  });

  it('takes rows that are evenly spread', () =>
    close(someRows({ values: [0, 1, 2, 3, 4, 5, 6], dim: 1 }, 3).values, [0, 2, 4]));

  it('centres', () => close(centred({ values: [1, 5, 3, 9], dim: 2 }).values, [-1, -2, 1, 2]));
});

describe('singular values and effective rank', () => {
  it('of a matrix worked out by hand, wide and tall alike', () => {
    // (3 0; 4 5): XᵀX = (25 20; 20 25), eigenvalues 45 and 5
    const expected = [Math.sqrt(45), Math.sqrt(5)];
    close(singularValues({ values: [3, 0, 4, 5], dim: 2 }), expected);
    close(singularValues({ values: [3, 0, 0, 4, 5, 0], dim: 3 }), expected); // a column of zeros: XXᵀ is taken
    close(singularValues({ values: [3, 0, 4, 5, 0, 0], dim: 2 }), expected); // a row of zeros
  });

  it('n equal values have rank n, one alone 1, none 0', () => {
    expect(effectiveRank(Array<number>(12).fill(0.3))).toBeCloseTo(12, 3);
    expect(effectiveRank([2, 0, 0])).toBeCloseTo(1, 4);
    expect(effectiveRank([0, 0])).toBe(0);
  });

  it('shares 1/2, 1/4, 1/4 have the entropy 1.5 ln 2', () => expect(effectiveRank([2, 1, 1])).toBeCloseTo(2 ** 1.5, 4));

  it('a large common mean hides the rank until it is taken out', () => {
    // orthogonal directions ± e_c on top of 100 in every column
    const values = Array.from({ length: 8 * 4 }, (_, i) => {
      const row = Math.floor(i / 4);
      return 100 + (row % 4 === i % 4 ? (row < 4 ? 1 : -1) : 0);
    });
    const x = { values, dim: 4 };
    expect(effectiveRank(singularValues(x))).toBeLessThan(1.2);
    expect(effectiveRank(singularValues(centred(x)))).toBeCloseTo(4, 3);
  });
});

describe('cosine and lag', () => {
  it('mean cosine: three directions 120° apart have −1/2, copies of one 1', () => {
    const s = Math.sqrt(3) / 2;
    expect(meanCosine({ values: [5, 0, -0.5, s, -1, -2 * s], dim: 2 })).toBeCloseTo(-0.5, 12);
    expect(meanCosine({ values: [1, 2, 2, 4, 10, 20], dim: 2 })).toBeCloseTo(1, 12);
    expect(meanCosine({ values: [1, 0, 0, 1], dim: 2 })).toBeCloseTo(0, 12);
  });

  it('teacher behind student, by hand', () => {
    expect(relativeDistance([3, 4], [0, 4])).toBeCloseTo(0.6, 12);
    expect(relativeDistance([0, 0], [0, 0])).toBe(0);
  });

  it('half of the teacher is new after ln 2 / (1 − m) steps', () => {
    expect(halfLife(0.99)).toBeCloseTo(69.3147, 3);
    // close to 1 the exact count of steps with m^n = 1/2 is the same
    expect(halfLife(0.9999)).toBeCloseTo(Math.log(0.5) / Math.log(0.9999), 0);
    expect(halfLife(1)).toBe(Infinity);
  });

  it('latent error with exponents 1 and 2, by hand', () => {
    expect(latentError([1, 2, 3], [0, 4, 3], 1)).toBeCloseTo(1, 12);
    expect(latentError([1, 2, 3], [0, 4, 3], 2)).toBeCloseTo(5 / 6, 12);
  });
});

describe('gradients', () => {
  it('share of clipped steps', () => {
    expect(clipFraction([1, 12, 9, 11], 10)).toBe(0.5);
    expect(clipFraction([1, 2], null)).toBeNull();
    expect(clipFraction([], 10)).toBeNull();
  });

  it('AdamW’s first step moves every weight by lr: the ratio is lr √n / |w|', () => {
    // after one step m = 0.1 g and v = 0.001 g², so m̂ / √v̂ is the sign of g
    const g = [0.5, -2, 8];
    const ratio = updateRatio(
      [2, 2, 1],
      g.map((x) => 0.1 * x),
      g.map((x) => 0.001 * x * x),
      { lr: 0.01, weightDecay: 0, betas: [0.9, 0.999], eps: 0, count: 1 },
    );
    expect(ratio).toBeCloseTo((0.01 * Math.sqrt(3)) / 3, 12);
  });

  it('weight decay alone: lr · decay', () =>
    expect(
      updateRatio([3, 4], [0, 0], [0, 0], { lr: 0.1, weightDecay: 0.4, betas: [0.9, 0.999], eps: 1e-8, count: 9 }),
    ).toBeCloseTo(0.04, 12));
});
