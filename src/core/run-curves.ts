// What can be drawn of a run: six charts, in each a few quantities to choose from, each a value per step or per health check.

import { skill } from './skill.ts';
import type { HealthRow } from './health-row.ts';
import { type Interval, scoreInterval } from './measures.ts';
import type { StoredMetrics } from './stored-run.ts';

export type ChartName = 'loss' | 'sets' | 'gradients' | 'schedule' | 'health' | 'probe';
export const chartNames: readonly ChartName[] = ['loss', 'sets', 'gradients', 'schedule', 'health', 'probe'];

export interface RunNumbers {
  metrics: readonly (StoredMetrics & { milliseconds: number })[];
  health: readonly HealthRow[];
}

/** One thing that a chart can show. `level` is what a value is held against, where there is such a thing. */
export interface Quantity {
  id: string;
  label: string;
  of:
    | { rows: 'metrics'; value: (m: StoredMetrics) => number }
    | {
        rows: 'health';
        value: (row: HealthRow) => number | null;
        /** between what the value may lie, where that is known */
        range?: (row: HealthRow) => Interval | null;
      };
  level?: { name: string; value: number };
  /** a line's value at step 0 is that of the random weights, and what all others are held against */
  fromRandom?: true;
  /** set, not measured: there is nothing to smooth */
  set?: true;
}

/** A line: steps taken or minutes trained, and the value there. */
export interface Curve {
  x: Float64Array;
  y: Float64Array;
  /** between what every value may lie, where that is known */
  ranges?: readonly Interval[];
}

const ofSteps = (id: string, label: string, value: (m: StoredMetrics) => number): Quantity => ({
  id,
  label,
  of: { rows: 'metrics', value },
});

const ofChecks = (
  id: string,
  label: string,
  value: (row: HealthRow) => number | null,
  level?: { name: string; value: number },
  range?: (row: HealthRow) => Interval | null,
): Quantity => ({ id, label, of: { rows: 'health', value, ...(range && { range }) }, ...(level && { level }) });

const noBetter = { name: 'no better', value: 0 };

/** What a chart can show of these runs; the first is what it shows unless another was chosen. */
export function quantitiesOf(chart: ChartName, runs: readonly RunNumbers[]): Quantity[] {
  switch (chart) {
    case 'loss':
      return [
        ofSteps('loss', 'loss', (m) => m.loss),
        ofSteps('latent', 'latent term', (m) => m.terms.latent),
        ofSteps('sigreg', 'SIGReg term', (m) => m.terms.sigreg),
        ofSteps('variance', 'variance term', (m) => m.terms.variance),
      ];
    case 'sets': {
      const sets = Math.max(1, ...runs.map(({ metrics }) => metrics[0]?.lossPerSet.length ?? 1));
      return Array.from({ length: sets }, (_, i) =>
        ofSteps(`set ${i}`, `mask set ${i + 1}`, (m) => m.lossPerSet[i] ?? NaN),
      );
    }
    case 'gradients':
      return [
        ofSteps('encoder', 'encoder', (m) => m.encoderNorm),
        ofSteps('predictor', 'predictor', (m) => m.predictorNorm),
      ];
    case 'schedule':
      return [
        { ...ofSteps('lr', 'learning rate', (m) => m.lr), set: true },
        { ...ofSteps('ema', '1 − EMA momentum', (m) => 1 - m.momentum), set: true },
        { ...ofSteps('decay', 'weight decay', (m) => m.weightDecay), set: true },
      ];
    case 'health':
      return [
        ofChecks('rank', 'effective rank of tokens', (r) => r.target.rank),
        ofChecks('skill', 'skill against the mean target', (r) => skill(r.loss, r.meanBaseline), noBetter),
        ofChecks('nearest', 'skill against the nearest context', (r) => skill(r.loss, r.nearestBaseline), noBetter),
        ofChecks('spread', 'spread of tokens', (r) => r.target.spread),
        ofChecks('pooled', 'rank of pooled features', (r) => r.target.pooledRankCentred),
        ofChecks('cosine', 'cosine of two clips', (r) => r.target.cosine),
      ];
    case 'probe':
      return probesOf(runs);
  }
  return chart satisfies never;
}

function probesOf(runs: readonly RunNumbers[]): Quantity[] {
  const chances = new Map<string, Set<number>>();
  for (const { health } of runs)
    for (const { probes } of health)
      for (const { axis, chance } of probes ?? []) {
        const known = chances.get(axis) ?? new Set<number>();
        chances.set(axis, known.add(chance));
      }
  return [...chances].flatMap(([axis, found]) => {
    // runs with other labels have another chance, and then no line is true for all
    const [chance] = found;
    const level = found.size === 1 ? { name: 'chance', value: chance } : undefined;
    const probe = (row: HealthRow) => row.probes?.find((p) => p.axis === axis);
    return (['linear', 'neighbours'] as const).map((by) => ({
      ...ofChecks(
        `${by} ${axis}`,
        `${axis}, ${by}`,
        (row) => probe(row)?.[by] ?? null,
        level,
        (row) => {
          const p = probe(row);
          return p ? scoreInterval(p[by], p.test, 1) : null;
        },
      ),
      fromRandom: true,
    }));
  });
}

/** Why a chart of these runs has nothing to draw. */
export function nothingDrawn(chart: ChartName, runs: readonly RunNumbers[]): string {
  if (chart !== 'health' && chart !== 'probe') return 'No run that is shown has such numbers.';
  if (runs.every(({ health }) => !health.length)) return 'The health of the runs that are shown was not checked yet.';
  return chart === 'health'
    ? 'No check of a run that is shown measured this.'
    : 'The runs that are shown were checked, but not probed: every fourth check does, if clips have labels.';
}

/** The line of a quantity; what is not a finite number is left out. */
export function curveOf({ metrics, health }: RunNumbers, { of }: Quantity, along: 'step' | 'minutes'): Curve {
  const minutes = along === 'minutes' ? minutesOf(metrics) : null;
  const n = of.rows === 'metrics' ? metrics.length : health.length;
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const range = of.rows === 'health' ? of.range : undefined;
  const ranges: Interval[] = [];
  let found = 0;
  for (let i = 0; i < n; i++) {
    const value = of.rows === 'metrics' ? of.value(metrics[i]) : of.value(health[i]);
    if (value === null || !Number.isFinite(value)) continue;
    x[found] =
      of.rows === 'metrics'
        ? minutes
          ? minutes[i]
          : metrics[i].step + 1
        : minutes
          ? minutesAt(health[i].step, metrics, minutes)
          : health[i].step;
    y[found++] = value;
    if (range) ranges.push(range(health[i]) ?? { low: value, high: value });
  }
  return { x: x.subarray(0, found), y: y.subarray(0, found), ...(range && { ranges }) };
}

/** Minutes of training behind every row. Of long runs only every so many-th step is there: it stands for those before it. */
export function minutesOf(metrics: RunNumbers['metrics']): Float64Array {
  const minutes = new Float64Array(metrics.length);
  let sum = 0;
  for (let i = 0; i < metrics.length; i++) {
    const steps = metrics[i].step - (i ? metrics[i - 1].step : -1);
    sum += (metrics[i].milliseconds * steps) / 60_000;
    minutes[i] = sum;
  }
  return minutes;
}

function minutesAt(step: number, metrics: RunNumbers['metrics'], minutes: Float64Array): number {
  const i = lastAt(metrics.length, (k) => metrics[k].step + 1 <= step);
  return i < 0 ? 0 : minutes[i];
}

/** The value of a line before the first step. */
export const valueAtStart = ({ x, y }: Curve): number | null => (x[0] === 0 ? y[0] : null);

/** The value of a line at a place: the last one that is not beyond it; null before the first. */
export function valueAt({ x, y }: Curve, place: number): number | null {
  const i = lastAt(x.length, (k) => x[k] <= place);
  return i < 0 ? null : y[i];
}

/** Last of n indices for which it holds, if it holds up to one of them; -1 when for none. */
function lastAt(n: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Running mean that forgets, corrected for its beginning at nothing; weight 0 changes nothing. */
export function smoothed({ x, y }: Curve, weight: number): Curve {
  if (!weight) return { x, y };
  const out = new Float64Array(y.length);
  let mean = 0;
  let left = 1;
  for (let i = 0; i < y.length; i++) {
    mean = weight * mean + (1 - weight) * y[i];
    left *= weight;
    out[i] = mean / (1 - left);
  }
  return { x, y: out };
}
