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

export const sameGrid = (a: Grid, b: Grid): boolean => a.t === b.t && a.h === b.h && a.w === b.w;

/** Index of the token at (t, y, x), the official order: n = t·h·w + y·w + x. */
export const tokenIndex = (grid: Grid, t: number, y: number, x: number): number => (t * grid.h + y) * grid.w + x;

/** The (t, y, x) of token n. */
export function tokenPosition(grid: Grid, n: number): { t: number; y: number; x: number } {
  const plane = grid.h * grid.w;
  return { t: Math.floor(n / plane), y: Math.floor((n % plane) / grid.w), x: n % grid.w };
}

/** Tubelet, row and column of token n as the page counts them: from 1. Files and links have indices, from 0. */
export function placeNumbers(grid: Grid, n: number): [number, number, number] {
  const { t, y, x } = tokenPosition(grid, n);
  return [t + 1, y + 1, x + 1];
}

/** Where token n lies, in words. */
export function tokenPlace(grid: Grid, n: number): string {
  const [tubelet, row, column] = placeNumbers(grid, n);
  return `tubelet ${tubelet}, row ${row}, column ${column}`;
}
