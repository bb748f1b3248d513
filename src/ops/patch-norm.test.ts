import { describe, expect, it } from 'vitest';
import { checkOperation, expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { patchNorm } from './patch-norm.ts';
import { patchNormRef } from './patch-norm.ref.ts';

describe.each(variants)('patch norm ($label)', ({ variant }) => {
  it.each([
    { V: 96, rows: [33, 1, 5] },
    { V: 384, rows: [17] },
    { V: 130, rows: [3, 18] },
    { V: 12, rows: [2, 50] },
    { V: 2, rows: [4] },
  ])('($rows, $V)', ({ V, rows }) =>
    checkOperation({
      variant,
      sizes: rows.map((n) => ({ n })),
      inputs: { x: { rows: 'n', cols: V, gradient: false } },
      record: (plan, t) => patchNorm(plan, t.x, 'y'),
      reference: (t) => patchNormRef(t.x),
    }),
  );

  it('patches far from zero with little contrast', () => {
    const random = noise(3);
    return checkOperation({
      variant,
      sizes: [{ n: 6 }],
      inputs: {
        x: {
          rows: 'n',
          cols: 24,
          gradient: false,
          data: (_, rows) => Float32Array.from({ length: rows * 24 }, () => 2.5 + random() * 1e-2),
        },
      },
      record: (plan, t) => patchNorm(plan, t.x, 'y'),
      reference: (t) => patchNormRef(t.x),
    });
  });

  it('numbers worked out by hand; a patch of one value is zero, not rounding', async () => {
    // 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, deviation sqrt(14 / 3)
    const x = [1, 2, 3, 6, 0.1, 0.1, 0.1, 0.1];
    const { recorded, read } = await bench(variant, {}, ({ plan, input }) => ({
      y: patchNorm(plan, input('x', 2, 4, x), 'y'),
    }));
    const y = await read(recorded.y);
    const deviation = 2.1602468994692865;
    expectClose('y', y.subarray(0, 4), [-2 / deviation, -1 / deviation, 0, 3 / deviation], 2e-6);
    expect([...y.subarray(4)]).toEqual([0, 0, 0, 0]);
  });
});
