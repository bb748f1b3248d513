import { describe, expect, it } from 'vitest';
import { checkOperation, expectClose, likely, noise } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { crossAttention, segmentTables } from './cross-attention.ts';
import { crossAttentionRef } from './cross-attention.ref.ts';

const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);

describe('cross-attention', () => {
  // one and several queries, head widths that nothing divides, segments of one row, with and without residual
  it.each([
    { Q: 1, heads: 3, D: 8, lengths: [11, 1, 70], residual: true },
    { Q: 1, heads: 1, D: 37, lengths: [5], residual: false },
    { Q: 3, heads: 2, D: 5, lengths: [4, 9], residual: true },
  ])('$Q queries, $heads heads of $D, segments $lengths, residual $residual', ({ Q, heads, D, lengths, residual }) => {
    const C = heads * D;
    const tables = segmentTables(lengths);
    return checkOperation({
      variant: likely,
      sizes: [{}],
      inputs: {
        q: { rows: Q, cols: C },
        kv: { rows: sum(lengths), cols: 2 * C },
        residual: { rows: Q, cols: C, gradient: residual },
        segments: { rows: lengths.length, cols: 2, type: 'u32', data: () => tables.table },
        owner: { rows: sum(lengths), cols: 1, type: 'u32', data: () => tables.owner },
      },
      record: (plan, t) =>
        crossAttention(
          plan,
          t.q,
          t.kv,
          residual ? t.residual : null,
          { table: t.segments, owner: t.owner },
          heads,
          'out',
        ),
      reference: (t) => crossAttentionRef(t.q, t.kv, residual ? t.residual : null, lengths, heads),
    });
  });

  it('several batch sizes go through one plan', () => {
    const batches = [[6, 6, 6], [6], [6, 6]];
    return checkOperation({
      variant: likely,
      sizes: batches.map((lengths) => ({ S: lengths.length, n: sum(lengths) })),
      inputs: {
        q: { rows: 1, cols: 12 },
        kv: { rows: 'n', cols: 24 },
        segments: { rows: 'S', cols: 2, type: 'u32', data: (_, S) => segmentTables(Array<number>(S).fill(6)).table },
        owner: { rows: 'n', cols: 1, type: 'u32', data: (_, n) => segmentTables(Array<number>(n / 6).fill(6)).owner },
      },
      record: (plan, t) => crossAttention(plan, t.q, t.kv, null, { table: t.segments, owner: t.owner }, 2, 'out'),
      reference: (t, { S }) => crossAttentionRef(t.q, t.kv, null, Array<number>(S).fill(6), 2),
    });
  });

  it('shares of a segment add up to 1 and are equal where all keys are', async () => {
    const lengths = [5, 8];
    const tables = segmentTables(lengths);
    const random = noise(3);
    const key = Array.from({ length: 6 }, random);
    const kv = Float32Array.from({ length: 13 * 12 }, (_, i) => (i % 12 < 6 && i >= 5 * 12 ? key[i % 12] : random()));
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const q = input('q', 1, 6, Float32Array.from({ length: 6 }, random));
      const segments = {
        table: input('segments', 2, 2, tables.table, 'u32'),
        owner: input('owner', 13, 1, tables.owner, 'u32'),
      };
      crossAttention(plan, q, input('kv', 13, 12, kv), null, segments, 2, 'out');
      return plan.find('out.p');
    });
    const p = await read(recorded);
    for (let h = 0; h < 2; h++) {
      const of = (first: number, length: number) => Array.from({ length }, (_, n) => p[(first + n) * 2 + h]);
      expect(sum(of(0, 5))).toBeCloseTo(1, 6);
      expectClose('equal shares', of(5, 8), Array<number>(8).fill(1 / 8), 1e-6);
    }
  });
});
