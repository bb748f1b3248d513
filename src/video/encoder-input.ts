// Pictures of a clip as the tensor that a stranger's encoder takes.

import type { InputLayout, Normalisation } from '../core/input-layout.ts';
import { channelDeviation, channelMean } from './augment.ts';

/** The clip on the stage, in frames of its video. */
export interface ShownClip {
  start: number;
  frames: number;
  stride: number;
  /** frames of a tubelet */
  tubelet: number;
}

/**
 * Frames of the video for each pass through the encoder. Clips have as many frames as the encoder takes, spread evenly over
 * the shown ones, the first and the last among them; encoders of pictures see one frame in each pass.
 */
export function framesFor(layout: InputLayout, { start, frames, stride, tubelet }: ShownClip): number[][] {
  if (layout.order === 'BCHW') {
    const every = layout.pictures === 'frames' ? 1 : Math.min(tubelet, frames);
    const passes = Math.max(1, Math.floor(frames / every));
    return Array.from({ length: passes }, (_, i) => [start + (i * every + Math.floor(every / 2)) * stride]);
  }
  const last = (frames - 1) * stride;
  const { frames: T } = layout;
  const at = (i: number) => start + (T === 1 ? Math.round(last / 2) : Math.round((i * last) / (T - 1)));
  return [Array.from({ length: T }, (_, i) => at(i))];
}

/** grey level 0 … 255 of colour k → a number that goes in: (level − less) · times */
function range(normalisation: Normalisation): { less: readonly number[]; times: readonly number[] } {
  switch (normalisation) {
    case 'imagenet':
      return { less: channelMean.map((m) => 255 * m), times: channelDeviation.map((d) => 1 / (255 * d)) };
    case 'unit':
      return { less: [0, 0, 0], times: [1 / 255, 1 / 255, 1 / 255] };
    case 'signed':
      return { less: [127.5, 127.5, 127.5], times: [1 / 127.5, 1 / 127.5, 1 / 127.5] };
    case 'bytes':
      return { less: [0, 0, 0], times: [1, 1, 1] };
  }
  return normalisation satisfies never;
}

/** T pictures, RGBA (side, side, 4), as (1, C, T, H, W), (1, T, C, H, W), or for T = 1 (1, C, H, W). */
export function packPictures(
  pictures: readonly Uint8ClampedArray[],
  { order, side, normalisation }: InputLayout,
): Float32Array<ArrayBuffer> {
  const plane = side * side;
  const T = pictures.length;
  const out = new Float32Array(3 * T * plane);
  const { less, times } = range(normalisation);
  pictures.forEach((rgba, t) => {
    for (let k = 0; k < 3; k++) {
      const to = (order === 'BTCHW' ? t * 3 + k : k * T + t) * plane;
      for (let p = 0; p < plane; p++) out[to + p] = (rgba[p * 4 + k] - less[k]) * times[k];
    }
  });
  return out;
}
