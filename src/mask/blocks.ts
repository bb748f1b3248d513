// Space-time blocks of the official multi-block sampler (src/masks/multiblock3d.py): their places, and the tokens they leave.

import type { MultiBlockConfig } from '../core/config.ts';
import type { Grid } from '../core/grid.ts';
import { type BlockSize, seenTubelets } from '../core/mask-sizes.ts';
import type { Room, TokenList } from './room.ts';

/** First row, first column and first tubelet of a block. */
export interface BlockPlace {
  top: number;
  left: number;
  start: number;
}

/** How many places a block has along each axis, in the official drawing order. */
export const placeCounts = (size: BlockSize, grid: Grid): [number, number, number] => [
  grid.h - size.h + 1,
  grid.w - size.w + 1,
  grid.t - size.t + 1,
];

/** Marks, of all tokens (N), every one that a block covers, or that lies behind the temporal limit, with 1. Returns how many
 * are marked; once it is all of them, no further block is looked at. */
export function hideBlocks(
  hidden: Uint8Array,
  mask: MultiBlockConfig,
  grid: Grid,
  size: BlockSize,
  places: BlockPlace[],
): number {
  const plane = grid.h * grid.w;
  const limit = seenTubelets(mask, grid);
  hidden.fill(0, 0, limit * plane).fill(1, limit * plane);
  let seen = limit * plane;
  for (const { top, left, start } of places) {
    for (let t = start; t < start + size.t; t++)
      for (let y = top; y < top + size.h; y++) {
        const first = t * plane + y * grid.w + left;
        for (let n = first; n < first + size.w; n++) {
          seen -= 1 - hidden[n];
          hidden[n] = 1;
        }
      }
    if (seen === 0) break;
  }
  return hidden.length - seen;
}

/** Context (not hidden) and target (hidden) tokens, ascending. */
export function splitTokens(hidden: Uint8Array, room: Room): { context: TokenList; target: TokenList } {
  let covered = 0;
  for (let n = 0; n < hidden.length; n++) covered += hidden[n];
  const context = room(hidden.length - covered);
  const target = room(covered);
  let [c, p] = [0, 0];
  for (let n = 0; n < hidden.length; n++) {
    if (hidden[n]) target[p++] = n;
    else context[c++] = n;
  }
  return { context, target };
}
