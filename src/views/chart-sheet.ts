// Charts as they leave the page: on its own background, each under what it shows and over what its lines are, above all of them
// a title and what they share. It is read off the page: `data-caption` says what a chart shows, `data-key` what a line of its
// figure is, `data-legend` what all lines are.

import { chartPicture } from './chart-picture.ts';

/** Device pixels of a pixel of the page. */
export const scale = 2;
export const edge = 16;
/** Of a line of text. */
export const line = 24 * scale;
const swatch = 12 * scale;

export type Sheet = { canvas: OffscreenCanvas; ctx: OffscreenCanvasRenderingContext2D };

export function sheet(width: number, height: number): Sheet {
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

/** Words as far as they fit; what is cut ends in "…". `widthOf` measures. */
export function cutTo(words: string, most: number, widthOf: (words: string) => number): string {
  if (widthOf(words) <= most) return words;
  const letters = Array.from(new Intl.Segmenter().segment(words), ({ segment }) => segment);
  let [fits, over] = [0, letters.length];
  while (over - fits > 1) {
    const half = (fits + over) >> 1;
    if (widthOf(`${letters.slice(0, half).join('')}…`) <= most) fits = half;
    else over = half;
  }
  return fits ? `${letters.slice(0, fits).join('').trimEnd()}…` : '';
}

/** Gives the width of what was painted. */
export function paintText(ctx: Sheet['ctx'], text: string | null, left: number, base: number, most = Infinity): number {
  const widthOf = (words: string) => ctx.measureText(words).width;
  const words = cutTo((text ?? '').trim(), most, widthOf);
  if (words) ctx.fillText(words, left, base);
  return widthOf(words);
}

export interface SheetChart {
  svg: SVGSVGElement;
  caption: string;
  /** what its own lines are */
  keys: readonly Element[];
}

/** The charts in a part of the page, as far as they are shown. */
export const chartsIn = (part: ParentNode, name = ''): SheetChart[] =>
  [...part.querySelectorAll<SVGSVGElement>(`svg[data-caption]${name && `[data-picture=${name}]`}`)]
    .filter((svg) => svg.checkVisibility())
    .map((svg) => ({
      svg,
      caption: svg.dataset.caption ?? '',
      keys: [...(svg.closest('figure')?.querySelectorAll('[data-key]') ?? [])],
    }));

interface Around {
  title?: string;
  /** what all charts share */
  legend?: readonly Element[];
  /** charts in a row */
  across: number;
  /** a chart is so many times as large as it is drawn */
  size?: number;
}

export async function chartSheet(
  charts: readonly SheetChart[],
  { title, legend = [], across, size = scale }: Around,
): Promise<OffscreenCanvas> {
  const drawn = await Promise.all(
    charts.map(async ({ svg, caption, keys }) => ({
      caption,
      picture: await chartPicture(svg, size),
      keys: await Promise.all(keys.map(keyOf)),
    })),
  );
  const width = Math.max(...drawn.map(({ picture }) => picture.width));
  const columns = Math.min(across, drawn.length);
  const inner = columns * (width + edge) - edge;
  const { ctx: measuring } = sheet(1, 1);
  const above = rowsOf(measuring, await Promise.all(legend.map(keyOf)), inner);
  const parts = drawn.map((part) => ({ ...part, rows: rowsOf(measuring, part.keys, width) }));
  const heights = Array.from({ length: Math.ceil(parts.length / columns) }, (_, r) =>
    Math.max(
      ...parts
        .slice(r * columns, (r + 1) * columns)
        .map(({ picture, rows }) => line + picture.height + rows.length * line),
    ),
  );
  const head = (title ? line : 0) + above.length * line;
  const { canvas, ctx } = sheet(inner, head + heights.reduce((a, b) => a + b, 0));
  if (title) paintTitle(ctx, title, inner);
  paintRows(ctx, above, edge, edge + (title ? line : 0));
  parts.forEach(({ caption, picture, rows }, i) => {
    const left = edge + (i % columns) * (width + edge);
    const top = edge + head + heights.slice(0, Math.floor(i / columns)).reduce((a, b) => a + b, 0);
    paintText(ctx, caption, left, top + 14 * scale, width);
    ctx.drawImage(picture, left, top + line);
    paintRows(ctx, rows, left, top + line + picture.height);
  });
  return canvas;
}

export function paintTitle(ctx: Sheet['ctx'], title: string, most: number): void {
  ctx.save();
  ctx.font = ctx.font.replace(/^/, '600 ');
  paintText(ctx, title, edge, edge + 14 * scale, most);
  ctx.restore();
}

interface Key {
  text: string;
  /** a piece of the line itself, or the colours of a bar */
  picture: HTMLImageElement | null;
  fill: string | null;
  hatched: boolean;
}

async function keyOf(item: Element): Promise<Key> {
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

type Rows = { key: Key; left: number }[][];

const rowsOf = (ctx: Sheet['ctx'], keys: readonly Key[], most: number): Rows =>
  keyRows(
    keys.map((key) => signWidth(key) + ctx.measureText(key.text.trim()).width),
    most,
  ).map((row) => row.map(({ key, left }) => ({ key: keys[key], left })));

/** Width of what stands before the words. */
const signWidth = ({ picture, fill }: Key): number => (picture?.width ?? (fill ? swatch : 0)) + 4 * scale;

function paintRows(ctx: Sheet['ctx'], rows: Rows, left: number, top: number): void {
  rows.forEach((row, r) => {
    for (const { key, left: at } of row) paintKey(ctx, key, left + at, top + r * line);
  });
}

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

/** A table in which a drawing (`svg rect`) is a bar: as wide as its share of the cell. */
export function tableSheet(table: HTMLTableElement, title: string): OffscreenCanvas {
  const cells = [...table.rows].map((row) => [...row.cells]);
  const { ctx: measuring } = sheet(1, 1);
  const widths = cells[0].map((_, c) =>
    Math.max(
      ...cells.map((row) => (barOf(row[c]) === null ? measuring.measureText(row[c].textContent).width : 200 * scale)),
    ),
  );
  const lefts = widths.map((_, c) => edge + widths.slice(0, c).reduce((sum, width) => sum + width + edge * scale, 0));
  const inner = lefts[lefts.length - 1] + widths[widths.length - 1] - edge;
  const { canvas, ctx } = sheet(Math.max(inner, measuring.measureText(title).width * 1.1), (cells.length + 1) * line);
  paintTitle(ctx, title, canvas.width - 2 * edge);
  cells.forEach((row, r) =>
    row.forEach((cell, c) => {
      const bar = barOf(cell);
      const top = edge + (r + 1) * line;
      const right = c > 0 ? lefts[c] + widths[c] - ctx.measureText(cell.textContent).width : lefts[c];
      if (bar === null) paintText(ctx, cell.textContent, right, top + 14 * scale);
      else paintBar(ctx, bar, lefts[c], top + 6 * scale, widths[c]);
    }),
  );
  return canvas;
}

const barOf = (cell: HTMLTableCellElement): SVGRectElement | null => cell.querySelector('svg rect');

function paintBar(ctx: Sheet['ctx'], bar: SVGRectElement, left: number, top: number, widest: number): void {
  const whole = bar.ownerSVGElement?.viewBox.baseVal.width || 1;
  ctx.save();
  ctx.fillStyle = getComputedStyle(bar).fill;
  ctx.fillRect(left, top, (widest * bar.width.baseVal.value) / whole, 8 * scale);
  ctx.restore();
}
