import { describe, expect, it } from 'vitest';
import type { HealthRow } from './health-row.ts';
import {
  chartNames,
  curveOf,
  minutesOf,
  nothingDrawn,
  quantitiesOf,
  type RunNumbers,
  smoothed,
  valueAt,
  valueAtStart,
} from './run-curves.ts';

const metric = (step: number, milliseconds = 30_000, loss = step / 10): RunNumbers['metrics'][number] => ({
  step,
  loss,
  lossPerSet: [loss, 2 * loss],
  terms: { latent: loss, variance: 0, sigreg: 3 },
  encoderNorm: 1,
  predictorNorm: 2,
  lr: 0.001,
  weightDecay: 0.04,
  momentum: 0.998,
  milliseconds,
});

const features = {
  spread: 1,
  pooledSpread: 1,
  dead: 0,
  cosine: 0.5,
  rank: 12,
  rankCentred: 11,
  pooledRank: 3,
  pooledRankCentred: 4,
  spectrum: [1],
};
const check = (step: number, linear: number | null, chance = 0.25): HealthRow => ({
  step,
  encoder: features,
  target: { ...features, rank: step },
  loss: 0.3,
  swapped: 1,
  permuted: 1,
  meanBaseline: 0.4,
  nearestBaseline: 0.6,
  lag: 0,
  halfLife: null,
  layers: [],
  clipped: null,
  probes: linear === null ? null : [{ axis: 'shape', neighbours: 0.5, linear, chance, train: 48, test: 48 }],
  milliseconds: 1,
});

const run: RunNumbers = {
  metrics: [metric(0), metric(1), metric(2, 60_000)],
  health: [check(0, 0.3), check(2, null), check(3, 0.9)],
};
const quantity = (chart: (typeof chartNames)[number], id: string, runs = [run]) => {
  const found = quantitiesOf(chart, runs).find((q) => q.id === id);
  if (!found) throw new Error(`${chart} shows no ${id}`);
  return found;
};
const line = (chart: (typeof chartNames)[number], id: string, along: 'step' | 'minutes' = 'step', of = run) => {
  const { x, y } = curveOf(of, quantity(chart, id), along);
  return [[...x], [...y]];
};

describe('lines', () => {
  it('shares of right answers say what so few of them leave open, other lines do not', () => {
    const shares = curveOf(run, quantity('probe', 'linear shape'), 'step');
    expect([...shares.x]).toEqual([0, 3]);
    // Wilson at one deviation, N = 48: (p + 1 / 96 ± √(p (1 − p) / 48 + 1 / 9216)) / (1 + 1 / 48)
    expect(shares.ranges![0].low).toBeCloseTo(0.238489, 5);
    expect(shares.ranges![0].high).toBeCloseTo(0.369674, 5);
    expect(shares.ranges).toHaveLength(2);
    expect(curveOf(run, quantity('health', 'rank'), 'step').ranges).toBeUndefined();
  });

  it('steps are counted as steps taken, by metrics and by checks alike', () => {
    const three = [1, 2, 3];
    expect(line('loss', 'loss')).toEqual([three, [0, 0.1, 0.2]]);
    expect(line('sets', 'set 1')).toEqual([three, [0, 0.2, 0.4]]);
    expect(line('gradients', 'predictor')).toEqual([three, [2, 2, 2]]);
    expect(line('health', 'rank')).toEqual([
      [0, 2, 3],
      [0, 2, 3],
    ]);
    expect(line('schedule', 'ema')[1][0]).toBeCloseTo(0.002, 12);
    // 1 − .3 / .4 and 1 − .3 / .6
    expect(line('health', 'skill')[1][0]).toBeCloseTo(0.25, 12);
    expect(line('health', 'nearest')[1][0]).toBeCloseTo(0.5, 12);
  });

  it('by minutes: half a minute, half a minute, a minute', () => {
    expect(line('loss', 'loss', 'minutes')[0]).toEqual([0.5, 1, 2]);
    expect(line('health', 'rank', 'minutes')[0]).toEqual([0, 1, 2]);
  });

  it('of a run that was thinned out a row stands for the steps before it', () => {
    expect([...minutesOf([metric(1), metric(3), metric(5)])]).toEqual([1, 2, 3]);
  });

  it('what was not measured, or is no number, is left out', () => {
    expect(line('probe', 'linear shape')).toEqual([
      [0, 3],
      [0.3, 0.9],
    ]);
    const broken = { metrics: [metric(0), metric(1, 1, NaN), metric(2, 1, Infinity), metric(3)], health: [] };
    expect(line('loss', 'loss', 'step', broken)[0]).toEqual([1, 4]);
    expect(line('health', 'rank', 'step', broken)).toEqual([[], []]);
  });

  it('a run with fewer mask sets has no line where another has one', () => {
    const one = { ...run, metrics: run.metrics.map((m) => ({ ...m, lossPerSet: [1] })) };
    expect(quantitiesOf('sets', [one, run]).map((q) => q.label)).toEqual(['mask set 1', 'mask set 2']);
    expect([...curveOf(one, quantity('sets', 'set 1'), 'step').x]).toEqual([]);
  });
});

it('chance is drawn where it is the same for all', () => {
  expect(quantity('probe', 'neighbours shape').level).toEqual({ name: 'chance', value: 0.25 });
  const other = { metrics: [], health: [check(0, 0.4, 0.5)] };
  expect(quantity('probe', 'linear shape', [run, other]).level).toBeUndefined();
  expect(quantitiesOf('probe', [])).toEqual([]);
  // each line is held against its own weights before the first step, where those were asked
  expect(valueAtStart({ x: Float64Array.of(0, 40), y: Float64Array.of(0.3, 0.7) })).toBe(0.3);
  expect(valueAtStart({ x: Float64Array.of(40), y: Float64Array.of(0.7) })).toBeNull();
});

it('the value at a place is the last that is not beyond it', () => {
  const curve = { x: Float64Array.of(1, 2, 5), y: Float64Array.of(10, 20, 50) };
  expect([0.5, 1, 1.9, 2, 4.99, 5, 99].map((at) => valueAt(curve, at))).toEqual([null, 10, 10, 20, 20, 50, 50]);
  expect(valueAt({ x: new Float64Array(), y: new Float64Array() }, 3)).toBeNull();
});

it('smoothing keeps a constant, and weighs the past as it says', () => {
  const x = Float64Array.of(1, 2, 3);
  expect([...smoothed({ x, y: Float64Array.of(4, 4, 4) }, 0.9).y]).toEqual([4, 4, 4].map((v) => expect.closeTo(v, 12)));
  // weights .5 · (.5^2, .5, 1) over their sum .875
  const [first, second, third] = smoothed({ x, y: Float64Array.of(8, 0, 4) }, 0.5).y;
  expect(first).toBeCloseTo(8, 12);
  expect(second).toBeCloseTo(8 / 3, 12);
  expect(third).toBeCloseTo((8 * 0.125 + 4 * 0.5) / 0.875, 12);
  const y = Float64Array.of(1, 5);
  expect(smoothed({ x, y }, 0).y).toBe(y);
});

it('every chart has something to show of a run with checks', () => {
  for (const chart of chartNames) expect(quantitiesOf(chart, [run]).length).toBeGreaterThan(0);
});

it('says of an empty chart what is missing: checks are not probes', () => {
  const unchecked = { metrics: [metric(0)], health: [] };
  const checked = { metrics: [metric(0)], health: [check(1, null)] };
  expect(nothingDrawn('probe', [unchecked])).toContain('was not checked');
  expect(nothingDrawn('health', [unchecked])).toContain('was not checked');
  expect(nothingDrawn('probe', [unchecked, checked])).toContain('were checked, but not probed');
  expect(nothingDrawn('loss', [checked])).not.toContain('checked');
});
