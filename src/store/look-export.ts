// What can be taken away from the Look screen: pictures, tokens and curves. Everything names the clip, the run and its step.

import { nameOfRun } from './keep.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { changedColumn, changedName, changedWords, type Provocation } from '../core/provocation.ts';
import { groupsCsv, surpriseCsv, tokensCsv } from './look-csv.ts';
import { writeNpy } from '../formats/npy.ts';
import { lookLinkOfNow } from './look-link.ts';
import { changeOnStage, sameChange, useLook } from './look.ts';
import { readingAbout, readingName, readingNow } from './look-reading.ts';
import { plainName, saveFile } from './save-file.ts';
import { attempt, savePicture } from './save-picture.ts';
import { useStudio } from './studio.ts';

/** What weights are called in a table. */
export const weightsName = (step: number | null): string => (step === null ? 'random' : `step ${step}`);

/** The change of what is taken away: surprise is of the whole video, all else of the window on the stage. */
function changeIn(what: string): Provocation | null {
  const look = useLook.getState();
  return what === 'surprise' ? look.provocation : changeOnStage(look, useStudio.getState());
}

export function nameOf(what: string, step: number | null, extension: string): string {
  const { viewed, run } = useStudio.getState();
  const change = changeIn(what);
  const clip = plainName(viewed?.name ?? 'clip');
  const changed = change ? `-${changedName(change)}` : '';
  // surprise is of the whole video
  const from = viewed?.start && what !== 'surprise' ? `-from-frame-${viewed.start + 1}` : '';
  return `${clip}${changed}${from}-${what}-${run?.config.preset ?? 'run'}-step-${step ?? 0}.${extension}`;
}

/** Errors of the shown clip, trained first. */
function shownVolumes() {
  const { run, viewed } = useStudio.getState();
  const { volumes } = useLook.getState();
  const change = changeIn('errors');
  const found = volumes
    .filter((f) => f.runId === run?.runId && f.clipId === viewed?.clipId && f.start === viewed.start)
    .filter((f) => sameChange(f.provocation, change))
    .sort((a, b) => (b.step ?? -1) - (a.step ?? -1))
    .filter((f, i, all) => f.step !== all[i - 1]?.step); // the same weights may have been kept and current
  if (found.length) return found;
  throw new StudioError('config', 'There are no errors of this clip to save.', 'Measure them first.');
}

function shownSurprises() {
  const { run, viewed } = useStudio.getState();
  const { surprises, provocation } = useLook.getState();
  const found = surprises
    .filter((f) => f.runId === run?.runId && f.clipId === viewed?.clipId)
    .filter((f) => f.provocation === null || sameChange(f.provocation, provocation))
    .sort((a, b) => (b.step ?? -1) - (a.step ?? -1));
  if (found.length) return found;
  throw new StudioError('config', 'There is no surprise of this video to save.', 'Measure it first.');
}

export const csv = (name: string, text: string): void => saveFile(name, new Blob([text], { type: 'text/csv' }));

export const saveTokensCsv = (): Promise<void> =>
  attempt(() => {
    const found = shownVolumes();
    const named = found.map((f) => ({ weights: weightsName(f.step), value: f.value }));
    csv(nameOf('errors', found[0].step, 'csv'), tokensCsv(named));
  });

export const saveGroupsCsv = (): Promise<void> =>
  attempt(() => {
    const found = shownVolumes();
    const named = found.map((f) => ({ weights: weightsName(f.step), value: f.value }));
    csv(nameOf('error-groups', found[0].step, 'csv'), groupsCsv(named));
  });

/** (sets, 4, t, h, w) of the weights that are looked at: error, mean feature, copy, how often hidden. */
export const saveErrorsNpy = (): Promise<void> =>
  attempt(() => {
    const look = useLook.getState();
    const all = shownVolumes();
    const { value, step } = all.find((f) => f.step === look.at?.step) ?? all[0];
    const { t, h, w } = value.grid;
    const N = tokenCount(value.grid);
    const values = new Float32Array(value.sets.length * 4 * N);
    value.sets.forEach((s, i) =>
      [s.error, s.mean, s.copy, s.count].forEach((part, k) => values.set(part, (i * 4 + k) * N)),
    );
    const bytes = writeNpy({ shape: [value.sets.length, 4, t, h, w], data: values });
    saveFile(nameOf('errors', step, 'npy'), new Blob([bytes], { type: 'application/octet-stream' }));
  });

export const saveSurpriseCsv = (): Promise<void> =>
  attempt(() => {
    const found = shownSurprises();
    const named = found.map((f) => ({
      weights: weightsName(f.step),
      video: f.provocation ? changedColumn(f.provocation) : 'original',
      value: f.value,
    }));
    csv(nameOf('surprise', found[0].step, 'csv'), surpriseCsv(named));
  });

/** (contexts, windows) of the newest weights; of the changed video alone if there is one. */
export const saveSurpriseNpy = (): Promise<void> =>
  attempt(() => {
    const found = shownSurprises();
    const { value, step } = found.find((f) => f.provocation !== null) ?? found[0];
    const data = Float32Array.from(value.curves.flatMap((c) => [...c.error]));
    const bytes = writeNpy({ shape: [value.curves.length, value.starts.length], data });
    saveFile(nameOf('surprise', step, 'npy'), new Blob([bytes], { type: 'application/octet-stream' }));
  });

/** Pictures of errors: the tokens of a frame, or what tokens have in common, which is always of all mask sets. */
export const saveMapsPng = (canvas: OffscreenCanvas): Promise<void> => {
  const reading = readingNow();
  return saveLookPng(readingName(reading), canvas, readingAbout(reading));
};
export const saveGroupsPng = (canvas: OffscreenCanvas): Promise<void> => {
  const reading = { ...readingNow(), set: null };
  return saveLookPng(`groups-${readingName(reading)}`, canvas, readingAbout(reading));
};

/** context: tubelets seen, of the curve in front */
export const saveSurprisePng = (canvas: OffscreenCanvas, context: number): Promise<void> =>
  saveLookPng('surprise', canvas, { what: 'surprise', context });

/** Steps of the weights that are looked at; null without a run. */
function shownStep(): number | null {
  const { run } = useStudio.getState();
  const { at } = useLook.getState();
  return (at && at.runId === run?.runId ? at.step : run?.step) ?? null;
}

/** What a picture of charts is of, as it is written above it. */
export function lookTitle(what: string): string {
  const { run, viewed } = useStudio.getState();
  const change = changeIn(what.toLowerCase());
  const changed = change ? ` (${changedWords(change)})` : '';
  const weights = run ? `, ${nameOfRun(run.runId)} after ${shownStep()} steps` : '';
  return `${what}: ${viewed?.name ?? 'no clip'}${changed}${weights}`;
}

/** A picture, with what it was made of written into the file. */
export async function saveLookPng(name: string, canvas: OffscreenCanvas, about: object): Promise<void> {
  const link = await lookLinkOfNow();
  const { run, viewed, frame } = useStudio.getState();
  const step = shownStep();
  return savePicture(nameOf(name, step, 'png'), canvas, {
    ...about,
    clip: viewed?.name,
    start: viewed?.start,
    frame,
    provocation: changeIn(name),
    step,
    link,
    settings: run?.config,
  });
}
