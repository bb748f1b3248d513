// Lines of runs as a chart draws them, made once per run and kept as long as its numbers: of all runs on the screen only the
// one that trains has new ones.

import type { RunStyle } from '../core/run-style.ts';
import { type Curve, curveOf, type Quantity, type RunNumbers, smoothed, valueAt } from '../core/run-curves.ts';
import { envelope, type Stretch } from './downsample.ts';
import type { SeenRun } from './seen-runs.ts';
import type { RunOutline } from '../protocol/keeping.ts';

/** Points of a line, lowest and highest together. */
const most = 300;

const dashes = ['', '7 3', '2 3', '9 3 2 3'] as const;

/** Stroke of a run, wherever it is drawn. */
export const strokeOf = ({ colour, dash }: RunStyle): { stroke: string; strokeDasharray: string } => ({
  stroke: `var(--run-${colour})`,
  strokeDasharray: dashes[dash],
});

/** A run that has something to draw. */
export type ShownRun = SeenRun & { outline: RunOutline };

/** What the list says of every run, and how far it went. */
export const lossOfRun: Quantity = { id: 'loss', label: 'loss', of: { rows: 'metrics', value: (m) => m.loss } };

export interface Line {
  run: ShownRun;
  /** what the line is drawn of, every point: as it was, or smoothed */
  curve: Curve;
  /** where all its values lie, or may lie */
  band: Stretch[];
  /** what is drawn as the line: their mean, or the smoothed one */
  line: Stretch[];
}

const curves = new WeakMap<RunNumbers['metrics'], Map<string, Curve>>();
const smooth = new WeakMap<Curve, Map<number, Curve>>();
const stretches = new WeakMap<Curve, Stretch[]>();

export function curveOfRun(numbers: RunNumbers, quantity: Quantity, along: 'step' | 'minutes'): Curve {
  if (quantity.of.rows === 'health') return curveOf(numbers, quantity, along); // few, and of two lists
  const known = curves.get(numbers.metrics) ?? new Map<string, Curve>();
  curves.set(numbers.metrics, known);
  const key = `${along} ${quantity.id}`;
  const curve = known.get(key) ?? curveOf(numbers, quantity, along);
  known.set(key, curve);
  return curve;
}

function smoothOf(curve: Curve, smoothing: number): Curve {
  if (!smoothing) return curve;
  const known = smooth.get(curve) ?? new Map<number, Curve>();
  smooth.set(curve, known);
  const found = known.get(smoothing) ?? smoothed(curve, smoothing);
  known.set(smoothing, found);
  return found;
}

function stretchesOf(curve: Curve): Stretch[] {
  const found = stretches.get(curve) ?? envelope(curve, most);
  stretches.set(curve, found);
  return found;
}

/** Whether lines of it can be smoothed: a schedule is as it was set, and checks of health are too few. */
export const isSmoothed = ({ set, of }: Quantity): boolean => !set && of.rows === 'metrics';

export function linesOf(
  runs: readonly ShownRun[],
  quantity: Quantity,
  along: 'step' | 'minutes',
  smoothing: number,
): Line[] {
  return runs.map((run) => {
    const curve = curveOfRun(run.outline, quantity, along);
    const { x, y, ranges } = curve;
    const band = ranges ? ranges.map((range, i) => ({ x: x[i], mean: y[i], ...range })) : stretchesOf(curve);
    const drawn = isSmoothed(quantity) ? smoothOf(curve, smoothing) : curve;
    return { run, curve: drawn, band, line: stretchesOf(drawn) };
  });
}

/** Where a run had taken so many steps, on the horizontal axis. */
export function placeOfStep({ outline }: ShownRun, step: number, along: 'step' | 'minutes'): number | null {
  if (along === 'step') return step;
  const steps = curveOfRun(outline, lossOfRun, 'step').x;
  return valueAt({ x: steps, y: curveOfRun(outline, lossOfRun, 'minutes').x }, step);
}

/** How far the horizontal axis goes for all charts: rounded up, so that it grows in steps while a run trains. */
export function reachOf(runs: readonly ShownRun[], along: 'step' | 'minutes'): number {
  const ends = runs.map(({ outline }) => curveOfRun(outline, lossOfRun, along).x.at(-1) ?? 0);
  const end = Math.max(0, ...ends);
  if (!end) return 1;
  const unit = 10 ** (Math.floor(Math.log10(end)) - 1);
  const reach = Math.ceil(end / unit - 1e-9) * unit;
  return along === 'step' ? Math.max(1, Math.ceil(reach)) : reach;
}
