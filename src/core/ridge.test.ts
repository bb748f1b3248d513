import { describe, expect, it } from 'vitest';
import { ridgeScores } from './ridge.ts';

describe('ridge probe', () => {
  it('one feature, two rows, by hand', () => {
    // x = 1, 3 → centred ∓1; K = (1 −1; −1 1), mean diagonal 1, λ = 2. Slope towards class 1: Σ x y / (Σ x² + λ) with
    // y = ∓½: 1 / 4. At x = 5 (centred 3): ½ ± 3/4
    const scores = ridgeScores({ values: [1, 3, 5], dim: 1 }, [0, 1], [0, 1, 1], [2, 0], 2, 2);
    [-0.25, 1.25, 0.75, 0.25].forEach((v, i) => expect(scores[i]).toBeCloseTo(v, 12));
  });

  it('the primal solution in two dimensions gives the same scores', () => {
    const values = [0, 1, 2, 0.5, -1, 2, 1, 1, 3, -2];
    const train = [0, 1, 2, 3];
    const labels = [0, 1, 0, 1, 1];
    const penalty = 0.3;
    // w = (XᵀX + λI)⁻¹ Xᵀ y, the 2 × 2 system written out
    const mean = [0, 1].map((c) => train.reduce((s, r) => s + values[2 * r + c], 0) / 4);
    const x = train.map((r) => [values[2 * r] - mean[0], values[2 * r + 1] - mean[1]]);
    const y = train.map((r) => labels[r] - 0.5);
    const lambda = (penalty * x.reduce((s, [a, b]) => s + a * a + b * b, 0)) / 4;
    const sum = (f: (i: number) => number) => [0, 1, 2, 3].reduce((s, i) => s + f(i), 0);
    const [a, b, d] = [
      sum((i) => x[i][0] ** 2) + lambda,
      sum((i) => x[i][0] * x[i][1]),
      sum((i) => x[i][1] ** 2) + lambda,
    ];
    const [p, q] = [sum((i) => x[i][0] * y[i]), sum((i) => x[i][1] * y[i])];
    const w = [(d * p - b * q) / (a * d - b * b), (a * q - b * p) / (a * d - b * b)];
    const expected = 0.5 + w[0] * (3 - mean[0]) + w[1] * (-2 - mean[1]);
    const scores = ridgeScores({ values, dim: 2 }, train, labels, [4], 2, penalty);
    expect(scores[1]).toBeCloseTo(expected, 12);
    expect(scores[0]).toBeCloseTo(1 - expected, 12);
  });

  it('features that never change say the shares of the classes', () =>
    expect([...ridgeScores({ values: [1, 1, 1, 1], dim: 1 }, [0, 1, 2], [0, 0, 1], [3], 2, 0.1)]).toEqual(
      [2 / 3, 1 / 3].map((v) => expect.closeTo(v, 12)),
    ));
});
