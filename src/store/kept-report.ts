// The report of the last evaluation, which outlasts the page: on this device, as it would be saved to a file.

import { isObject } from '../core/is-object.ts';
import type { EvaluationReport, EvaluationRequest } from '../protocol/evaluation.ts';
import { fileOf } from './files.ts';
import { remember, remembered } from './remembered.ts';
import { useStudio } from './studio.ts';

/** Of files and of what is kept; another number where a report has other parts. */
export const reportFormat = 'v-jepa-studio evaluation 1';

const place = 'evaluation';

/** Whether it is there at the next visit; where not, an older one is not either. */
export const keepReport = (report: EvaluationReport): boolean =>
  remember(place, { format: reportFormat, report }) || (remember(place, null), false);

const isRow = (v: unknown): boolean => isObject(v) && Array.isArray(v.trials) && typeof v.mean === 'number';

const isConfusion = (v: unknown): boolean => isObject(v) && Array.isArray(v.counts) && Array.isArray(v.clips);

/** null where there is none that can be shown. */
export function keptReport(): EvaluationReport | null {
  const kept = remembered(place);
  if (!isObject(kept) || kept.format !== reportFormat || !isObject(kept.report)) return null;
  const { request, rows, classes, counts, warnings, fingerprint, chance, confusion } = kept.report;
  const whole =
    isObject(request) &&
    isObject(request.config) &&
    isObject(request.data) &&
    [classes, counts, warnings].every(Array.isArray) &&
    Array.isArray(rows) &&
    rows.every(isRow) &&
    (confusion === null || isConfusion(confusion)) &&
    typeof fingerprint === 'string' &&
    typeof chance === 'number';
  return whole ? (kept.report as unknown as EvaluationReport) : null;
}

/** Where the clips that were asked about lay, by the names that they have in this session alone. */
export function filesOf({ data }: EvaluationRequest): Record<string, string> {
  const paths: Record<string, string> = {};
  if (data.kind === 'library')
    for (const { clipId, name } of useStudio.getState().clips)
      if (data.clipIds.includes(clipId)) paths[clipId] = fileOf(clipId)?.webkitRelativePath || name;
  return paths;
}
