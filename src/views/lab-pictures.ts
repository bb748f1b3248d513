// Pictures for export: the canvases of a view beside each other, and the frames of the masked clip.

import { gridOf } from '../core/config.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { saveFilm, savePng } from '../store/lab-export.ts';
import { tubeletOf } from './MaskView.tsx';
import { paintFrame, paintMask } from './paint.ts';
import type { Scene } from './scene.ts';

export const pictures = ['frame', 'filmstrip', 'cube', 'coverage', 'comparison'] as const;
export type PictureName = (typeof pictures)[number];

/** Pixels between two canvases of one picture. */
const gap = 8;

/** The canvases that carry a picture's name, in rows of at most eight. */
export const canvasesOf = (name: PictureName): HTMLCanvasElement[] => [
  ...document.querySelectorAll<HTMLCanvasElement>(`canvas[data-picture=${name}]`),
];

export async function exportPicture(name: PictureName): Promise<void> {
  const parts = canvasesOf(name);
  const [first] = parts;
  if (!first) return;
  const columns = Math.min(parts.length, 8);
  const rows = Math.ceil(parts.length / columns);
  const { width, height } = first;
  const canvas = new OffscreenCanvas(columns * (width + gap) - gap, rows * (height + gap) - gap);
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  parts.forEach((part, i) =>
    ctx.drawImage(part, (i % columns) * (width + gap), Math.floor(i / columns) * (height + gap)),
  );
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
