import { describe, expect, it } from 'vitest';
import { checkOperation, halves, noise, variants } from '../testing/check-operation.ts';
import { attention, mostTiles, tileTable } from './attention.ts';
import { attentionRef } from './attention.ref.ts';

const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);

describe.each(variants)('attention ($label)', ({ variant }) => {
  // head widths that neither four nor 32 divides, segments of one row, of a tile and one more, and several lengths in one plan:
  // behind the rows of the shorter ones memory is not a number
  it.each([
    { heads: 3, D: 9, batches: [[5, 12, 1], [8]] },
    { heads: 2, D: 32, batches: [[9, 16, 7]] },
    {
      heads: 1,
      D: 64,
      batches: [
        [11, 3],
        [20, 1],
      ],
    },
    { heads: 2, D: 37, batches: [[10], [7]] },
    { heads: 1, D: 100, batches: [[35, 2], [6]] },
    { heads: 4, D: 2, batches: [[4, 4, 17], [3]] },
    { heads: 2, D: 7, batches: [[33, 70]] },
  ])('$heads heads of $D, segments $batches', ({ heads, D, batches }) =>
    checkOperation({
      variant,
      tolerance: 4e-6,
      sizes: batches.map((lengths) => ({ n: sum(lengths), tiles: tileTable(lengths).length / 4 })),
      inputs: {
        qkv: { rows: 'n', cols: 3 * heads * D },
        table: { rows: 'tiles', cols: 4, type: 'u32', data: ({ n }) => tileTable(batches.find((l) => sum(l) === n)!) },
      },
      record: (plan, t) => attention(plan, t.qkv, { table: t.table, count: 'tiles' }, heads, 'out'),
      reference: (t, { n }) =>
        attentionRef(
          t.qkv,
          batches.find((l) => sum(l) === n)!,
          heads,
        ),
    }),
  );

  it('keeps its footing with scores of hundreds', () => {
    const random = noise(11);
    return checkOperation({
      variant,
      sizes: [{ n: 12, tiles: 1 }],
      inputs: {
        qkv: {
          rows: 'n',
          cols: 24,
          gradient: false,
          data: (_, rows) => Float32Array.from({ length: rows * 24 }, () => random() * 15),
        },
        table: { rows: 'tiles', cols: 4, type: 'u32', data: () => tileTable([12]) },
      },
      record: (plan, t) => attention(plan, t.qkv, { table: t.table, count: 'tiles' }, 1, 'out'),
      reference: (t) => attentionRef(t.qkv, [12], 1),
      tolerance: 3e-5, // scores near 500 carry an absolute rounding error of 3e-5 in f32, whatever the algorithm
    });
  });

  it('tiles never cross a segment', () => {
    expect([...tileTable([3, 17])]).toEqual([0, 3, 0, 3, 3, 19, 3, 20, 19, 20, 3, 20]);
    expect(tileTable([3, 17]).length / 4).toBeLessThanOrEqual(mostTiles(20, 2));
  });
});

// The result is rounded to a half, and the backward pass reads it so.
describe.each(halves)('attention ($label)', ({ variant }) => {
  it.each([
    { heads: 3, D: 9, batches: [[5, 12, 1], [8]] },
    { heads: 2, D: 32, batches: [[9, 16, 7]] },
    { heads: 1, D: 100, batches: [[35, 2], [6]] },
  ])('$heads heads of $D, segments $batches, by halves', ({ heads, D, batches }) =>
    checkOperation({
      variant,
      tolerance: 2 ** -11,
      sizes: batches.map((lengths) => ({ n: sum(lengths), tiles: tileTable(lengths).length / 4 })),
      inputs: {
        qkv: { rows: 'n', cols: 3 * heads * D, type: 'f16' },
        table: { rows: 'tiles', cols: 4, type: 'u32', data: ({ n }) => tileTable(batches.find((l) => sum(l) === n)!) },
      },
      record: (plan, t) => attention(plan, t.qkv, { table: t.table, count: 'tiles' }, heads, 'out'),
      reference: (t, { n }) =>
        attentionRef(
          t.qkv,
          batches.find((l) => sum(l) === n)!,
          heads,
        ),
    }),
  );
});
