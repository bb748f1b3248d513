// City-block distance on the token grid: steps |Δt| + |Δy| + |Δx| between neighbouring tokens.

import { type Grid, tokenCount } from '../core/grid.ts';

/** Largest city-block distance on a grid. */
export const farthest = (grid: Grid): number => grid.t + grid.h + grid.w - 3;

/** Counts targets by their distance to the nearest context token: counts[steps]++ for each. */
export type CountDistances = (context: ArrayLike<number>, target: ArrayLike<number>, counts: Uint32Array) => void;

/** City-block distance is exact after one sweep there and one back, each looking at the three neighbours behind it. A
 * border of far cells (one before each row, row of rows and tubelet, one behind all) spares every edge its own case. */
export function distanceCounter(grid: Grid): CountDistances {
  const { t, h, w } = grid;
  const row = w + 1;
  const plane = (h + 1) * row;
  const far = farthest(grid) + 1;
  const first = plane + row + 1;
  const cells = new Int16Array((t + 2) * plane + row + 1);
  const place = Int32Array.from({ length: tokenCount(grid) }, (_, n) => {
    const y = Math.floor(n / w);
    return first + Math.floor(y / h) * plane + (y % h) * row + (n % w);
  });
  return (context, target, counts) => {
    cells.fill(far);
    for (let i = 0; i < context.length; i++) cells[place[context[i]]] = 0;
    for (let z = 0; z < t; z++) for (let y = 0; y < h; y++) sweep(cells, first + z * plane + y * row, w, 1, row, plane);
    for (let z = t - 1; z >= 0; z--)
      for (let y = h - 1; y >= 0; y--) sweep(cells, first + z * plane + y * row + w - 1, w, -1, -row, -plane);
    for (let i = 0; i < target.length; i++) counts[cells[place[target[i]]]]++;
  };
}

/** Brings the cells of one row to at most one step more than the neighbours behind them. */
function sweep(cells: Int16Array, from: number, count: number, step: number, row: number, plane: number): void {
  let near = cells[from - step];
  for (let i = from, left = count; left > 0; left--, i += step) {
    const above = cells[i - row];
    const before = cells[i - plane];
    if (above < near) near = above;
    if (before < near) near = before;
    near++;
    const own = cells[i];
    if (own < near) near = own;
    cells[i] = near;
  }
}
