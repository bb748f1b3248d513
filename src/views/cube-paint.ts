// The space-time cube on a 2D canvas: t slabs of h × w boxes, seen along parallel lines. Painted from the back to the
// front, so no depth buffer is needed; the side of a slab that faces the viewer is the tubelet's picture.

import type { Grid } from '../core/grid.ts';
import type { CubeView } from '../store/lab.ts';

export interface CubeScene {
  grid: Grid;
  kinds: Uint8Array;
  /** one square picture per tubelet, its mask drawn in */
  pictures: readonly OffscreenCanvas[];
  /** where slices are cut: tubelet, row, column */
  at: { t: number; y: number; x: number };
}

/** A painted outer side of a token: four corners on the canvas. */
interface Side {
  token: number;
  corners: readonly number[];
}

/** A tubelet as it was painted: its picture's corners, and the sides behind it. */
interface Slab {
  t: number;
  picture: readonly number[];
  sides: Side[];
}

/** What was painted, back to front. */
export interface CubePicture {
  grid: Grid;
  slabs: Slab[];
  drawn: (t: number, y: number, x: number) => boolean;
  outline: (token: number) => readonly (readonly number[])[];
}

/** Sides of boxes, by kind: seen from above or below, and from left or right. */
const sideColours = [
  ['#8a92a0', '#686f7c'],
  ['#6aa2f8', '#2f6fd6'],
  ['#f7ad62', '#cf7418'],
] as const;

type Axis = 'x' | 'y' | 't';

export function paintCube(
  ctx: CanvasRenderingContext2D,
  size: number,
  { grid, kinds, pictures, at }: CubeScene,
  view: CubeView,
): CubePicture {
  const { t: T, h: H, w: W } = grid;
  const place = placing(grid, view, size);
  const plane = H * W;
  // towards the viewer lie: smaller t when seen from the front, larger x when turned left, smaller y when seen from above
  const nearT = Math.cos(view.yaw) > 0 ? -1 : 1;
  const nearX = Math.sin(view.yaw) > 0 ? 1 : -1;
  const nearY = view.pitch > 0 ? -1 : 1;
  const near = { t: nearT, y: nearY, x: nearX };
  const cutAway = (axis: Axis, i: number) => view.slice === axis && (i - at[axis]) * near[axis] > 0;
  const drawn = (t: number, y: number, x: number) =>
    t >= 0 &&
    t < T &&
    y >= 0 &&
    y < H &&
    x >= 0 &&
    x < W &&
    view.shown[kinds[t * plane + y * W + x]] &&
    !cutAway('t', t) &&
    !cutAway('y', y) &&
    !cutAway('x', x);

  const slabs: Slab[] = [];
  const rows = order(H, nearY);
  const columns = order(W, nearX);
  ctx.clearRect(0, 0, size, size);
  ctx.lineWidth = Math.max(0.5, size / 1300);
  ctx.strokeStyle = 'rgba(0, 0, 0, 0.35)';
  for (const t of order(T, nearT)) {
    const sides: Side[] = [];
    const paintSide = (token: number, corners: readonly number[], colour: string) => {
      trace(ctx, corners);
      ctx.fillStyle = colour;
      ctx.fill();
      ctx.stroke();
      sides.push({ token, corners });
    };
    for (const y of rows)
      for (const x of columns) {
        if (!drawn(t, y, x)) continue;
        const token = t * plane + y * W + x;
        const [flat, upright] = sideColours[kinds[token]];
        if (!drawn(t, y + nearY, x)) paintSide(token, place.flat(t, y, x, nearY), flat);
        if (!drawn(t, y, x + nearX)) paintSide(token, place.upright(t, y, x, nearX), upright);
      }
    const picture = place.front(t, 0, 0, H, W, nearT);
    paintPicture(ctx, pictures[t], picture, grid, (y, x) => drawn(t, y, x));
    slabs.push({ t, picture, sides });
  }

  return {
    grid,
    slabs,
    drawn,
    outline: (token) => {
      const [t, y, x] = [Math.floor(token / plane), Math.floor((token % plane) / W), token % W];
      return [place.flat(t, y, x, nearY), place.upright(t, y, x, nearX), place.front(t, y, x, 1, 1, nearT)];
    },
  };
}

/** 0 … n - 1, the farthest first. */
const order = (n: number, near: number): number[] => Array.from({ length: n }, (_, i) => (near > 0 ? i : n - 1 - i));

function trace(ctx: CanvasRenderingContext2D, corners: readonly number[]): void {
  ctx.beginPath();
  ctx.moveTo(corners[0], corners[1]);
  for (let i = 2; i < corners.length; i += 2) ctx.lineTo(corners[i], corners[i + 1]);
  ctx.closePath();
}

/** The tubelet's picture on its side of the slab, where tokens are drawn. */
function paintPicture(
  ctx: CanvasRenderingContext2D,
  picture: OffscreenCanvas | undefined,
  corners: readonly number[],
  { h, w }: Grid,
  drawn: (y: number, x: number) => boolean,
): void {
  if (!picture) return;
  const [ox, oy, ux, uy, , , vx, vy] = corners;
  const side = picture.width;
  ctx.save();
  ctx.transform((ux - ox) / side, (uy - oy) / side, (vx - ox) / side, (vy - oy) / side, ox, oy);
  ctx.beginPath();
  let all = true;
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      if (drawn(y, x)) ctx.rect((x * side) / w, (y * side) / h, side / w, side / h);
      else all = false;
    }
  if (!all) ctx.clip();
  ctx.drawImage(picture, 0, 0);
  ctx.restore();
}

/** Where boxes land on the canvas. */
function placing({ t: T, h: H, w: W }: Grid, { yaw, pitch, explode }: CubeView, size: number) {
  const thick = 0.9 / T;
  const step = thick * (1 + 2 * explode);
  const depth = step * (T - 1) + thick;
  const [cosY, sinY, cosP, sinP] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  // half the extent of the whole on either axis of the canvas
  const across = (Math.abs(cosY) + depth * Math.abs(sinY)) / 2;
  const up = (Math.abs(cosP) + (Math.abs(sinY) + depth * Math.abs(cosY)) * Math.abs(sinP)) / 2;
  const scale = (0.48 * size) / Math.max(across, up);
  // parallel lines stay parallel: a place is a sum of three steps on the canvas
  const [rightX, rightY] = [(scale * cosY) / W, (scale * sinY * sinP) / W];
  const downY = (scale * cosP) / H;
  const [awayX, awayY] = [scale * sinY, -scale * cosY * sinP];
  const originX = size / 2 - (W * rightX + depth * awayX) / 2;
  const originY = size / 2 - (W * rightY + H * downY + depth * awayY) / 2;
  /** corners of a parallelogram that begins at (x, y, z) */
  const quad = (x: number, y: number, z: number, a: readonly [number, number], b: readonly [number, number]) => {
    const left = originX + x * rightX + z * awayX;
    const top = originY + x * rightY + y * downY + z * awayY;
    return [left, top, left + a[0], top + a[1], left + a[0] + b[0], top + a[1] + b[1], left + b[0], top + b[1]];
  };
  const right = [rightX, rightY] as const;
  const down = [0, downY] as const;
  const away = [thick * awayX, thick * awayY] as const;
  return {
    /** `rows` × `columns` tokens of a slab, on the side that faces the viewer */
    front: (t: number, y: number, x: number, rows: number, columns: number, near: number) =>
      quad(x, y, t * step + (near > 0 ? thick : 0), [columns * rightX, columns * rightY], [0, rows * downY]),
    /** the upper or lower side of a token */
    flat: (t: number, y: number, x: number, near: number) => quad(x, near > 0 ? y + 1 : y, t * step, right, away),
    /** the left or right side of a token */
    upright: (t: number, y: number, x: number, near: number) => quad(near > 0 ? x + 1 : x, y, t * step, down, away),
  };
}

/** Token painted in front at a point of the canvas, or null. */
export function tokenAt({ grid, slabs, drawn }: CubePicture, px: number, py: number): number | null {
  const { h, w } = grid;
  for (const { t, picture, sides } of slabs.toReversed()) {
    const [ox, oy, ux, uy, , , vx, vy] = picture;
    const det = (ux - ox) * (vy - oy) - (vx - ox) * (uy - oy);
    const x = Math.floor((w * ((px - ox) * (vy - oy) - (vx - ox) * (py - oy))) / det);
    const y = Math.floor((h * ((ux - ox) * (py - oy) - (px - ox) * (uy - oy))) / det);
    if (drawn(t, y, x)) return (t * h + y) * w + x;
    const side = sides.findLast(({ corners }) => inside(corners, px, py));
    if (side) return side.token;
  }
  return null;
}

function inside(corners: readonly number[], x: number, y: number): boolean {
  let sign = 0;
  for (let i = 0; i < 8; i += 2) {
    const j = (i + 2) % 8;
    const cross =
      (corners[j] - corners[i]) * (y - corners[i + 1]) - (corners[j + 1] - corners[i + 1]) * (x - corners[i]);
    if (cross === 0) continue;
    if (sign && Math.sign(cross) !== sign) return false;
    sign = Math.sign(cross);
  }
  return true;
}

/** Outlines the tubelet of the cursor, and tokens: white on black, so that they are seen on anything. */
export function paintCubeCursor(
  ctx: CanvasRenderingContext2D,
  picture: CubePicture,
  tubelet: number,
  tokens: readonly (number | null)[],
): void {
  const stroke = (corners: readonly number[], width: number, colour: string) => {
    trace(ctx, corners);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
  };
  const unit = ctx.canvas.width / 640;
  const slab = picture.slabs.find(({ t }) => t === tubelet);
  if (slab) {
    stroke(slab.picture, 3.5 * unit, 'rgba(0, 0, 0, 0.6)');
    stroke(slab.picture, 1.5 * unit, '#fff');
  }
  for (const token of tokens) {
    if (token === null) continue;
    for (const corners of picture.outline(token)) stroke(corners, 5 * unit, '#000');
    for (const corners of picture.outline(token)) stroke(corners, 2.5 * unit, '#fff');
  }
}
