// Kept RGB pictures to RGBA for the page.

import { Resampler, type Rect } from './resample.ts';

const upright = { rotation: 0, flip: false } as const;

/** RGB bytes (n, 3) as opaque RGBA (n, 4). */
export function opaque(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4);
  for (let i = 0, at = 0; at < rgba.length; i += 3, at += 4) {
    rgba[at] = rgb[i];
    rgba[at + 1] = rgb[i + 1];
    rgba[at + 2] = rgb[i + 2];
    rgba[at + 3] = 255;
  }
  return rgba;
}

/** A part of an RGB picture (H, W, 3) as RGBA of another size. */
export function scaled(
  rgb: Uint8Array,
  from: { width: number; height: number },
  crop: Rect,
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8Array(width * height * 3);
  const rgba = new Uint8Array(opaque(rgb).buffer);
  new Resampler(from, crop, upright, width, height).resample(rgba, from.width * 4, out, 0);
  return opaque(out);
}

/** The largest centred square of a picture as RGBA, side × side. */
export function squareOf(
  rgb: Uint8Array,
  from: { width: number; height: number },
  side: number,
): Uint8ClampedArray<ArrayBuffer> {
  const square = Math.min(from.width, from.height);
  const crop = { x: (from.width - square) / 2, y: (from.height - square) / 2, width: square, height: square };
  return scaled(rgb, from, crop, side, side);
}
