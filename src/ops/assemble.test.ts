import { describe, it } from 'vitest';
import { checkOperation, variants, zeros } from '../testing/check-operation.ts';
import { assemble, MASK } from './assemble.ts';

describe('assemble', () => {
  it('context and mask tokens with positions, per segment', () => {
    // two sets, one clip each: context rows 2 and 1, targets 1 and 3
    const source = [
      [0, 3],
      [1, 0],
      [MASK, 1],
      [2, 2],
      [MASK + 1, 0],
      [MASK + 1, 1],
      [MASK + 1, 3],
    ];
    return checkOperation({
      variant: variants[0].variant,
      sizes: [{ rows: 7, targets: 4 }],
      inputs: {
        embedded: { rows: 3, cols: 5 },
        mask: { rows: 2, cols: 5 },
        positions: { rows: 4, cols: 5, gradient: false },
        source: { rows: 'rows', cols: 2, type: 'u32', data: () => source.flat() },
        inverse: { rows: 3, cols: 1, type: 'u32', data: () => [0, 1, 3] },
        targets: { rows: 'targets', cols: 1, type: 'u32', data: () => [2, 4, 5, 6] },
        ranges: { rows: 2, cols: 2, type: 'u32', data: () => [0, 1, 1, 4] },
      },
      record: (plan, t) =>
        assemble(
          plan,
          t.embedded,
          t.mask,
          t.positions,
          { source: t.source, inverse: t.inverse, byMask: t.targets, ranges: t.ranges },
          'x',
        ),
      reference: (t) => {
        const x = zeros(7, 5);
        source.forEach(([from, position], row) => {
          const given = from >= MASK ? t.mask.data.subarray((from - MASK) * 5) : t.embedded.data.subarray(from * 5);
          for (let c = 0; c < 5; c++) x.data[row * 5 + c] = given[c] + t.positions.data[position * 5 + c];
        });
        return x;
      },
    });
  });
});
