// What can be taken away of runs: one as log or document, a chart of many as picture or numbers.

import { noNote } from '../core/run-note.ts';
import { runFormat } from '../core/stored-run.ts';
import { chartCsv, type ChartLine, officialLog } from '../formats/run-csv.ts';
import type { RunOutline } from '../protocol/keeping.ts';
import { nameOfRun, useKeep } from './keep.ts';
import { useRuns } from './runs.ts';
import { inFileName, saveFile } from './save-file.ts';
import { savePicture } from './save-picture.ts';

/** The numbers of all steps, with the columns that the official trainer writes. */
export function saveLog({ runId, config, parent, metrics }: RunOutline): void {
  const text = officialLog(metrics, [...(parent?.epochs ?? []), { until: Infinity, ipe: config.optim.ipe }]);
  saveFile(`${inFileName(nameOfRun(runId))}-log.csv`, new Blob([text], { type: 'text/csv' }));
}

/** The numbers of the run as a document (core/stored-run.ts), with what was said of it, its clips and its checks beside. */
export function saveDocument(outline: RunOutline): void {
  const { runId, config, changes, clips, parent, adapter, metrics, health, step } = outline;
  const { notes, group } = useKeep.getState().runs.find((run) => run.runId === runId)?.note ?? noNote;
  const document_ = {
    format: runFormat,
    runId,
    name: nameOfRun(runId),
    notes,
    group,
    config,
    changes,
    parent,
    clips,
    adapter,
    metrics,
    health,
    maps: [],
  };
  const content = new Blob([JSON.stringify(document_)], { type: 'application/json' });
  saveFile(`${inFileName(nameOfRun(runId))}-${step}-steps.json`, content);
}

export function saveChartCsv(chart: string, quantity: string, lines: readonly ChartLine[]): void {
  saveFile(`runs-${inFileName(chart)}.csv`, new Blob([chartCsv(quantity, lines)], { type: 'text/csv' }));
}

/** A chart as it is shown, with the settings of its runs written into the file. */
export function saveChartPng(
  chart: string,
  quantity: string,
  runs: readonly RunOutline[],
  canvas: OffscreenCanvas,
): Promise<void> {
  const { along, log, smoothing } = useRuns.getState();
  const shown = runs.map(({ runId, config, step }) => ({ runId, name: nameOfRun(runId), step, settings: config }));
  return savePicture(`runs-${inFileName(chart)}.png`, canvas, { chart, quantity, along, log, smoothing, runs: shown });
}
