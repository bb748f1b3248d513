// How much moves where: the mean |frame difference| under every token of a clip.

import { gridOf, type ModelConfig } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { channelDeviation } from '../video/augment.ts';

/**
 * clip (3, T, S, S), normalised → (N) grey levels from 0 to 255: mean over channels, pixels and frames of the difference to
 * the frame before. The first frame of the clip has none before it and does not count: NaN where a tubelet has no other.
 */
export function tokenMotion(clip: Float32Array, m: ModelConfig): Float32Array<ArrayBuffer> {
  const grid = gridOf(m);
  const side = m.crop;
  const plane = side * side;
  const perTubelet = m.frames / grid.t;
  const motion = new Float32Array(tokenCount(grid));
  for (let t = 0; t < grid.t; t++) {
    const first = Math.max(1, t * perTubelet);
    const frames = (t + 1) * perTubelet - first;
    for (let f = first; f < (t + 1) * perTubelet; f++)
      for (let k = 0; k < 3; k++) {
        const at = (k * m.frames + f) * plane;
        for (let y = 0; y < side; y++)
          for (let x = 0; x < side; x++) {
            const here = at + y * side + x;
            const token = (t * grid.h + Math.floor(y / m.patch)) * grid.w + Math.floor(x / m.patch);
            motion[token] += Math.abs(clip[here] - clip[here - plane]) * 255 * channelDeviation[k];
          }
      }
    const values = 3 * frames * m.patch * m.patch;
    const tokens = motion.subarray(t * grid.h * grid.w, (t + 1) * grid.h * grid.w);
    for (let n = 0; n < tokens.length; n++) tokens[n] /= values;
  }
  return motion;
}

/** Bin of every value, and how many bins: as equal in number as ties allow, `most` at most; equal values share one, NaN has none (-1). */
export function quantileBins(values: ArrayLike<number>, most: number): { bin: Int32Array; bins: number } {
  const sorted = Float64Array.from(Array.from(values).filter((v) => !Number.isNaN(v))).sort();
  const bounds: number[] = [];
  for (let q = 1; q < most; q++) {
    const bound = sorted[Math.ceil((q * sorted.length) / most) - 1];
    if (bound !== bounds.at(-1) && bound < sorted[sorted.length - 1]) bounds.push(bound);
  }
  const bin = Int32Array.from(values, (v) => (Number.isNaN(v) ? -1 : bounds.filter((bound) => v > bound).length));
  return { bin, bins: bounds.length + 1 };
}
