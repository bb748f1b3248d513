// What can be taken away of one picture: the frame as PNG, the whole clip as WebM, the values of its tokens.

import type { Grid } from '../core/grid.ts';
import { writeNpy } from '../formats/npy.ts';
import { tokenCsv } from '../formats/token-csv.ts';
import { csv } from './look-export.ts';
import { lookLinkOfNow } from './look-link.ts';
import { changeOnStage, useLook } from './look.ts';
import { saveFile } from './save-file.ts';
import { attempt, savePicture } from './save-picture.ts';
import { useStudio } from './studio.ts';

export interface PanePicture {
  file: (extension: string) => string;
  /** written into the picture and the film */
  about: object;
  /** a frame of the clip, without cursors */
  paint: (ctx: OffscreenCanvasRenderingContext2D, size: number, frame: number) => void;
  grid: Grid;
  /** of every token: their names, and (N, columns) */
  columns: readonly string[];
  values: Float32Array<ArrayBuffer>;
}

const side = 640;

/** The frame of now, without cursors. */
export function paintPane({ paint }: PanePicture): OffscreenCanvas {
  const { canvas, ctx } = sheet();
  paint(ctx, side, useStudio.getState().frame);
  return canvas;
}

/** The clip on the stage, how it was changed, and the link to it. */
async function shownClip() {
  const studio = useStudio.getState();
  const { viewed } = studio;
  const provocation = changeOnStage(useLook.getState(), studio);
  return { clip: viewed?.name, start: viewed?.start, provocation, link: await lookLinkOfNow() };
}

/** The frame of now as it was put on a sheet. */
export async function savePanePng({ file, about }: PanePicture, canvas: OffscreenCanvas): Promise<void> {
  const { frame } = useStudio.getState();
  return savePicture(file('png'), canvas, { ...about, ...(await shownClip()), frame });
}

export const savePaneFilm = ({ file, about, paint }: PanePicture): Promise<void> =>
  attempt(async () => {
    const { viewed } = useStudio.getState();
    if (!viewed) return;
    const { ctx } = sheet();
    const { encodeFilm } = await import('../video/mask-film.ts');
    const film = await encodeFilm({
      width: side,
      height: side,
      times: viewed.times,
      frame: (i) => {
        ctx.clearRect(0, 0, side, side);
        paint(ctx, side, i);
        return ctx.getImageData(0, 0, side, side).data;
      },
      comment: JSON.stringify({ ...about, ...(await shownClip()) }),
    });
    saveFile(file('webm'), film);
  });

export const savePaneCsv = ({ file, grid, columns, values }: PanePicture): Promise<void> =>
  attempt(() => csv(file('csv'), tokenCsv(grid, columns, values)));

/** (t, h, w), or (t, h, w, columns) when there are several. */
export const savePaneNpy = ({ file, grid: { t, h, w }, columns, values }: PanePicture): Promise<void> =>
  attempt(() => {
    const shape = columns.length > 1 ? [t, h, w, columns.length] : [t, h, w];
    saveFile(file('npy'), new Blob([writeNpy({ shape, data: values })], { type: 'application/octet-stream' }));
  });

function sheet() {
  const canvas = new OffscreenCanvas(side, side);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) throw new Error('there is no 2D context');
  return { canvas, ctx };
}
