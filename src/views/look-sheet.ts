// Maps of the Look screen as they leave it: side by side on the page's own background, with what their colours mean. That is
// read off the page: `.scale` is a bar of colours.

import { edge, keyRows, line, paintText, scale, type Sheet, sheet } from './chart-sheet.ts';

/**
 * Maps beside each other: what each is above it in two lines, its colours in numbers below. `pictureOf` gives another picture in
 * place of what the page shows.
 */
export function mapSheet(
  maps: HTMLCanvasElement[],
  pictureOf: (map: HTMLCanvasElement) => CanvasImageSource = (map) => map,
): OffscreenCanvas {
  const side = maps[0].width;
  const notes = maps.map((map) => [...(map.closest('figure')?.querySelectorAll('.pane-note > *') ?? [])]);
  const { ctx: measuring } = sheet(1, 1);
  const rows = notes.map((parts) =>
    keyRows(
      parts.map((part) => noteWidth(measuring, part)),
      side,
    ),
  );
  const most = Math.max(1, ...rows.map((of) => of.length));
  const { canvas, ctx } = sheet(maps.length * (side + edge) - edge, side + (2 + most) * line);
  maps.forEach((map, i) => {
    const left = edge + i * (side + edge);
    paintText(ctx, map.dataset.caption ?? '', left, edge + 14 * scale, side);
    paintText(ctx, map.getAttribute('aria-label') ?? '', left, edge + line + 14 * scale, side);
    ctx.drawImage(pictureOf(map), left, edge + 2 * line, side, side);
    rows[i].forEach((row, r) => {
      const base = edge + side + (2 + r) * line + 18 * scale;
      for (const { key, left: at } of row) paintNote(ctx, notes[i][key], left + at, base, side);
    });
  });
  return canvas;
}

/** The bar of colours in a part of the line under a map, and the words at its ends; null where it is words alone. */
function barOf(part: Element): { bar: HTMLElement; low: string; high: string } | null {
  const bar = part.matches('.scale') ? part.querySelector('i') : null;
  if (!bar) return null;
  const [low = '', high = ''] = [...part.childNodes]
    .filter((node) => node !== bar)
    .map((node) => (node.textContent ?? '').trim());
  return { bar, low, high };
}

/** Words of a part, without what only helps on the page (`data-hint`). */
const wordsOf = (part: Element): string =>
  [...part.childNodes]
    .filter((node) => !(node instanceof HTMLElement && node.dataset.hint !== undefined))
    .map((node) => node.textContent ?? '')
    .join('')
    .trim();

const width = 96 * scale;
const gap = 4 * scale;

function noteWidth(ctx: Sheet['ctx'], part: Element): number {
  const scaled = barOf(part);
  const widthOf = (words: string) => ctx.measureText(words.trim()).width;
  return scaled ? widthOf(scaled.low) + widthOf(scaled.high) + width + 2 * gap : widthOf(wordsOf(part));
}

/** A part of the lines under a map. */
function paintNote(ctx: Sheet['ctx'], part: Element, left: number, base: number, most: number): void {
  const scaled = barOf(part);
  if (!scaled) return void paintText(ctx, wordsOf(part), left, base, most);
  const { bar, low, high } = scaled;
  const at = left + paintText(ctx, low, left, base) + gap;
  const colours = (bar.dataset.colours ?? '').split(';');
  const gradient = ctx.createLinearGradient(at, 0, at + width, 0);
  colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
  ctx.save();
  ctx.fillStyle = gradient;
  ctx.fillRect(at, base - 8 * scale, width, 8 * scale);
  ctx.restore();
  paintText(ctx, high, at + width + gap, base);
}
