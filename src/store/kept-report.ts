// The report of the last evaluation, which outlasts the page: on this device, as it would be saved to a file.

import { isObject } from '../core/is-object.ts';
import type { EvaluationReport } from '../protocol/evaluation.ts';
import { remember, remembered } from './remembered.ts';

/** Of files and of what is kept; another number where a report has other parts. */
export const reportFormat = 'v-jepa-studio evaluation 1';

const place = 'evaluation';

export const keepReport = (report: EvaluationReport): void => remember(place, { format: reportFormat, report });

/** null where there is none that can be shown. */
export function keptReport(): EvaluationReport | null {
  const kept = remembered(place);
  if (!isObject(kept) || kept.format !== reportFormat || !isObject(kept.report)) return null;
  const { request, rows, classes, counts, warnings, fingerprint, chance } = kept.report;
  const whole =
    isObject(request) &&
    isObject(request.config) &&
    isObject(request.data) &&
    [rows, classes, counts, warnings].every(Array.isArray) &&
    typeof fingerprint === 'string' &&
    typeof chance === 'number';
  return whole ? (kept.report as unknown as EvaluationReport) : null;
}
