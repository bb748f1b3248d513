// What can be taken away from the mask lab: masks, statistics, settings, pictures and a film. Everything names the
// settings, the seed, the draw and the clip that it was made of.

import { gridOf } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { writeMaskJson } from '../formats/mask-json.ts';
import { writeNpy } from '../formats/npy.ts';
import { writeOfficialYaml } from '../formats/official-yaml.ts';
import { statisticsCsv } from '../formats/statistics-csv.ts';
import { roleArray } from '../mask/roles.ts';
import { patchLab, useLab } from './lab.ts';
import { linkNameOf } from './known-clips.ts';
import { linkOfNow } from './lab-link.ts';
import { measuredKey } from './lab-statistics.ts';
import { plainName, saveFile } from './save-file.ts';
import { attempt, savePicture } from './save-picture.ts';
import { useStudio } from './studio.ts';

/** File names say what was drawn: clip, seed and draw, and of what shows one mask set which. */
function nameOf(what: string, extension: string, oneSet = false): string {
  const { viewed, labConfig, draw, maskSet } = useStudio.getState();
  const clip = plainName(viewed?.name ?? 'clip');
  const set = oneSet && labConfig.masks.length > 1 ? `-set-${maskSet + 1}` : '';
  return `${clip}-${what}${set}-seed-${labConfig.seed}-draw-${draw}.${extension}`;
}

function drawnSets() {
  const { sets, maskProblem } = useStudio.getState();
  if (sets.length && !maskProblem) return sets;
  throw new StudioError('config', maskProblem ?? 'There is no mask to save', 'Change the settings that are marked.');
}

export const saveNpy = (): Promise<void> =>
  attempt(() => {
    const { labConfig } = useStudio.getState();
    const bytes = writeNpy(roleArray(drawnSets(), gridOf(labConfig.model)));
    saveFile(nameOf('masks', 'npy'), new Blob([bytes], { type: 'application/octet-stream' }));
  });

export const saveJson = (): Promise<void> =>
  attempt(() => {
    const { labConfig, draw, viewed } = useStudio.getState();
    const { masks, maskCut: cut, maskSequence: sequence, seed, batchSize } = labConfig;
    const text = writeMaskJson({
      grid: gridOf(labConfig.model),
      sampling: { masks, cut, sequence, seed },
      batch: batchSize,
      draw,
      clip: viewed && (linkNameOf(viewed.clipId) ?? viewed.clipId),
      sets: drawnSets(),
    });
    saveFile(nameOf('masks', 'json'), new Blob([text], { type: 'application/json' }));
  });

export const saveCsv = (): Promise<void> =>
  attempt(() => {
    const { statistics, statisticsOf } = useLab.getState();
    if (!statistics || statisticsOf !== measuredKey(useStudio.getState().labConfig))
      throw new StudioError(
        'config',
        'There are no statistics of these settings to save yet',
        'Run them, or wait for the first draws.',
      );
    const text = statisticsCsv(statistics);
    saveFile(nameOf(`statistics-${statistics.clips}`, 'csv'), new Blob([text], { type: 'text/csv' }));
  });

export const saveYaml = (): Promise<void> =>
  attempt(async () => {
    const { file } = useLab.getState();
    const { labConfig } = useStudio.getState();
    const { text, problems } = await writeOfficialYaml(labConfig, file?.document ?? null, file?.version);
    patchLab({ notes: problems });
    saveFile(file?.name ?? `${labConfig.preset}.yaml`, new Blob([text], { type: 'application/yaml' }));
  });

/** What a picture or film was made of, to be written into it. */
function madeOf(what: string): object {
  const { labConfig, draw, viewed, frame } = useStudio.getState();
  return { what, clip: viewed?.name ?? null, frame, draw, link: linkOfNow(), settings: labConfig };
}

/** A picture of a view, with the settings and the link to it written into the file. */
export const savePng = (what: string, canvas: OffscreenCanvas): Promise<void> =>
  savePicture(nameOf(what, 'png', what !== 'comparison'), canvas, madeOf(what));

/** The clip under its mask as a WebM; `paint` gives the pixels of a frame. */
export const saveFilm = (side: number, paint: (frame: number) => Uint8ClampedArray<ArrayBuffer>): Promise<void> =>
  attempt(async () => {
    const { viewed } = useStudio.getState();
    if (!viewed) return;
    const stop = new AbortController();
    const told = (share: number) =>
      patchLab({ writing: { what: 'Writing the film', share, cancel: () => stop.abort() } });
    told(0);
    try {
      const { encodeFilm } = await import('../video/mask-film.ts');
      const film = await encodeFilm({
        width: side,
        height: side,
        times: viewed.times,
        frame: paint,
        comment: JSON.stringify(madeOf('film')),
        signal: stop.signal,
        onProgress: (done: number, total: number) => told(done / total),
      });
      saveFile(nameOf('film', 'webm', true), film);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      patchLab({ writing: null });
    }
  });
