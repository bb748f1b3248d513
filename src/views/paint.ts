// Drawing a clip with its mask or its prediction error on a 2D canvas. Pure: everything comes in as arguments.

import { type Grid, tokenPosition } from '../core/grid.ts';
import type { ViewedClip } from '../store/studio.ts';
import { contextBlue, magma } from './colours.ts';

/** On the page, or for a file. */
export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

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

/** Pictures as canvases, made once for every size below their own that they are shown at. */
const canvases = new WeakMap<Uint8ClampedArray, Map<number, OffscreenCanvas>>();

function canvasOf(picture: Uint8ClampedArray<ArrayBuffer>, side: number, size: number): OffscreenCanvas {
  const made = canvases.get(picture) ?? new Map<number, OffscreenCanvas>();
  canvases.set(picture, made);
  const known = made.get(size);
  if (known) return known;
  const canvas = new OffscreenCanvas(size, size);
  const ctx = canvas.getContext('2d');
  if (size === side) ctx?.putImageData(new ImageData(picture, side, side), 0, 0);
  else if (ctx) {
    ctx.imageSmoothingQuality = 'high';
    ctx.drawImage(canvasOf(picture, side, side), 0, 0, size, size);
  }
  made.set(size, canvas);
  return canvas;
}

/** Draws frame `t` to fill a square of `size` pixels; with only so many pixels a side where `coarse` says how many. */
export function paintFrame(ctx: Context, size: number, clip: ViewedClip, t: number, coarse?: number): void {
  const picture = clip.rgba[Math.min(t, clip.rgba.length - 1)];
  ctx.imageSmoothingQuality = 'high';
  ctx.imageSmoothingEnabled = coarse === undefined;
  ctx.drawImage(canvasOf(picture, clip.side, Math.min(size, clip.side, coarse ?? size)), 0, 0, size, size);
  ctx.imageSmoothingEnabled = true;
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

const hatches = new Map<number, OffscreenCanvas>();

/** A tile of diagonal lines, `period` pixels apart. */
function hatch(period: number): OffscreenCanvas | null {
  const made = hatches.get(period);
  if (made) return made;
  const canvas = new OffscreenCanvas(period, period);
  const ctx = canvas.getContext('2d');
  if (!ctx) return null;
  ctx.strokeStyle = 'rgba(120, 58, 0, 0.45)';
  ctx.lineWidth = Math.max(1, period / 11);
  for (const by of [-period, 0, period]) {
    ctx.moveTo(by, period);
    ctx.lineTo(by + period, 0);
  }
  ctx.stroke();
  hatches.set(period, canvas);
  return canvas;
}

/** Targets tinted and hatched, unused tokens grey, context clear with a blue edge. */
export function paintMask(ctx: Context, cells: Cells, kinds: Uint8Array): void {
  const { grid, tubelet, size } = cells;
  const fillKind = (kind: number, styles: (string | CanvasPattern)[]) => {
    ctx.beginPath();
    eachCell(cells, (token, x, y, w, h) => {
      if (kinds[token] === kind) ctx.rect(x, y, w, h);
    });
    for (const style of styles) {
      ctx.fillStyle = style;
      ctx.fill();
    }
  };
  fillKind(UNUSED, ['rgba(70, 76, 88, 0.82)']);
  // hatching, so that colour is not the only sign
  const tile = size / grid.w < 8 ? null : hatch(Math.max(4, Math.round(size / grid.w / 4)));
  const lines = tile && ctx.createPattern(tile, 'repeat');
  fillKind(TARGET, ['rgba(245, 147, 49, 0.36)', ...(lines ? [lines] : [])]);
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
export const paintError = (
  ctx: Context,
  cells: Cells,
  values: ReadonlyMap<number, number>,
  range: { low: number; high: number },
): void => paintValues(ctx, cells, values, (v) => magma((v - range.low) / (range.high - range.low || 1)));

/** Values in their colours over a darkened frame; tokens without one stay dark. */
export function paintValues(
  ctx: Context,
  cells: Cells,
  values: ReadonlyMap<number, number>,
  colour: (value: number) => [number, number, number],
): void {
  ctx.fillStyle = 'rgba(8, 8, 12, 0.62)';
  ctx.fillRect(0, 0, cells.size, cells.size);
  eachCell(cells, (token, x, y, w, h) => {
    const value = values.get(token);
    if (value === undefined) return;
    const [r, g, b] = colour(value);
    ctx.fillStyle = `rgba(${r}, ${g}, ${b}, 0.82)`;
    ctx.fillRect(x, y, w, h);
  });
}

/** How dark a token becomes that gets no attention. */
export const attentionShade = 0.88;

/** Where attention goes: the rest is darkened, so that what gets `most` keeps its own brightness. */
export function paintAttention(ctx: Context, cells: Cells, shares: Float32Array, most: number): void {
  eachCell(cells, (token, x, y, w, h) => {
    ctx.fillStyle = `rgba(8, 8, 12, ${attentionShade * (1 - shares[token] / (most || 1))})`;
    ctx.fillRect(x, y, w, h);
  });
}

/** Outlines the token under the pointer. */
export function paintCursor(ctx: Context, cells: Cells, hovered: number | null): void {
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

/** Outlines the rectangle between two tokens, whatever tubelets they are in. */
export function paintRectangle(ctx: Context, cells: Cells, from: number, to: number): void {
  const { grid, size } = cells;
  const [a, b] = [tokenPosition(grid, from), tokenPosition(grid, to)];
  const [left, top] = [(Math.min(a.x, b.x) * size) / grid.w, (Math.min(a.y, b.y) * size) / grid.h];
  const width = ((Math.abs(a.x - b.x) + 1) * size) / grid.w;
  const height = ((Math.abs(a.y - b.y) + 1) * size) / grid.h;
  ctx.save();
  ctx.lineWidth = Math.max(2, size / 200);
  ctx.strokeStyle = '#000';
  ctx.strokeRect(left, top, width, height);
  ctx.strokeStyle = '#fff';
  ctx.setLineDash([8, 6]);
  ctx.strokeRect(left, top, width, height);
  ctx.restore();
}
