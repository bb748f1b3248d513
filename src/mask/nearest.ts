// The nearest context token of every token, by city-block distance on the grid.

import { type Grid, tokenCount, tokenPosition } from '../core/grid.ts';

export interface Nearest {
  /** (N): steps |Δt| + |Δy| + |Δx| to it; 0 for context itself */
  steps: Int32Array;
  /** (N): one of the tokens that are so near; −1 without context */
  token: Int32Array;
}

/** City-block distance is exact after one sweep there and one back (mask/distance.ts); each cell carries along whose it is. */
export function nearestContext(grid: Grid, context: ArrayLike<number>): Nearest {
  const N = tokenCount(grid);
  const steps = new Int32Array(N).fill(grid.t + grid.h + grid.w);
  const token = new Int32Array(N).fill(-1);
  for (let i = 0; i < context.length; i++) {
    steps[context[i]] = 0;
    token[context[i]] = context[i];
  }
  const plane = grid.h * grid.w;
  const take = (n: number, from: number) => {
    if (steps[from] + 1 >= steps[n]) return;
    steps[n] = steps[from] + 1;
    token[n] = token[from];
  };
  for (let n = 0; n < N; n++) {
    const { t, y, x } = tokenPosition(grid, n);
    if (x > 0) take(n, n - 1);
    if (y > 0) take(n, n - grid.w);
    if (t > 0) take(n, n - plane);
  }
  for (let n = N - 1; n >= 0; n--) {
    const { t, y, x } = tokenPosition(grid, n);
    if (x < grid.w - 1) take(n, n + 1);
    if (y < grid.h - 1) take(n, n + grid.w);
    if (t < grid.t - 1) take(n, n + plane);
  }
  return { steps, token };
}
