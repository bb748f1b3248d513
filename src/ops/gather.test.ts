import { describe, expect, it } from 'vitest';
import { checkOperation, variants, zeros } from '../testing/check-operation.ts';
import { gather, invert, NONE } from './gather.ts';

/** Picks every third row, last first. */
const picks = (rows: number): number[] => Array.from({ length: Math.ceil(rows / 3) }, (_, i) => rows - 1 - 3 * i);

describe('gather', () => {
  it('rows by table, gradient by the inverse table', () =>
    checkOperation({
      variant: variants[0].variant,
      sizes: [
        { n: 10, m: 4 },
        { n: 25, m: 9 },
        { n: 1, m: 1 },
      ],
      inputs: {
        x: { rows: 'n', cols: 7 },
        index: { rows: 'm', cols: 1, type: 'u32', data: ({ n }) => picks(n) },
        inverse: { rows: 'n', cols: 1, type: 'u32', data: ({ n }) => invert(picks(n), n) },
      },
      record: (plan, t) => gather(plan, t.x, { index: t.index, inverse: t.inverse }, 'y'),
      reference: (t) => {
        const y = zeros(t.index.rows, 7);
        t.index.data.forEach((row, i) => y.data.set(t.x.data.subarray(row * 7, row * 7 + 7), i * 7));
        return y;
      },
    }));

  it('inverts a table', () => {
    expect([...invert([2, 0], 4)]).toEqual([1, NONE, 0, NONE]);
  });
});
