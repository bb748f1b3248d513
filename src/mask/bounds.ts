// How many context and target tokens a clip can have at most, whatever is drawn: memory is planned for that.

import type { MaskConfig, MultiBlockConfig } from '../core/config.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { blockSize, keptPositions, seenTubelets } from '../core/mask-sizes.ts';

export interface TokenBounds {
  context: number;
  target: number;
}

/** Upper bounds for one clip under one mask set. */
export function tokenBounds(mask: MaskConfig, grid: Grid): TokenBounds {
  const all = tokenCount(grid);
  switch (mask.kind) {
    case 'tube': {
      const keep = keptPositions(mask.ratio, grid) * grid.t;
      return { context: keep, target: all - keep };
    }
    case 'future': {
      const target = mask.tubelets * grid.h * grid.w;
      return { context: all - target, target };
    }
    case 'painted':
      return { context: all - mask.tokens.length, target: mask.tokens.length };
    case 'multiblock':
      return mask.inverted || mask.complement !== 'none'
        ? { context: all, target: all }
        : { context: mostContext(mask, grid), target: all };
  }
  return mask satisfies never;
}

/**
 * All blocks may lie on one another, so at least the smallest one is hidden; what lies behind the temporal limit is hidden
 * too.
 */
function mostContext(mask: MultiBlockConfig, grid: Grid): number {
  const { t, h } = blockSize(mask, grid, [0, 0, 0]);
  const { w } = blockSize(mask, grid, [0, 0, 1]);
  const all = tokenCount(grid);
  const seen = seenTubelets(mask, grid) * grid.h * grid.w;
  return Math.min(all - t * h * w, seen, mask.maxKeep ?? all);
}
