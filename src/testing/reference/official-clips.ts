// What the official code can do with clips and no setting of the studio asks for: clips given in seconds, short videos
// that are passed over, crops that move.

import type { CropBox } from '../../video/augment.ts';
import { clipIndices, type ClipSampling } from '../../video/sampling.ts';

/** Stride of a clip that should last `seconds`. */
export const strideOf = (seconds: number, framesPerSecond: number, framesPerClip: number): number =>
  Math.trunc((seconds * framesPerSecond) / framesPerClip);

/** Clips of a video, none of one that is shorter than a clip (filter_short_videos). */
export const longEnough = (s: ClipSampling): number[][] =>
  s.frames < s.framesPerClip * s.stride ? [] : clipIndices(s);

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
