// The clip with the pictures of its targets taken out, so that a room does not see what it is asked for.

import { type Grid, tokenPosition } from '../core/grid.ts';
import type { ViewedClip } from '../store/studio.ts';
import { TARGET } from './paint.ts';

/** Orange, as the four bytes of a pixel in memory; the mask is painted over it. */
const blank = new Uint32Array(Uint8Array.of(245, 170, 95, 255).buffer)[0];

/** `perTubelet`: frames of a tubelet. */
export function coverTargets(clip: ViewedClip, grid: Grid, kinds: Uint8Array, perTubelet: number): ViewedClip {
  const { side } = clip;
  const rgba = clip.rgba.map((picture) => new Uint8ClampedArray(picture));
  const pixels = rgba.map((picture) => new Uint32Array(picture.buffer));
  for (const [token, kind] of kinds.entries()) {
    if (kind !== TARGET) continue;
    const { t, y, x } = tokenPosition(grid, token);
    // a pixel that two tokens share is covered with either
    const [left, right] = [Math.floor((x * side) / grid.w), Math.ceil(((x + 1) * side) / grid.w)];
    for (const picture of pixels.slice(t * perTubelet, (t + 1) * perTubelet))
      for (let row = Math.floor((y * side) / grid.h); row < Math.ceil(((y + 1) * side) / grid.h); row++)
        picture.fill(blank, row * side + left, row * side + right);
  }
  return { ...clip, rgba };
}
