// The evaluation transform (official evals/video_classification_frozen): the clip is made small, then cut to squares.
// One view: short side to crop · 256 / 224, the centre. Three views: short side to crop, three squares along the long
// side, which overlap when it is short. Resized on bytes as OpenCV does it, so that grey levels agree.

import { roundHalfEven } from '../core/round.ts';
import { channelDeviation, channelMean, type TransformTarget } from './augment.ts';

/** Crops of each clip: the centre alone, or three along the long side. */
export type Views = 1 | 3;

/** A frame, (height, width, 3) bytes. */
export interface EvaluationFrame {
  rgb: ArrayLike<number>;
  width: number;
  height: number;
}

export interface ViewPlan {
  /** size of the whole frame after resizing */
  width: number;
  height: number;
  /** corner of each square, in pixels of the resized frame */
  views: { top: number; left: number }[];
}

/** Short side of a resized frame from which one view of `side` pixels is cut. */
const shortSide = (side: number): number => Math.floor((side * 256) / 224);

/** Side of the square that one view shows, as a share of the short side of a frame. */
export const seenShare = (side: number): number => side / shortSide(side);

/** How frames of this size become `count` squares of `side` pixels. */
export function planViews(width: number, height: number, side: number, count: Views): ViewPlan {
  const short = count === 1 ? shortSide(side) : side;
  // the short side is exact, the long one cut to an integer
  const size =
    width < height
      ? { width: short, height: Math.floor((short * height) / width) }
      : { width: Math.floor((short * width) / height), height: short };
  if (count === 1) {
    const top = roundHalfEven((size.height - side) / 2);
    return { ...size, views: [{ top, left: roundHalfEven((size.width - side) / 2) }] };
  }
  const step = Math.floor((Math.max(size.width, size.height) - side) / (count - 1));
  const views = [0, step, 2 * step].map((start) =>
    size.height > size.width ? { top: start, left: 0 } : { top: 0, left: start },
  );
  return { ...size, views };
}

/** Writes `count` views of the clip, (count, 3, T, side, side), normalised, from the target's offset on. */
export function evaluateClip(frames: readonly EvaluationFrame[], count: Views, target: TransformTarget): void {
  const { into, offset, side } = target;
  const T = frames.length;
  const plane = side * side;
  frames.forEach((frame, t) => {
    const plan = planViews(frame.width, frame.height, side, count);
    const small = resizeBytes(frame, plan.width, plan.height);
    plan.views.forEach(({ top, left }, v) => {
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const from = ((top + y) * plan.width + left + x) * 3;
          const place = offset + (v * 3 * T + t) * plane + y * side + x;
          for (let k = 0; k < 3; k++)
            into[place + k * T * plane] = (small[from + k] - 255 * channelMean[k]) / (255 * channelDeviation[k]);
        }
    });
  });
}

/** Weights are integers of 1/2048, as OpenCV takes them for bytes. */
const one = 2048;

/** Along one axis: the two inputs of every output, and the weight of the second. */
function axis(from: number, to: number) {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const weight = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    // its places are f32
    const at = Math.fround((i + 0.5) * (from / to) - 0.5);
    const first = Math.floor(at);
    low[i] = Math.min(Math.max(first, 0), from - 1);
    high[i] = Math.min(Math.max(first + 1, 0), from - 1);
    weight[i] = roundHalfEven((at - first) * one);
  }
  return { low, high, weight };
}

/** Bilinear, half-pixel centres, no antialiasing; (height, width, 3) bytes. */
function resizeBytes({ rgb, width: w, height: h }: EvaluationFrame, width: number, height: number): ArrayLike<number> {
  if (w === width && h === height) return rgb;
  const columns = axis(w, width);
  const rows = axis(h, height);
  const out = new Uint8Array(width * height * 3);
  // an input row at output width, in 1/2048; neighbouring output rows share them
  const wide = [new Int32Array(width * 3), new Int32Array(width * 3)];
  const kept = [-1, -1];
  const rowAt = (y: number): Int32Array => {
    const slot = y & 1;
    if (kept[slot] === y) return wide[slot];
    kept[slot] = y;
    for (let x = 0; x < width; x++)
      for (let k = 0; k < 3; k++) {
        const a = rgb[(y * w + columns.low[x]) * 3 + k];
        const b = rgb[(y * w + columns.high[x]) * 3 + k];
        wide[slot][x * 3 + k] = a * (one - columns.weight[x]) + b * columns.weight[x];
      }
    return wide[slot];
  };
  for (let y = 0; y < height; y++) {
    const above = rowAt(rows.low[y]);
    const below = rowAt(rows.high[y]);
    const down = rows.weight[y];
    const up = one - down;
    // the products are cut to what fits 32 bits, in OpenCV's order
    for (let i = 0; i < width * 3; i++)
      out[y * width * 3 + i] = (((up * (above[i] >> 4)) >> 16) + ((down * (below[i] >> 4)) >> 16) + 2) >> 2;
  }
  return out;
}
