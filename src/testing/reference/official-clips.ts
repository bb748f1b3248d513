// What the official code can do with clips and no setting of the studio asks for: clips given in seconds, crops that move.

import type { CropBox } from '../../video/augment.ts';

/** Stride of a clip that should last `seconds`. */
export const strideOf = (seconds: number, framesPerSecond: number, framesPerClip: number): number =>
  Math.trunc((seconds * framesPerSecond) / framesPerClip);

/** Boxes of a clip that move from one to the other (motion_shift): interpolated, cut to integers. */
export function shiftedBoxes(first: CropBox, last: CropBox, frames: number): CropBox[] {
  return Array.from({ length: frames }, (_, t) => {
    const at = (a: number, b: number) => Math.trunc(frames === 1 ? a : a + ((b - a) * t) / (frames - 1));
    return {
      top: at(first.top, last.top),
      left: at(first.left, last.left),
      height: at(first.height, last.height),
      width: at(first.width, last.width),
    };
  });
}
