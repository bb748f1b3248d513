// Pictures of the Look screen as they leave it: side by side on the page's own background, with what their colours and lines
// mean. That is read off the page: `data-legend` marks what explains, `.scale` a bar of colours.

import { chartPicture } from './chart-picture.ts';

/** Device pixels of a pixel of the page. */
const scale = 2;
const edge = 16;
/** Of a line of text. */
const line = 24 * scale;
const swatch = 12 * scale;

type Sheet = { canvas: OffscreenCanvas; ctx: OffscreenCanvasRenderingContext2D };

function sheet(width: number, height: number): Sheet {
  const canvas = new OffscreenCanvas(width + 2 * edge, height + 2 * edge);
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('there is no 2D context');
  const style = getComputedStyle(document.body);
  ctx.fillStyle = style.backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = style.color;
  ctx.font = `${11 * scale}px ${style.fontFamily}`;
  return { canvas, ctx };
}

/**
 * Maps beside each other: what each is above it in two lines, its colours in numbers below. `pictureOf` gives another picture in
 * place of what the page shows.
 */
export function mapSheet(
  maps: HTMLCanvasElement[],
  pictureOf: (map: HTMLCanvasElement) => CanvasImageSource = (map) => map,
): OffscreenCanvas {
  const side = maps[0].width;
  const { canvas, ctx } = sheet(maps.length * (side + edge) - edge, side + 3 * line);
  maps.forEach((map, i) => {
    const left = edge + i * (side + edge);
    ctx.fillText(map.dataset.caption ?? '', left, edge + 14 * scale, side);
    ctx.fillText(map.getAttribute('aria-label') ?? '', left, edge + line + 14 * scale, side);
    ctx.drawImage(pictureOf(map), left, edge + 2 * line, side, side);
    const note = map.closest('figure')?.querySelector('.pane-note');
    let at = left;
    for (const part of note?.children ?? []) at += paintNote(ctx, part, at, left + side) + 12 * scale;
  });
  return canvas;
}

/** A part of the line under a map, up to `right`; gives its width. */
function paintNote(ctx: Sheet['ctx'], part: Element, left: number, right: number): number {
  const base = ctx.canvas.height - edge - 6 * scale;
  const bar = part.matches('.scale') ? part.querySelector('i') : null;
  if (!bar) return paintText(ctx, part.textContent, left, base, right - left);
  const [low, high] = [...part.childNodes].filter((node) => node !== bar).map((node) => node.textContent ?? '');
  let at = left + paintText(ctx, low, left, base) + 4 * scale;
  const width = 96 * scale;
  const colours = (bar.dataset.colours ?? '').split(';');
  const gradient = ctx.createLinearGradient(at, 0, at + width, 0);
  colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
  ctx.save();
  ctx.fillStyle = gradient;
  ctx.fillRect(at, base - 8 * scale, width, 8 * scale);
  ctx.restore();
  at += width + 4 * scale;
  return at + paintText(ctx, high, at, base) - left;
}

function paintText(ctx: Sheet['ctx'], text: string | null, left: number, base: number, most = Infinity): number {
  const words = (text ?? '').trim();
  const width = Math.min(ctx.measureText(words).width, most);
  if (width > 0) ctx.fillText(words, left, base, width);
  return width;
}

/** Charts under their captions, so many in a row, above them what their bars and lines are. */
export async function chartSheet(charts: SVGSVGElement[], legend: HTMLElement[], across: number) {
  const pictures = await Promise.all(charts.map((c) => chartPicture(c, scale)));
  const keys = await Promise.all(legend.map(keyOf));
  const width = Math.max(...pictures.map((p) => p.width));
  const height = Math.max(...pictures.map((p) => p.height)) + line;
  const inner = across * (width + edge) - edge;
  const { ctx: measuring } = sheet(1, 1);
  const rows = keyRows(
    keys.map((key) => keyWidth(measuring, key)),
    inner,
  );
  const above = rows.length * line;
  const { canvas, ctx } = sheet(inner, above + Math.ceil(pictures.length / across) * height);
  rows.forEach((row, r) => {
    for (const { key, left } of row) paintKey(ctx, keys[key], edge + left, edge + r * line);
  });
  pictures.forEach((picture, i) => {
    const left = edge + (i % across) * (width + edge);
    const top = edge + above + Math.floor(i / across) * height;
    ctx.fillText(charts[i].dataset.caption ?? '', left, top + 14 * scale, width);
    ctx.drawImage(picture, left, top + line);
  });
  return canvas;
}

interface Key {
  text: string;
  /** a piece of the line itself, or the colours of a bar */
  picture: HTMLImageElement | null;
  fill: string | null;
  hatched: boolean;
}

async function keyOf(item: HTMLElement): Promise<Key> {
  const drawn = item.querySelector('svg');
  const bar = item.querySelector('i');
  return {
    text: item.textContent ?? '',
    picture: drawn && (await chartPicture(drawn, scale)),
    fill: bar && getComputedStyle(bar).fill,
    hatched: bar?.matches('.key-random') ?? false,
  };
}

/** Where keys of these widths stand, in rows no wider than `most`; one that is wider has a row of its own. */
export function keyRows(widths: readonly number[], most: number): { key: number; left: number }[][] {
  const rows: { key: number; left: number }[][] = [];
  let left = Infinity;
  widths.forEach((width, key) => {
    if (left + width > most) {
      rows.push([]);
      left = 0;
    }
    rows[rows.length - 1].push({ key, left });
    left += width + 16 * scale;
  });
  return rows;
}

/** Width of what stands before the words. */
const signWidth = ({ picture, fill }: Key): number => (picture?.width ?? (fill ? swatch : 0)) + 4 * scale;

const keyWidth = (ctx: Sheet['ctx'], key: Key): number => signWidth(key) + ctx.measureText(key.text.trim()).width;

function paintKey(ctx: Sheet['ctx'], key: Key, left: number, top: number): void {
  const { text, picture, fill, hatched } = key;
  const base = top + 14 * scale;
  const page = getComputedStyle(document.body).backgroundColor;
  ctx.save();
  if (picture) ctx.drawImage(picture, left, base - 8 * scale);
  if (fill) {
    ctx.fillStyle = fill;
    ctx.fillRect(left, base - swatch + scale, swatch, swatch);
  }
  if (hatched) {
    ctx.fillStyle = page;
    for (let x = 3; x < swatch; x += 8) ctx.fillRect(left + x, base - swatch + scale, 2, swatch);
  }
  ctx.restore();
  paintText(ctx, text, left + signWidth(key), base);
}
