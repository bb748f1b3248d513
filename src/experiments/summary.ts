// From records of arms to findings: every claim is a difference between arms with the same seeds, with a 95 % interval (t).
// It holds when the interval lies above zero, it does not when it lies below, and otherwise it is unclear.

import { deviation, type Interval, mean, meanInterval } from '../core/measures.ts';
import { adaptersOf } from './adapters.ts';
import { askedClips, steps } from './arms.ts';
import { type Cell, claims } from './claims.ts';
import { halfArms, halfFindings, type HalfRecord } from './half-summary.ts';
import { physicsFinding } from './physics-summary.ts';
import type { PresetRecord } from './presets.ts';
import type { ArmRecord } from './run.ts';

/** What the studio shows of an experiment (public/experiments.json). */
export interface Finding {
  id: string;
  title: string;
  question: string;
  paper: string;
  found: string;
  holds: 'yes' | 'no' | 'unclear';
  rows: { label: string; n: number; mean: number; deviation: number; unit: string }[];
  config: Record<string, unknown>;
}

/** Test numbers by seed; with few labels the mean over the draws. */
function bySeed(records: readonly ArmRecord[], { arm, probe, axis, share }: Cell): Map<number, number> {
  const found = new Map<number, number>();
  for (const record of records) {
    if (record.arm !== arm) continue;
    const row = record.reports[axis]?.rows.find((r) => r.probe === probe && r.share === share);
    if (row) found.set(record.seed, row.mean);
  }
  return found;
}

/** a − b for the seeds that both have. */
export function differences(records: readonly ArmRecord[], a: Cell, b: Cell): number[] {
  const [of, from] = [bySeed(records, a), bySeed(records, b)];
  return [...of].flatMap(([seed, value]) => (from.has(seed) ? [value - from.get(seed)!] : []));
}

export type Verdict = Finding['holds'];

/** Whether values are above zero, by their 95 % interval. */
export function above(values: readonly number[]): Verdict {
  const interval = meanInterval(values);
  if (!interval) return 'unclear';
  return interval.low > 0 ? 'yes' : interval.high < 0 ? 'no' : 'unclear';
}

/** All hold: yes; one does not: no. */
export const together = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('no') ? 'no' : verdicts.includes('unclear') ? 'unclear' : 'yes';

const points = (value: number): string => `${(value * 100).toFixed(1)} points`;
const range = (i: Interval | null): string =>
  i
    ? ` (95 % interval ${(i.low * 100).toFixed(1)} to ${(i.high * 100).toFixed(1)})`
    : ' (too few seeds for an interval)';

/** "attentive minus linear: 40.2 points (95 % interval 31.0 to 49.4)" */
const told = (name: string, values: readonly number[]): string =>
  values.length ? `${name}: ${points(mean(values))}${range(meanInterval(values))}` : `${name}: not recorded`;

/** Findings of the records that there are; experiments without any of their arms are left out. */
export function summarise(all: readonly (ArmRecord | HalfRecord)[]): Finding[] {
  const records = all.filter((r): r is ArmRecord => 'reports' in r);
  const physics = physicsFinding(records.filter((r): r is PresetRecord => 'physics' in r));
  const half = halfFindings(all.filter((r): r is HalfRecord => halfArms.some((arm) => arm === r.arm)));
  return [...findingsOf(records), ...(physics ? [physics] : []), ...half];
}

function findingsOf(records: readonly ArmRecord[]): Finding[] {
  return claims.flatMap(({ id, title, question, paper, claims: parts, rows, config }) => {
    const measured = parts.map((p) => ({ name: p.name, values: differences(records, p.a, p.b) }));
    if (measured.every(({ values }) => !values.length)) return [];
    const involved = new Set(rows.map((r) => ('cell' in r ? r.cell.arm : r.arm)));
    return [
      {
        id,
        title,
        question,
        paper,
        found: `${measured.map((m) => told(m.name, m.values)).join('; ')}.`,
        holds: together(measured.map((m) => above(m.values))),
        rows: rows.flatMap((row) => {
          const values =
            'cell' in row
              ? [...bySeed(records, row.cell).values()].map((v) => v * 100)
              : records
                  .filter((r) => r.arm === row.arm)
                  .map(row.number)
                  .filter((v) => v !== null);
          const unit = 'cell' in row ? '% right' : row.unit;
          return values.length
            ? [
                {
                  label: row.label,
                  n: values.length,
                  mean: mean(values),
                  deviation: values.length > 1 ? deviation(values) : 0,
                  unit,
                },
              ]
            : [];
        }),
        config: {
          steps,
          batch: 8,
          clips: askedClips,
          adapters: adaptersOf(records.filter((r) => involved.has(r.arm))),
          seeds: [...new Set(records.filter((r) => involved.has(r.arm)).map((r) => r.seed))].sort((a, b) => a - b),
          chance: { direction: 0.125, speed: 1 / 3 },
          ...config,
        },
      },
    ];
  });
}
