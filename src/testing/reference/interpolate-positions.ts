// Position tables read at another input size, as the official encoder does when its input has one (interpolate_pos_encoding). The
// studio makes a table for every size instead.

import type { Grid } from '../../core/grid.ts';

/** What one output coordinate reads: indices and weights. */
type Taps = { index: number; weight: number }[];

/** Half-pixel centres, the given scale, no antialiasing (torch.nn.functional.interpolate with scale_factor). */
const source = (i: number, scale: number): number => (i + 0.5) / scale - 0.5;

function linearTaps(i: number, size: number, scale: number): Taps {
  const at = Math.max(0, source(i, scale));
  const low = Math.min(Math.floor(at), size - 1);
  const fraction = Math.min(at - low, 1);
  return [
    { index: low, weight: 1 - fraction },
    { index: Math.min(low + 1, size - 1), weight: fraction },
  ];
}

function cubicTaps(i: number, size: number, scale: number): Taps {
  const a = -0.75;
  const at = source(i, scale);
  const low = Math.floor(at);
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  const f = at - low;
  return [far(f + 1), near(f), near(1 - f), far(2 - f)].map((weight, k) => ({
    index: Math.min(Math.max(low - 1 + k, 0), size - 1),
    weight,
  }));
}

/** positions (t · h · w of `from`, dim) → (of `to`, dim). Video grids are read trilinearly, one frame bicubically. */
export function interpolatePositions(positions: ArrayLike<number>, from: Grid, to: Grid): Float32Array<ArrayBuffer> {
  const dim = positions.length / (from.t * from.h * from.w);
  const image = from.t === 1 && to.t === 1;
  // The official image path scales both axes by the square root of the ratio of token counts.
  const square = Math.sqrt((to.h * to.w) / (from.h * from.w));
  const taps = (n: number, size: number, scale: number) =>
    Array.from({ length: n }, (_, i) => (image ? cubicTaps : linearTaps)(i, size, scale));
  const tTaps = image ? [[{ index: 0, weight: 1 }]] : taps(to.t, from.t, to.t / from.t);
  const yTaps = taps(to.h, from.h, image ? square : to.h / from.h);
  const xTaps = taps(to.w, from.w, image ? square : to.w / from.w);
  const out = new Float32Array(to.t * to.h * to.w * dim);
  const row = new Float64Array(dim);
  let at = 0;
  for (const ts of tTaps)
    for (const ys of yTaps)
      for (const xs of xTaps) {
        row.fill(0);
        for (const t of ts)
          for (const y of ys)
            for (const x of xs) {
              const weight = t.weight * y.weight * x.weight;
              const first = ((t.index * from.h + y.index) * from.w + x.index) * dim;
              if (weight) for (let c = 0; c < dim; c++) row[c] += weight * positions[first + c];
            }
        out.set(row, at);
        at += dim;
      }
  return out;
}
