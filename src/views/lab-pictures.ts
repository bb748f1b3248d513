// Pictures for export: the canvases of a view beside each other, and the frames of the masked clip.

import { gridOf } from '../core/config.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { saveFilm, savePng } from '../store/lab-export.ts';
import { useLab } from '../store/lab.ts';
import { contextBlue, targetOrange } from './colours.ts';
import { chartPicture } from './chart-picture.ts';
import { tubeletOf } from './MaskView.tsx';
import { paintFrame, paintMask } from './paint.ts';
import type { Scene } from './scene.ts';

export const pictures = ['frame', 'filmstrip', 'cube', 'charts', 'coverage', 'comparison', 'place'] as const;
export type PictureName = (typeof pictures)[number];

/** Pixels between two parts of one picture, and at its edge. */
const gap = 16;
/** Charts are drawn for the page; in a picture they are larger. */
const chartScale = 3;

/** Height of letters: beside enlarged charts as large as theirs. */
const lettersOf = (name: PictureName): number => (name === 'charts' ? 9 * chartScale : 14);

const neither = 'grey: neither';

/** What colours mean, in a line under a picture that says it nowhere else: a swatch of each kind, and words. */
const keys: Partial<Record<PictureName, string>> = {
  charts: 'lines: before the cut, dashed for targets',
  coverage: 'the fuller the colour, the larger the share of draws',
  place: '',
  filmstrip: neither,
  cube: neither,
  comparison: neither,
};

/** Which set of masks the statistics in a picture are of. */
function statisticsOf(name: PictureName): string {
  const { statistics } = useLab.getState();
  if (!statistics || (name !== 'charts' && name !== 'coverage')) return '';
  const { labConfig, maskSet } = useStudio.getState();
  return `mask set ${maskSet + 1} of ${labConfig.masks.length}, batch ${statistics.batch}, ${statistics.clips} draws`;
}

/** Charts have the colours of the page's theme, maps their own. */
function colourIn(name: PictureName, kind: 'context' | 'target'): string {
  const drawn = document.querySelector(`[data-picture=${name}] .fill-${kind}`);
  return drawn ? getComputedStyle(drawn).fill : kind === 'context' ? contextBlue : targetOrange;
}

function paintKey(ctx: OffscreenCanvasRenderingContext2D, name: PictureName, base: number): void {
  let left = gap;
  const write = (text: string) => {
    ctx.fillText(text, left, base);
    left += ctx.measureText(text).width + gap;
  };
  const text = ctx.fillStyle;
  const swatch = lettersOf(name) - 2;
  for (const kind of ['context', 'target'] as const) {
    ctx.fillStyle = colourIn(name, kind);
    ctx.fillRect(left, base - swatch + 1, swatch, swatch);
    left += swatch + 4;
    ctx.fillStyle = text;
    write(kind);
  }
  write(keys[name] ?? '');
  write(statisticsOf(name));
}

/** The canvases and charts that carry a picture's name. */
export const partsOf = (name: PictureName): (HTMLCanvasElement | SVGSVGElement)[] => [
  ...document.querySelectorAll<HTMLCanvasElement | SVGSVGElement>(`[data-picture=${name}]`),
];

/** Saves the parts of a view as one picture, on the page's own background. */
export async function exportPicture(name: PictureName): Promise<void> {
  const parts = await Promise.all(
    partsOf(name).map(async (part) => ({
      picture: part instanceof SVGSVGElement ? await chartPicture(part, chartScale) : part,
      caption: part.dataset.caption,
    })),
  );
  const [first] = parts;
  if (!first) return;
  const { width, height } = first.picture;
  const key = name in keys;
  const letters = lettersOf(name);
  const captionHeight = letters + 8;
  const alone = parts.length === 1 && !key;
  // tubelets stand in rows of eight, the two charts of every cut beside each other
  const columns = Math.min(parts.length, name === 'charts' ? 2 : 8);
  const [across, down] = [width + gap, height + captionHeight + gap];
  const canvas = alone
    ? new OffscreenCanvas(width, height)
    : new OffscreenCanvas(
        columns * across + gap,
        Math.ceil(parts.length / columns) * down + gap + (key ? captionHeight : 0),
      );
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  const style = getComputedStyle(document.body);
  ctx.fillStyle = style.backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = style.color;
  ctx.font = `${letters}px ${style.fontFamily}`;
  parts.forEach(({ picture, caption }, i) => {
    const left = alone ? 0 : gap + (i % columns) * across;
    const top = alone ? 0 : gap + Math.floor(i / columns) * down;
    if (!alone && caption) ctx.fillText(caption, left, top + letters, width);
    ctx.drawImage(picture, left, alone ? 0 : top + captionHeight, width, height);
  });
  if (key) paintKey(ctx, name, canvas.height - gap);
  await savePng(name, canvas);
}

const filmSide = 448;

/** The clip under its mask as a film. */
export async function exportFilm(scene: Scene): Promise<void> {
  const { viewed } = useStudio.getState();
  const { kinds } = scene;
  const { model } = sceneConfig(useStudio.getState());
  const canvas = new OffscreenCanvas(filmSide, filmSide);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!viewed || !kinds || !ctx) return;
  patch({ playing: false });
  await saveFilm(filmSide, (frame) => {
    paintFrame(ctx, filmSide, viewed, frame);
    paintMask(ctx, { grid: gridOf(model), tubelet: tubeletOf(frame, model), size: filmSide }, kinds);
    return ctx.getImageData(0, 0, filmSide, filmSide).data;
  });
}
