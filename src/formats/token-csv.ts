// Values of tokens as CSV: one line per token, its place first: indices, from 0.

import { type Grid, tokenCount, tokenPosition } from '../core/grid.ts';

/** `values` (N, columns); an empty field where a value is NaN. */
export function tokenCsv(grid: Grid, columns: readonly string[], values: Float32Array): string {
  const lines = [['tubelet', 'row', 'column', ...columns].join(',')];
  for (let n = 0; n < tokenCount(grid); n++) {
    const { t, y, x } = tokenPosition(grid, n);
    const own = Array.from(values.subarray(n * columns.length, (n + 1) * columns.length), (v) =>
      Number.isNaN(v) ? '' : String(v),
    );
    lines.push([t, y, x, ...own].join(','));
  }
  return `${lines.join('\n')}\n`;
}
