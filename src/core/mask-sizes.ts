// How large the parts of a mask are in tokens: what a draw makes of shares of the frame and of the clip.

import type { MultiBlockConfig } from './config.ts';
import type { Grid } from './grid.ts';
import { roundHalfEven } from './round.ts';

/** Size of a block in tokens. */
export interface BlockSize {
  t: number;
  h: number;
  w: number;
}

/** Block size of one iteration from three uniform draws: temporal scale, spatial scale, aspect ratio (drawn linearly).
 * Sides grow with the scale; the height grows with the aspect ratio, the width shrinks with it. */
export function blockSize(mask: MultiBlockConfig, grid: Grid, draws: [number, number, number]): BlockSize {
  const between = ([low, high]: [number, number], u: number) => low + u * (high - low);
  const t = Math.max(1, Math.trunc(grid.t * between(mask.temporalScale, draws[0])));
  const keep = Math.trunc(grid.h * grid.w * between(mask.spatialScale, draws[1]));
  const aspect = between(mask.aspectRatio, draws[2]);
  const h = roundHalfEven(Math.sqrt(keep * aspect));
  const w = roundHalfEven(Math.sqrt(keep / aspect));
  return { t, h: Math.min(h, grid.h), w: Math.min(w, grid.w) };
}

/** How often a clip is drawn until it has context. The official code draws without end: 8 blocks of 70 % may leave context
 * in one of 128 draws. checkMask refuses what could need more; the page must not wait for long. */
export const attemptsFor = ({ blocks }: MultiBlockConfig, { t, h, w }: BlockSize): number =>
  Math.min(20_000, Math.max(200, Math.floor(2e8 / (blocks * t * h * w))));

/** Tubelets at the start that may be context; those behind them are always hidden. */
export const seenTubelets = (mask: MultiBlockConfig, grid: Grid): number =>
  Math.max(1, Math.trunc(grid.t * mask.maxTemporalKeep));

/** Positions of a frame that tubes leave visible. */
export const keptPositions = (ratio: number, grid: Grid): number => Math.trunc(grid.h * grid.w * (1 - ratio));
