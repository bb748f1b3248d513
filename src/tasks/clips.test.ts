import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { channelDeviation, channelMean } from '../video/augment.ts';
import { type ClipFrameSource, evaluatedViews, evaluatedWindow } from './clips.ts';

const { data } = preset('nano');
const model = { ...preset('nano').model, crop: 8, patch: 4, frames: 4 };

/** Frames whose left, middle and right thirds have greys of their own, ten more in every frame. */
const wide: ClipFrameSource = {
  frames: 16,
  width: 24,
  height: 8,
  rgb: (t) => Uint8Array.from({ length: 24 * 8 * 3 }, (_, i) => 10 * t + 20 * Math.floor((Math.floor(i / 3) % 24) / 8)),
};

/** Grey of frame t of a clip in its middle, from the red channel. */
const greyOf = (clip: Float32Array, t: number): number => {
  const at = t * 64 + 3 * 8 + 3;
  return Math.abs(Math.round(clip[at] * 255 * channelDeviation[0] + 255 * channelMean[0]));
};

describe('clips of an evaluation', () => {
  it('come view by view, and in it segment by segment', () => {
    const clips = evaluatedViews(model, data, wide, 2, 3);
    expect(clips).toHaveLength(6);
    // two windows of eight frames, one behind the other; three squares of eight pixels, side by side
    const first = clips.map((clip) => greyOf(clip, 0));
    expect(first).toEqual([0, 80, 20, 100, 40, 120]);
  });

  it('of one view show the centre and say how much of the frame that is', () => {
    const square = { ...wide, width: 16, height: 16, rgb: () => new Uint8Array(768).fill(100) };
    const { frames, seen } = evaluatedWindow(model, data, square);
    // four numbers from 0 to 8, rounded down, the last one within the window (official sampling)
    expect(frames).toEqual([0, 2, 5, 7]);
    expect(seen).toBeCloseTo(8 / 9, 12); // int(8 · 256 / 224) = 9
    expect(greyOf(evaluatedViews(model, data, square, 1, 1)[0], 2)).toBe(100);
  });

  it('a picture is a video of one frame: it is repeated', () => {
    const [clip] = evaluatedViews(
      model,
      data,
      { ...wide, frames: 1, width: 8, rgb: () => new Uint8Array(192).fill(77) },
      1,
      1,
    );
    expect([0, 1, 2, 3].map((t) => greyOf(clip, t))).toEqual([77, 77, 77, 77]);
  });
});
