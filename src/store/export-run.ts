// The numbers of the run on the page as one JSON file; its weights are in its checkpoint.

import { runFormat, type StoredMap, type StoredRun } from '../core/stored-run.ts';
import type { HealthRow } from '../core/health-row.ts';
import type { ErrorMap } from '../protocol/messages.ts';
import { useHealth } from './health.ts';
import { nameOfRun } from './keep.ts';
import { inFileName, saveFile } from './save-file.ts';
import { type RunView, useStudio } from './studio.ts';

/** A run as a document, with its checks of health. */
function storedRun(run: RunView): StoredRun & { health: HealthRow[] } {
  const { draw } = useStudio.getState();
  const checked = useHealth.getState();
  const toStored = (map: ErrorMap): StoredMap => ({
    step: map.step,
    clipId: map.clipId,
    start: map.start,
    draw,
    sets: map.sets.map((s) => ({
      context: [...s.context],
      target: [...s.target],
      error: Array.from(s.error, (e) => Math.round(e * 1e5) / 1e5),
    })),
  });
  return {
    format: runFormat,
    runId: run.runId,
    config: run.config,
    changes: run.changes,
    parent: run.parent,
    adapter: run.adapter ?? 'unknown',
    metrics: run.metrics.map(
      ({ step, loss, lossPerSet, terms, encoderNorm, predictorNorm, lr, weightDecay, momentum }) => ({
        step,
        loss,
        lossPerSet,
        terms,
        encoderNorm,
        predictorNorm,
        lr,
        weightDecay,
        momentum,
      }),
    ),
    health: checked.runId === run.runId ? checked.rows : [],
    maps: [run.maps.random, run.maps.latest].filter((m) => m !== null).map(toStored),
  };
}

/** Hands the run on the page to the browser as a download. */
export function exportRun(): void {
  const { run } = useStudio.getState();
  if (!run) return;
  const content = new Blob([JSON.stringify(storedRun(run))], { type: 'application/json' });
  saveFile(`${inFileName(nameOfRun(run.runId))}-${run.step}-steps.json`, content);
}
