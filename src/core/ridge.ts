// A linear probe without a training loop: ridge regression on the classes, solved exactly. Small enough to be asked in the
// middle of a run.

import { solvePositive } from './eigen.ts';
import type { Rows } from './neighbours.ts';

/**
 * Scores (asked, classes) of ridge regression towards 1 for the own class and 0 for the others, with an offset. Solved
 * among the training rows, (K + λ I) a = y with K = x xᵀ, so that its cost does not grow with the square of dim.
 * `penalty` is λ as a share of the mean diagonal of K.
 */
export function ridgeScores(
  x: Rows,
  train: readonly number[],
  labels: ArrayLike<number>,
  asked: readonly number[],
  classes: number,
  penalty: number,
): Float64Array {
  const { values, dim } = x;
  const n = train.length;
  const mean = new Float64Array(dim);
  for (const r of train) for (let c = 0; c < dim; c++) mean[c] += values[r * dim + c] / n;
  const product = (a: number, b: number): number => {
    let sum = 0;
    for (let c = 0; c < dim; c++) sum += (values[a * dim + c] - mean[c]) * (values[b * dim + c] - mean[c]);
    return sum;
  };
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) kernel[i * n + j] = kernel[j * n + i] = product(train[i], train[j]);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += kernel[i * n + i];
  const lambda = penalty * (trace / n || 1); // features that never change still give a solvable system
  for (let i = 0; i < n; i++) kernel[i * n + i] += lambda;
  const share = new Float64Array(classes);
  for (const r of train) share[labels[r]] += 1 / n;
  const right = Float64Array.from(
    { length: n * classes },
    (_, i) => (labels[train[Math.floor(i / classes)]] === i % classes ? 1 : 0) - share[i % classes],
  );
  const weight = solvePositive(kernel, n, right, classes);
  const scores = new Float64Array(asked.length * classes);
  asked.forEach((r, i) => {
    scores.set(share, i * classes);
    train.forEach((t, j) => {
      const near = product(r, t);
      for (let k = 0; k < classes; k++) scores[i * classes + k] += near * weight[j * classes + k];
    });
  });
  return scores;
}
