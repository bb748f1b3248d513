// The token grid of a clip: t tubelets, each h × w patches.

export interface Grid {
  /** tubelets: frames / tubelet */
  t: number;
  /** patches down: crop / patch */
  h: number;
  /** patches across */
  w: number;
}

export const tokenCount = (grid: Grid): number => grid.t * grid.h * grid.w;

/** Index of the token at (t, y, x), the official order: n = t·h·w + y·w + x. */
export const tokenIndex = (grid: Grid, t: number, y: number, x: number): number => (t * grid.h + y) * grid.w + x;

/** The (t, y, x) of token n. */
export function tokenPosition(grid: Grid, n: number): { t: number; y: number; x: number } {
  const plane = grid.h * grid.w;
  return { t: Math.floor(n / plane), y: Math.floor((n % plane) / grid.w), x: n % grid.w };
}

/** Where token n lies, in words; counted from 1. */
export function tokenPlace(grid: Grid, n: number): string {
  const { t, y, x } = tokenPosition(grid, n);
  return `tubelet ${t + 1}, row ${y + 1}, column ${x + 1}`;
}
