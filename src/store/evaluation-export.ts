// What can be taken away from an evaluation: every trial as CSV, the whole report as JSON, each chart as PNG. Everything
// carries its configuration, seeds and fingerprint.

import type { EvaluationReport } from '../protocol/evaluation.ts';
import { evaluationCsv } from './evaluation-csv.ts';
import { verdicts } from './evaluation-verdict.ts';
import { reportFormat } from './kept-report.ts';
import { inFileName, saveFile } from './save-file.ts';
import { savePicture } from './save-picture.ts';
import { useStudio } from './studio.ts';

/** File names say what was asked of what: label, preset, step and the first letters of the fingerprint. */
function nameOf(report: EvaluationReport, what: string, extension: string): string {
  const { data, task, config } = report.request;
  const asked = inFileName(task === 'detect' ? 'boxes' : data.axis);
  const step = report.step === null ? 'random' : `step-${report.step}`;
  return `evaluation-${asked}-${config.preset}-${step}-${report.fingerprint.slice(0, 8)}${what}.${extension}`;
}

export const saveEvaluationCsv = (report: EvaluationReport): void =>
  saveFile(nameOf(report, '', 'csv'), new Blob([evaluationCsv(report)], { type: 'text/csv' }));

export function saveEvaluationJson(report: EvaluationReport): void {
  const { device } = useStudio.getState();
  const adapter = device.kind === 'ready' ? device.adapter.name : 'unknown';
  const told = verdicts(report).map((v) => [v.text, v.beside, ...v.doubts].filter(Boolean).join(' '));
  // a single trial has no spread, and clips have names in this session alone
  const rows = report.rows.map((row) => ({ ...row, deviation: row.trials.length > 1 ? row.deviation : null }));
  const about = { format: reportFormat, adapter, verdicts: told };
  const text = JSON.stringify({ ...about, report: { ...report, rows } }, null, 1);
  saveFile(nameOf(report, '', 'json'), new Blob([text], { type: 'application/json' }));
}

/** A chart, with what it was made of written into the file. */
export function saveEvaluationPng(report: EvaluationReport, what: string, canvas: OffscreenCanvas): Promise<void> {
  const { request, step, fingerprint, chance, rows } = report;
  return savePicture(nameOf(report, `-${what}`, 'png'), canvas, { what, request, step, fingerprint, chance, rows });
}
