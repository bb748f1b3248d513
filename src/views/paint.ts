// Drawing a clip with its mask or its prediction error on a 2D canvas. Pure: everything comes in as arguments.

import type { Grid } from '../core/grid.ts';
import type { ViewedClip } from '../store/studio.ts';
import { contextBlue, magma } from './colours.ts';

/** What each token of the grid is. */
export const UNUSED = 0;
export const CONTEXT = 1;
export const TARGET = 2;

export function tokenKinds(grid: Grid, context: ArrayLike<number>, target: ArrayLike<number>): Uint8Array {
  const kinds = new Uint8Array(grid.t * grid.h * grid.w);
  for (let i = 0; i < context.length; i++) kinds[context[i]] = CONTEXT;
  for (let i = 0; i < target.length; i++) kinds[target[i]] = TARGET;
  return kinds;
}

const scratch = new Map<number, { canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D }>();

/** Draws frame `t` to fill a square of `size` pixels. */
export function paintFrame(ctx: CanvasRenderingContext2D, size: number, clip: ViewedClip, t: number): void {
  let made = scratch.get(clip.side);
  if (!made) {
    const canvas = new OffscreenCanvas(clip.side, clip.side);
    const context = canvas.getContext('2d');
    if (!context) return;
    made = { canvas, context };
    scratch.set(clip.side, made);
  }
  made.context.putImageData(new ImageData(clip.rgba[Math.min(t, clip.rgba.length - 1)], clip.side, clip.side), 0, 0);
  ctx.imageSmoothingQuality = 'high';
  ctx.drawImage(made.canvas, 0, 0, size, size);
}

interface Cells {
  grid: Grid;
  tubelet: number;
  size: number;
}

/** Calls `draw` for every token of one tubelet with its rectangle. */
function eachCell(
  { grid, tubelet, size }: Cells,
  draw: (token: number, x: number, y: number, w: number, h: number) => void,
): void {
  const plane = grid.h * grid.w;
  for (let r = 0; r < grid.h; r++)
    for (let c = 0; c < grid.w; c++) {
      const x = Math.round((c * size) / grid.w);
      const y = Math.round((r * size) / grid.h);
      draw(
        tubelet * plane + r * grid.w + c,
        x,
        y,
        Math.round(((c + 1) * size) / grid.w) - x,
        Math.round(((r + 1) * size) / grid.h) - y,
      );
    }
}

/** Targets tinted and hatched, unused tokens grey, context clear with a blue edge. */
export function paintMask(ctx: CanvasRenderingContext2D, cells: Cells, kinds: Uint8Array): void {
  const { grid, tubelet, size } = cells;
  const step = size / grid.w;
  eachCell(cells, (token, x, y, w, h) => {
    if (kinds[token] === CONTEXT) return;
    ctx.fillStyle = kinds[token] === TARGET ? 'rgba(245, 147, 49, 0.36)' : 'rgba(70, 76, 88, 0.82)';
    ctx.fillRect(x, y, w, h);
    if (kinds[token] !== TARGET || step < 10) return;
    // hatching, so that colour is not the only sign
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    ctx.clip();
    ctx.strokeStyle = 'rgba(120, 58, 0, 0.45)';
    ctx.lineWidth = Math.max(1, size / 640);
    ctx.beginPath();
    for (let d = -h; d < w; d += step / 4) {
      ctx.moveTo(x + d, y + h);
      ctx.lineTo(x + d + h, y);
    }
    ctx.stroke();
    ctx.restore();
  });
  ctx.strokeStyle = contextBlue;
  ctx.lineWidth = Math.max(1.5, size / 240);
  ctx.beginPath();
  const plane = grid.h * grid.w;
  const isContext = (r: number, c: number) =>
    r >= 0 && r < grid.h && c >= 0 && c < grid.w && kinds[tubelet * plane + r * grid.w + c] === CONTEXT;
  const inset = ctx.lineWidth / 2;
  eachCell(cells, (token, x, y, w, h) => {
    if (kinds[token] !== CONTEXT) return;
    const r = Math.floor((token % plane) / grid.w);
    const c = token % grid.w;
    const line = (x0: number, y0: number, x1: number, y1: number) => {
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
    };
    if (!isContext(r - 1, c)) line(x, y + inset, x + w, y + inset);
    if (!isContext(r + 1, c)) line(x, y + h - inset, x + w, y + h - inset);
    if (!isContext(r, c - 1)) line(x + inset, y, x + inset, y + h);
    if (!isContext(r, c + 1)) line(x + w - inset, y, x + w - inset, y + h);
  });
  ctx.stroke();
}

/** Errors in magma over a darkened frame; tokens without a value stay dark. */
export function paintError(
  ctx: CanvasRenderingContext2D,
  cells: Cells,
  values: ReadonlyMap<number, number>,
  range: { low: number; high: number },
): void {
  ctx.fillStyle = 'rgba(8, 8, 12, 0.62)';
  ctx.fillRect(0, 0, cells.size, cells.size);
  eachCell(cells, (token, x, y, w, h) => {
    const value = values.get(token);
    if (value === undefined) return;
    const [r, g, b] = magma((value - range.low) / (range.high - range.low || 1));
    ctx.fillStyle = `rgba(${r}, ${g}, ${b}, 0.82)`;
    ctx.fillRect(x, y, w, h);
  });
}

/** Outlines the token under the pointer. */
export function paintCursor(ctx: CanvasRenderingContext2D, cells: Cells, hovered: number | null): void {
  eachCell(cells, (token, x, y, w, h) => {
    if (token !== hovered) return;
    ctx.lineWidth = Math.max(2, cells.size / 160);
    ctx.strokeStyle = '#000';
    ctx.strokeRect(x, y, w, h);
    ctx.lineWidth /= 2;
    ctx.strokeStyle = '#fff';
    ctx.strokeRect(x, y, w, h);
  });
}
