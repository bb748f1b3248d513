// How many context and target tokens a clip can have at most, whatever is drawn: memory is planned for that.

import type { MaskConfig } from '../core/config.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { blockSize } from './blocks.ts';

export interface TokenBounds {
  context: number;
  target: number;
}

/** Upper bounds for one clip under one mask set. */
export function tokenBounds(mask: MaskConfig, grid: Grid): TokenBounds {
  const all = tokenCount(grid);
  if (mask.kind === 'tube') {
    const keep = Math.trunc(grid.h * grid.w * (1 - mask.ratio)) * grid.t;
    return { context: keep, target: all - keep };
  }
  // Sides grow with the scale; the height grows with the aspect ratio, the width shrinks with it. All blocks may lie on
  // one another, so at least the smallest one is hidden; what lies behind the temporal limit is hidden too.
  const smallest = {
    t: blockSize(mask, grid, [0, 0, 0]).t,
    h: blockSize(mask, grid, [0, 0, 0]).h,
    w: blockSize(mask, grid, [0, 0, 1]).w,
  };
  const hidden = smallest.t * smallest.h * smallest.w;
  const seen = Math.max(1, Math.trunc(grid.t * mask.maxTemporalKeep)) * grid.h * grid.w;
  return { context: Math.min(all - hidden, seen, mask.maxKeep ?? all), target: all };
}
