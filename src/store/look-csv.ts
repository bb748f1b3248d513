// Errors and surprise as CSV: one line per token and mask set, per group, per window. Mask sets, tubelets, rows, columns and
// frames are indices, from 0.

import { groupings, type ErrorVolume, type Surprise } from '../protocol/looking.ts';
import { tokenPosition } from '../core/grid.ts';

const number = (v: number): string => (Number.isNaN(v) ? '' : String(v));
const lines = (rows: (string | number)[][]): string => rows.map((r) => `${r.join(',')}\n`).join('');

/** One of several results, by the weights it was made with. */
export interface Named<T> {
  weights: string;
  value: T;
}

/** Every token of every mask set; an empty field where it was never hidden. */
export function tokensCsv(volumes: Named<ErrorVolume>[]): string {
  const rows: (string | number)[][] = [
    ['weights', 'mask_set', 'tubelet', 'row', 'column', 'motion', 'draws', 'error', 'mean_feature_error', 'copy_error'],
  ];
  for (const { weights, value } of volumes)
    value.sets.forEach((s, set) =>
      s.count.forEach((count, n) => {
        const { t, y, x } = tokenPosition(value.grid, n);
        const errors = [s.error[n], s.mean[n], s.copy[n]].map(number);
        rows.push([weights, set, t, y, x, value.motion[n], count, ...errors]);
      }),
    );
  return lines(rows);
}

/** What tokens have in common. */
export function groupsCsv(volumes: Named<ErrorVolume>[]): string {
  const rows: (string | number)[][] = [
    ['weights', 'by', 'low', 'high', 'predictions', 'error', 'mean_feature_error', 'copy_error'],
  ];
  for (const { weights, value } of volumes)
    for (const by of groupings)
      for (const g of value.groups[by]) rows.push([weights, by, g.low, g.high, g.targets, g.error, g.mean, g.copy]);
  return lines(rows);
}

/** Every window with every length of context: where it begins, the frame that it begins to predict, its mean error. */
export function surpriseCsv(all: (Named<Surprise> & { video: string })[]): string {
  const rows: (string | number)[][] = [
    ['weights', 'video', 'context_tubelets', 'first_frame', 'predicted_frame', 'error'],
  ];
  for (const { weights, video, value } of all)
    for (const { context, error } of value.curves)
      value.starts.forEach((start, w) =>
        rows.push([weights, video, context, start, start + context * value.tubeletFrames, error[w]]),
      );
  return lines(rows);
}
