// Maps of the Look screen as they leave it: side by side on the page's own background, with what their colours mean. That is
// read off the page: `.scale` is a bar of colours.

import { edge, line, paintText, scale, type Sheet, sheet } from './chart-sheet.ts';

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
