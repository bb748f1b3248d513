import { describe, it } from 'vitest';
import { checkOperation, halves, noise, rowVariants } from '../testing/check-operation.ts';
import { layerNorm } from './norm.ts';
import { layerNormRef } from './norm.ref.ts';

describe.each(rowVariants)('layer norm ($label)', ({ variant }) => {
  it.each([
    { C: 27, rows: [33, 1, 5] },
    { C: 64, rows: [17] },
    { C: 130, rows: [3, 18] },
    { C: 5, rows: [2] },
  ])('gamma and beta, ($rows, $C)', ({ C, rows }) =>
    checkOperation({
      variant,
      sizes: rows.map((n) => ({ n })),
      inputs: { x: { rows: 'n', cols: C }, gamma: { rows: 1, cols: C }, beta: { rows: 1, cols: C } },
      record: (plan, t) => layerNorm(plan, t.x, { gamma: t.gamma, beta: t.beta }, 1e-6, 'y'),
      reference: (t) => layerNormRef(t.x, t.gamma, t.beta, 1e-6),
    }),
  );

  it('without gamma and beta', () =>
    checkOperation({
      variant,
      sizes: [{ n: 7 }, { n: 20 }],
      inputs: { x: { rows: 'n', cols: 19 } },
      record: (plan, t) => layerNorm(plan, t.x, null, 1e-5, 'y'),
      reference: (t) => layerNormRef(t.x, null, null, 1e-5),
    }));

  it('rows whose variance is near epsilon', () => {
    const random = noise(3);
    return checkOperation({
      variant,
      sizes: [{ n: 6 }],
      inputs: {
        x: {
          rows: 'n',
          cols: 12,
          gradient: false,
          data: (_, rows) => Float32Array.from({ length: rows * 12 }, () => random() * 1e-3),
        },
      },
      record: (plan, t) => layerNorm(plan, t.x, null, 1e-6, 'y'),
      reference: (t) => layerNormRef(t.x, null, null, 1e-6),
    });
  });
});

describe.each(halves)('layer norm ($label)', ({ variant }) => {
  it.each([
    { C: 27, rows: [33, 1, 5] },
    { C: 64, rows: [17] },
  ])('result by halves, ($rows, $C)', ({ C, rows }) =>
    checkOperation({
      variant,
      tolerance: 2 ** -11,
      sizes: rows.map((n) => ({ n })),
      inputs: { x: { rows: 'n', cols: C }, gamma: { rows: 1, cols: C }, beta: { rows: 1, cols: C } },
      record: (plan, t) => layerNorm(plan, t.x, { gamma: t.gamma, beta: t.beta }, 1e-6, 'y', 'f16'),
      reference: (t) => layerNormRef(t.x, t.gamma, t.beta, 1e-6),
    }),
  );
});
