// From records of arms to findings: every claim is a difference between arms with the same seeds, with a 95 % interval
// (interval.ts). It holds when the interval lies above zero, it does not when it lies below, and otherwise it is unclear.

import { deviation, type Interval, mean } from '../core/measures.ts';
import { adaptersOf } from './adapters.ts';
import { steps } from './arms.ts';
import { type Cell, claims } from './claims.ts';
import { halfArms, halfFindings, type HalfRecord } from './half-summary.ts';
import { differenceInterval, type Pair } from './interval.ts';
import { physicsFinding } from './physics-summary.ts';
import { standing } from './protocol.ts';
import type { PresetRecord } from './presets.ts';
import type { ArmRecord } from './run.ts';

export type Verdict = 'yes' | 'no' | 'unclear';

/** A difference in points of a hundred, with its 95 % interval; null of fewer than two seeds. */
export interface Difference {
  name: string;
  mean: number;
  interval: Interval | null;
}

/** One thing that was found; whether that part of a claim holds, null where only the whole is judged. */
export interface Statement {
  text: string;
  holds: Verdict | null;
  /** null where the claim is not a difference, or was not recorded */
  difference: Difference | null;
}

/** What the studio shows of an experiment (public/experiments.json). */
export interface Finding {
  id: string;
  title: string;
  question: string;
  /** what the article or others report of it */
  paper: string;
  /** what was trained on what, how it was asked and judged */
  how: string;
  found: Statement[];
  holds: Verdict;
  rows: { label: string; n: number; mean: number; deviation: number; unit: string }[];
  config: Record<string, unknown>;
}

interface Tested {
  seed: number;
  /** share of right answers; with few labels the mean over the draws */
  value: number;
  training: number;
  tests: number;
  split: number;
}

/** Of every seed, and of every split where the same was asked with several. */
function testedOf(records: readonly ArmRecord[], { arm, probe, axis, share }: Cell): Tested[] {
  return records
    .filter((record) => record.arm === arm)
    .flatMap(({ seed, reports, repeated }) =>
      (repeated?.[axis] ?? [reports[axis]]).flatMap((report) => {
        const row = report?.rows.find((r) => r.probe === probe && r.share === share);
        if (!report || !row) return [];
        const tests = report.counts.reduce((n, [, , test]) => n + test, 0);
        return [{ seed, value: row.mean, training: row.labels, tests, split: report.request.split.seed }];
      }),
    );
}

/** In lists of one kind each, in the order in which the kinds come up. */
const grouped = <T>(all: readonly T[], kind: (one: T) => number): T[][] =>
  [...new Set(all.map(kind))].map((known) => all.filter((one) => kind(one) === known));

/** How many clips each question of a record was about. */
const clipsAsked = ({ reports, repeated = {} }: ArmRecord): number[] =>
  [...Object.values(reports), ...Object.values(repeated).flat()].map(({ counts }) => counts.flat().reduce((a, b) => a + b, 0));

/**
 * What both arms got, for the seeds that both have. Where each seed was asked with the same several splits, a pair is what a
 * split gives, over all seeds: the choice of the videos is what could have been another one.
 */
function pairs(records: readonly ArmRecord[], a: Cell, b: Cell): Pair[] {
  const from = testedOf(records, b);
  const both = testedOf(records, a).flatMap((one) => {
    const other = from.find(({ seed, split }) => seed === one.seed && split === one.split);
    return other ? [{ ...one, a: one.value, b: other.value }] : [];
  });
  const seeds = new Set(both.map(({ seed }) => seed)).size;
  if (both.length === seeds) return both;
  return grouped(both, ({ split }) => split).map((some) => ({
    ...some[0],
    a: mean(some.map((one) => one.a)),
    b: mean(some.map((one) => one.b)),
  }));
}

/** Whether a difference is above zero, by its 95 % interval. */
export function above(interval: Interval | null): Verdict {
  if (!interval) return 'unclear';
  return interval.low > 0 ? 'yes' : interval.high < 0 ? 'no' : 'unclear';
}

/** All hold: yes; one does not: no. */
export const together = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('no') ? 'no' : verdicts.includes('unclear') ? 'unclear' : 'yes';

const tenths = (value: number): string => value.toFixed(1).replace('-', '−');

/** "31.0 to 49.4" */
export const range = ({ low, high }: Interval): string => `${tenths(low)} to ${tenths(high)}`;

/** "attentive minus linear: 40.2 points (95 % interval 31.0 to 49.4)" */
function told(name: string, found: readonly Pair[]): Statement {
  if (!found.length) return { text: `${name}: not recorded`, holds: 'unclear', difference: null };
  const shares = differenceInterval(found);
  const interval = shares && { low: shares.low * 100, high: shares.high * 100 };
  const points = mean(found.map(({ a, b }) => a - b)) * 100;
  const within = interval ? `95 % interval ${range(interval)}` : 'too few seeds for an interval';
  return {
    text: `${name}: ${tenths(points)} points (${within})`,
    holds: above(shares),
    difference: { name, mean: points, interval },
  };
}

/** Findings of the records that there are; experiments without any of their arms are left out. */
export function summarise(all: readonly (ArmRecord | HalfRecord)[]): Finding[] {
  const records = all.filter((r): r is ArmRecord => 'reports' in r);
  const physics = physicsFinding(records.filter((r): r is PresetRecord => 'physics' in r));
  const half = halfFindings(all.filter((r): r is HalfRecord => halfArms.some((arm) => arm === r.arm)));
  return [...findingsOf(records), ...(physics ? [physics] : []), ...half];
}

function findingsOf(records: readonly ArmRecord[]): Finding[] {
  return claims.flatMap(({ id, title, question, paper, how, claims: parts, rows, config }) => {
    const measured = parts.map((p) => ({ name: p.name, found: pairs(records, p.a, p.b) }));
    if (measured.every(({ found }) => !found.length)) return [];
    const involved = new Set(rows.map((r) => ('cell' in r ? r.cell.arm : r.arm)));
    const own = records.filter((r) => involved.has(r.arm));
    const settings = {
      steps,
      batch: 8,
      clips: [...new Set(own.flatMap(clipsAsked))].sort((a, b) => a - b),
      adapters: adaptersOf(own),
      seeds: [...new Set(own.map((r) => r.seed))].sort((a, b) => a - b),
      chance: { direction: 0.125, speed: 1 / 3 },
      ...config,
    };
    const tests = measured.flatMap(({ found }) => found.map((pair) => pair.tests));
    return [
      {
        id,
        title,
        question,
        paper,
        how: `${how} ${standing(tests, settings.chance, settings.seeds.length)}.`,
        found: measured.map((m) => told(m.name, m.found)),
        holds: together(measured.map((m) => above(differenceInterval(m.found)))),
        rows: rows.flatMap((row) => {
          const values =
            'cell' in row
              ? grouped(testedOf(records, row.cell), ({ seed }) => seed).map((some) => mean(some.map((t) => t.value * 100)))
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
        config: settings,
      },
    ];
  });
}
