// Pictures of the Train screen's charts: of the run on the page, or of the one that comes with the studio.

import { nameOfRun } from './keep.ts';
import { inFileName } from './save-file.ts';
import { savePicture } from './save-picture.ts';
import { useStudio } from './studio.ts';

function shownRun() {
  const { run, stored } = useStudio.getState();
  if (run) {
    const { runId, config, step, changes, parent } = run;
    return { name: nameOfRun(runId), runId, config, step, changes, parent };
  }
  const step = (stored?.metrics.at(-1)?.step ?? -1) + 1;
  return stored && { name: 'stored run', runId: stored.runId, config: stored.config, step };
}

/** What a picture is of, as it is written above it. */
export function pictureTitle(what: string): string {
  const shown = shownRun();
  return shown ? `${what}: ${shown.name}, ${shown.config.preset}, after ${shown.step} steps` : what;
}

/** A chart as it is shown, with the settings of its run written into the file. */
export async function saveTrainPng(what: string, canvas: OffscreenCanvas): Promise<void> {
  const shown = shownRun();
  if (!shown) return;
  const { config: settings, ...run } = shown;
  await savePicture(`${inFileName(shown.name)}-${inFileName(what)}-step-${shown.step}.png`, canvas, {
    what,
    ...run,
    settings,
  });
}
