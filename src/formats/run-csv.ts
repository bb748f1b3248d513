// The numbers of runs as CSV: the log of one as the official trainer writes it (app/vjepa/train.py, src/utils/logging.py),
// and the lines of a chart.

import { csvText } from './csv-text.ts';
import type { StoredMetrics } from '../core/stored-run.ts';

const logHeader = 'epoch,itr,loss,loss-jepa,reg-loss,enc-grad-norm,pred-grad-norm,gpu-time(ms),wall-time(ms)';

/** As Python's "%.5f" writes it. */
const fixed = (v: number): string =>
  Number.isNaN(v) ? 'nan' : Number.isFinite(v) ? v.toFixed(5) : v > 0 ? 'inf' : '-inf';

/** A term that the official loss has not; behind the official columns, so that those stay where they are. */
const ownHeader = ',sigreg-loss';

/**
 * `epochs`: iterations of an epoch for steps below `until`, ascending; those of runs before a branch are their own. The time
 * of the GPU is not measured: -1, as the official code has it without CUDA. A run with SIGReg has one column more, the term
 * before its weight, as loss-jepa and reg-loss are.
 */
export function officialLog(
  metrics: readonly (StoredMetrics & { milliseconds: number })[],
  epochs: readonly { until: number; ipe: number }[],
): string {
  const own = metrics.some(({ terms }) => terms.sigreg !== 0);
  const lines = metrics.map(({ step, loss, terms, encoderNorm, predictorNorm, milliseconds }) => {
    const ipe = epochs.find(({ until }) => step < until)?.ipe ?? 1;
    return [
      Math.floor(step / ipe) + 1,
      step % ipe,
      ...[loss, terms.latent, terms.variance, encoderNorm, predictorNorm].map(fixed),
      -1,
      Math.trunc(milliseconds),
      ...(own ? [fixed(terms.sigreg)] : []),
    ].join(',');
  });
  return [own ? logHeader + ownHeader : logHeader, ...lines].map((line) => `${line}\n`).join('');
}

export interface ChartLine {
  runId: string;
  name: string;
  /** steps taken, and minutes trained by then */
  steps: ArrayLike<number>;
  minutes: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** Every point of every line, not only those that a chart has room for; minutes to a ten-thousandth of a second. */
export function chartCsv(quantity: string, lines: readonly ChartLine[]): string {
  const rows = [['run', 'name', 'step', 'minutes', quantity].map(csvText).join(',')];
  for (const { runId, name, steps, minutes, values } of lines)
    for (let i = 0; i < values.length; i++)
      rows.push([csvText(runId), csvText(name), steps[i], Number(minutes[i].toFixed(6)), values[i]].join(','));
  return rows.map((row) => `${row}\n`).join('');
}
