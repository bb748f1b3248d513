// The pre-training transform (official app/vjepa/transforms.py): random resized crop, flip, normalisation.

import { roundHalfEven } from '../core/round.ts';

/** A box of the frame in pixels. */
export interface CropBox {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * A random box of area in `scale` (share of the frame) and width : height in `ratio`, drawn log-uniformly.
 * Takes uniform draws in the official order: area and log-ratio per attempt, then top and left; after ten failures a
 * centred box.
 */
export function cropBox(
  draw: () => number,
  height: number,
  width: number,
  scale: [number, number],
  ratio: [number, number],
): CropBox {
  const between = (low: number, high: number) => low + (high - low) * draw();
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = between(scale[0], scale[1]) * (height * width);
    const aspect = Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = roundHalfEven(Math.sqrt(area * aspect));
    const h = roundHalfEven(Math.sqrt(area / aspect));
    if (w < 1 || w > width || h < 1 || h > height) continue;
    const top = Math.floor(draw() * (height - h + 1));
    return { top, left: Math.floor(draw() * (width - w + 1)), height: h, width: w };
  }
  const shape = width / height;
  let [h, w] = [height, width];
  const [least, most] = [Math.min(...ratio), Math.max(...ratio)];
  if (shape < least) h = roundHalfEven(width / least);
  else if (shape > most) w = roundHalfEven(height * most);
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w };
}

/** ImageNet statistics of RGB, as shares of 255. */
export const channelMean = [0.485, 0.456, 0.406] as const;
export const channelDeviation = [0.229, 0.224, 0.225] as const;

export interface TransformTarget {
  /** takes (3, T, side, side) from `offset` on */
  into: Float32Array;
  offset: number;
  side: number;
}

/**
 * Crops every frame, resizes it bilinearly (half-pixel centres, no antialiasing), flips and normalises it.
 * frames: T pictures (H, W, 3) of bytes, each with the box to cut out.
 */
export function transformClip(
  frames: { rgb: ArrayLike<number>; width: number; box: CropBox }[],
  flip: boolean,
  target: TransformTarget,
): void {
  const { into, offset, side } = target;
  const plane = side * side;
  const T = frames.length;
  const low = new Int32Array(side);
  const high = new Int32Array(side);
  const share = new Float32Array(side);
  frames.forEach(({ rgb, width, box }, t) => {
    for (let x = 0; x < side; x++) {
      const at = Math.max(0, ((x + 0.5) * box.width) / side - 0.5);
      low[x] = Math.min(Math.floor(at), box.width - 1);
      high[x] = Math.min(low[x] + 1, box.width - 1);
      share[x] = at - low[x];
    }
    for (let y = 0; y < side; y++) {
      const at = Math.max(0, ((y + 0.5) * box.height) / side - 0.5);
      const above = Math.min(Math.floor(at), box.height - 1);
      const below = Math.min(above + 1, box.height - 1);
      const down = at - above;
      const rowAbove = (box.top + above) * width + box.left;
      const rowBelow = (box.top + below) * width + box.left;
      for (let x = 0; x < side; x++) {
        const right = share[x];
        const a = (rowAbove + low[x]) * 3;
        const b = (rowAbove + high[x]) * 3;
        const c = (rowBelow + low[x]) * 3;
        const d = (rowBelow + high[x]) * 3;
        const place = offset + t * plane + y * side + (flip ? side - 1 - x : x);
        for (let k = 0; k < 3; k++) {
          const value =
            (rgb[a + k] * (1 - right) + rgb[b + k] * right) * (1 - down) +
            (rgb[c + k] * (1 - right) + rgb[d + k] * right) * down;
          into[place + k * T * plane] = (value - 255 * channelMean[k]) / (255 * channelDeviation[k]);
        }
      }
    }
  });
}
