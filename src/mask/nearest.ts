// The nearest context token of every token, by city-block distance on the grid: steps |Δt| + |Δy| + |Δx| between neighbours.

import { type Grid, tokenCount } from '../core/grid.ts';

/** Largest city-block distance on a grid. */
export const farthest = (grid: Grid): number => grid.t + grid.h + grid.w - 3;

/** Of the context that was asked about last. */
export interface Nearest {
  /** steps to the nearest context token, 0 for context itself; `farthest` + 1 where there is no context */
  steps: (token: number) => number;
  /** that token, the first of those that are as near; −1 where there is no context */
  token: (token: number) => number;
}

/**
 * Asks about one context after the other, in the same memory.
 *
 * City-block distance is exact after one sweep there and one back, each looking at the three neighbours behind it. A cell
 * holds steps · N + token, so the smaller is the nearer and of equals the first, whichever way it came. A border of far cells
 * (one before each row, row of rows and tubelet, one behind all) spares every edge its own case.
 */
export function nearestContext(grid: Grid): (context: ArrayLike<number>) => Nearest {
  const { t, h, w } = grid;
  const N = tokenCount(grid);
  const row = w + 1;
  const plane = (h + 1) * row;
  const far = (farthest(grid) + 1) * N;
  const first = plane + row + 1;
  // beyond some million tokens the largest cell is no 32-bit number
  const cells = new (far + 3 * N < 2 ** 31 ? Int32Array : Float64Array)((t + 2) * plane + row + 1);
  const place = Int32Array.from({ length: N }, (_, n) => {
    const y = Math.floor(n / w);
    return first + Math.floor(y / h) * plane + (y % h) * row + (n % w);
  });
  const nearest: Nearest = {
    steps: (token) => Math.floor(cells[place[token]] / N),
    token: (token) => (cells[place[token]] < far ? cells[place[token]] % N : -1),
  };
  return (context) => {
    cells.fill(far);
    for (let i = 0; i < context.length; i++) cells[place[context[i]]] = context[i];
    for (let z = 0; z < t; z++)
      for (let y = 0; y < h; y++) sweep(cells, first + z * plane + y * row, w, N, 1, row, plane);
    for (let z = t - 1; z >= 0; z--)
      for (let y = h - 1; y >= 0; y--) sweep(cells, first + z * plane + y * row + w - 1, w, N, -1, -row, -plane);
    return nearest;
  };
}

type Cells = Int32Array | Float64Array;

/** Brings the cells of one row to at most a step of N more than the neighbours behind them. */
function sweep(cells: Cells, from: number, count: number, N: number, step: number, row: number, plane: number) {
  let near = cells[from - step];
  for (let i = from, left = count; left > 0; left--, i += step) {
    const above = cells[i - row];
    const before = cells[i - plane];
    if (above < near) near = above;
    if (before < near) near = before;
    near += N;
    const own = cells[i];
    if (own < near) near = own;
    cells[i] = near;
  }
}
