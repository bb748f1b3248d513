// f64 reference: bilinear samples on a fine lattice within the box, averaged (RoIAlign with one bin and many points).

import type { Grid } from '../core/grid.ts';

/** features (clips · N, C), boxes (rows · t, 4) in tokens; `points` samples a side. */
export function roiPoolRef(
  features: ArrayLike<number>,
  boxes: ArrayLike<number>,
  owner: ArrayLike<number>,
  { t, h, w }: Grid,
  C: number,
  points: number,
): Float64Array {
  const rows = owner.length;
  const out = new Float64Array(rows * C);
  const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < t; k++) {
      const at = (r * t + k) * 4;
      const [x0, y0] = [Math.max(boxes[at], 0), Math.max(boxes[at + 1], 0)];
      const [x1, y1] = [Math.min(boxes[at + 2], w), Math.min(boxes[at + 3], h)];
      for (let sy = 0; sy < points; sy++)
        for (let sx = 0; sx < points; sx++) {
          // token centres lie at halves
          const y = clamp(y0 + ((sy + 0.5) / points) * (y1 - y0) - 0.5, 0, h - 1);
          const x = clamp(x0 + ((sx + 0.5) / points) * (x1 - x0) - 0.5, 0, w - 1);
          const [top, left] = [Math.floor(y), Math.floor(x)];
          const [bottom, right] = [Math.min(top + 1, h - 1), Math.min(left + 1, w - 1)];
          const value = (j: number, i: number, c: number) => features[(((owner[r] * t + k) * h + j) * w + i) * C + c];
          for (let c = 0; c < C; c++) {
            const above = value(top, left, c) * (1 - (x - left)) + value(top, right, c) * (x - left);
            const below = value(bottom, left, c) * (1 - (x - left)) + value(bottom, right, c) * (x - left);
            out[r * C + c] += (above * (1 - (y - top)) + below * (y - top)) / (t * points ** 2);
          }
        }
    }
  return out;
}
