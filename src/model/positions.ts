// Fixed sine-cosine position tables (official src/models/utils/pos_embs.py).
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
