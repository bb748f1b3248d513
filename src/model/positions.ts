// Fixed sine-cosine position tables (official src/models/utils/pos_embs.py) and their interpolation to other input sizes.
// Computed in f64, stored in f32. Sines first, then cosines, not interleaved; order time, height, width.

import type { Grid } from '../core/grid.ts';
import { StudioError } from '../core/errors.ts';

/** dim values of one position: sin(p ω) …, cos(p ω) … with ω_i = 10000^(-i / (dim/2)). */
function sinCos(dim: number, position: number, into: Float64Array, at: number): void {
  const half = dim / 2;
  for (let i = 0; i < half; i++) {
    const angle = position / 10000 ** (i / half);
    into[at + i] = Math.sin(angle);
    into[at + half + i] = Math.cos(angle);
  }
}

/** Writes one table row per token: each axis has its share of channels, the row is cut to `dim`. */
function table(dim: number, grid: Grid, shares: { t: number; h: number; w: number }): Float32Array<ArrayBuffer> {
  const whole = shares.t + shares.h + shares.w;
  const row = new Float64Array(whole);
  const out = new Float32Array(grid.t * grid.h * grid.w * dim);
  let at = 0;
  for (let t = 0; t < grid.t; t++)
    for (let y = 0; y < grid.h; y++)
      for (let x = 0; x < grid.w; x++, at += dim) {
        if (shares.t) sinCos(shares.t, t, row, 0);
        if (shares.h) sinCos(shares.h, y, row, shares.t);
        sinCos(shares.w, x, row, shares.t + shares.h);
        out.set(row.subarray(0, dim), at);
      }
  return out;
}

function needMultiple(dim: number, of: number): void {
  if (dim % of)
    throw new StudioError(
      'config',
      `positions need a width that is a multiple of ${of}, this is ${dim}`,
      'Choose another width.',
    );
}

/** (t · h · w, dim). uniformPower: every axis 2 · ceil(dim / 6) channels, the row cut to dim; else 1/2, 1/4, 1/4. */
export function sinCosPositions3d(dim: number, grid: Grid, uniformPower: boolean): Float32Array<ArrayBuffer> {
  if (!uniformPower) needMultiple(dim, 8);
  const each = Math.ceil(dim / 6) * 2;
  return table(dim, grid, uniformPower ? { t: each, h: each, w: each } : { t: dim / 2, h: dim / 4, w: dim / 4 });
}

/** (h · w, dim): half the channels for the row, half for the column. */
export function sinCosPositions2d(dim: number, grid: { h: number; w: number }): Float32Array<ArrayBuffer> {
  needMultiple(dim, 4);
  return table(dim, { t: 1, ...grid }, { t: 0, h: dim / 2, w: dim / 2 });
}

/** (length, dim) */
export function sinCosPositions1d(dim: number, length: number): Float32Array<ArrayBuffer> {
  needMultiple(dim, 2);
  return table(dim, { t: 1, h: 1, w: length }, { t: 0, h: 0, w: dim });
}

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
