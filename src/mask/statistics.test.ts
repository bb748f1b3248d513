import { describe, expect, it } from 'vitest';
import { type MaskConfig, maskCuts, type MaskSampling } from '../core/config.ts';
import { type Grid, tokenCount, tokenPosition } from '../core/grid.ts';
import { multiBlock, preset } from '../core/presets.ts';
import { drawMasks } from './draw.ts';
import { measureMasks } from '../testing/measure-masks.ts';
import { MaskMeasurement } from './statistics.ts';

const sampling = (masks: MaskConfig[], seed = 0): MaskSampling => ({
  masks,
  cut: 'official',
  sequence: 'threefry',
  seed,
});

/** The same numbers the slow way: from the lists that training gets, pair by pair. */
function slowly(config: MaskSampling, grid: Grid, batch: number, batches: number, set: number) {
  const clips = Array.from({ length: batches }, (_, step) => drawMasks(config, grid, batch, step).sets[set]).flatMap(
    (s) => s.context.map((context, b) => ({ context: [...context], target: [...s.target[b]] })),
  );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const tokens = Array.from({ length: tokenCount(grid) }, (_, n) => n);
  const last = (n: number) => tokenPosition(grid, n).t === grid.t - 1;
  const steps = (a: number, b: number) => {
    const [p, q] = [tokenPosition(grid, a), tokenPosition(grid, b)];
    return Math.abs(p.t - q.t) + Math.abs(p.y - q.y) + Math.abs(p.x - q.x);
  };
  const distances = clips.flatMap((c) => c.target.map((n) => Math.min(...c.context.map((m) => steps(n, m)))));
  const sd = (values: number[]) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
  const lengths = (of: (c: (typeof clips)[0]) => number) => ({
    mean: mean(clips.map(of)),
    sd: sd(clips.map(of)),
    min: Math.min(...clips.map(of)),
    max: Math.max(...clips.map(of)),
  });
  const share = (n: number, kind: 'context' | 'target') => mean(clips.map((c) => (c[kind].includes(n) ? 1 : 0)));
  return {
    context: lengths((c) => c.context.length),
    target: lengths((c) => c.target.length),
    unused: lengths((c) => tokens.filter((n) => !c.context.includes(n) && !c.target.includes(n)).length),
    contextFrequency: tokens.map((n) => share(n, 'context')),
    targetFrequency: tokens.map((n) => share(n, 'target')),
    targetPerTubelet: Array.from({ length: grid.t }, (_, t) =>
      mean(clips.map((c) => c.target.filter((n) => tokenPosition(grid, n).t === t).length)),
    ),
    contextCoverage: Array.from({ length: grid.h * grid.w }, (_, i) =>
      mean(tokens.filter((n) => n % (grid.h * grid.w) === i).map((n) => share(n, 'context'))),
    ),
    withoutLast: mean(clips.map((c) => (c.context.some(last) ? 0 : 1))),
    distance: { mean: mean(distances), sd: sd(distances), counts: distances },
  };
}

const near = (actual: ArrayLike<number>, expected: number[]) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((v, i) => expect(actual[i]).toBeCloseTo(v, 6));
};

describe('statistics', () => {
  const grid: Grid = { t: 3, h: 5, w: 4 };
  const painted: MaskConfig = { kind: 'painted', grid, tokens: [0, 1, 2, 30, 31, 59] };
  const masks: MaskConfig[] = [
    { ...multiBlock(2, 0.3), temporalScale: [0.4, 1] },
    { ...multiBlock(1, 0.4), complement: 'target', maxKeep: 9 },
    { kind: 'tube', ratio: 0.7 },
    { kind: 'future', tubelets: 1 },
    painted,
  ];

  it.each(maskCuts)('with cut %s are those of the lists that training gets', (cut) => {
    const config = sampling(masks, 5);
    const { sets, clips, batches } = measureMasks({ sampling: config, grid, batch: 3, clips: 20 });
    // 20 clips are seven batches of three
    expect([clips, batches, sets.length]).toEqual([21, 7, masks.length]);
    sets.forEach(({ cuts }, set) => {
      const actual = cuts[cut];
      const expected = slowly({ ...config, cut }, grid, 3, 7, set);
      for (const kind of ['context', 'target', 'unused'] as const) {
        const { histogram, ...numbers } = actual[kind];
        for (const name of ['mean', 'sd', 'min', 'max'] as const)
          expect(numbers[name], `${kind} ${name}`).toBeCloseTo(expected[kind][name], 9);
        expect(histogram.reduce((a, b) => a + b, 0)).toBe(21);
        expect(histogram.reduce((sum, n, value) => sum + n * value, 0) / 21).toBeCloseTo(expected[kind].mean, 9);
      }
      near(actual.contextFrequency, expected.contextFrequency);
      near(actual.targetFrequency, expected.targetFrequency);
      near(actual.targetPerTubelet, expected.targetPerTubelet);
      near(actual.contextCoverage, expected.contextCoverage);
      expect(actual.withoutLastContext).toBeCloseTo(expected.withoutLast, 9);
      expect(actual.distance.mean).toBeCloseTo(expected.distance.mean, 9);
      expect(actual.distance.sd).toBeCloseTo(expected.distance.sd, 9);
      actual.distance.histogram.forEach((n, steps) =>
        expect(n, `targets ${steps} steps away`).toBe(expected.distance.counts.filter((d) => d === steps).length),
      );
    });
  });

  it('taken in parts are those taken at once', () => {
    const request = { sampling: sampling(masks), grid, batch: 4, clips: 50 };
    const parts = new MaskMeasurement(request);
    while (!parts.finished) parts.advance(2);
    expect({ ...parts.result(), milliseconds: 0 }).toEqual({ ...measureMasks(request), milliseconds: 0 });
  });

  it('refuse numbers that cannot be measured', () => {
    const request = { sampling: sampling(masks), grid, batch: 4, clips: 50 };
    expect(() => new MaskMeasurement({ ...request, batch: 0 })).toThrow('batch of 0');
    expect(() => new MaskMeasurement({ ...request, clips: 2e6 })).toThrow('2000000');
    expect(() => new MaskMeasurement({ ...request, clips: NaN })).toThrow('NaN');
  });
});

/**
 * Measured with the official class (multiblock3d.py, 224 px, 16 frames) over 200 batches, 2000 for a batch of one. A number
 * of tokens varies by 120 between clips and by 62 between batches of 24; all allow five standard errors of both sides.
 */
describe('what the official cut does', () => {
  const grid: Grid = { t: 8, h: 14, w: 14 };
  const measured = [
    { set: 0, batch: 1, context: 587, target: 981, perTubelet: [73, 73, 73, 73, 73, 73, 73, 73], withoutLast: 0 },
    { set: 0, batch: 4, context: 472, target: 857, perTubelet: [74, 74, 74, 72, 67, 55, 37, 21], withoutLast: 0.55 },
    { set: 0, batch: 24, context: 375, target: 747, perTubelet: [74, 74, 73, 68, 49, 25, 10, 3], withoutLast: 0.89 },
    { set: 1, batch: 1, context: 292, target: 1276, perTubelet: [36, 36, 36, 36, 36, 36, 36, 36], withoutLast: 0 },
    { set: 1, batch: 24, context: 107, target: 1098, perTubelet: [37, 31, 18, 10, 4, 2, 2, 2], withoutLast: 0.88 },
  ];

  it.each(measured)('mask set $set, batch of $batch', ({ set, batch, ...expected }) => {
    const { masks } = preset('vit_large');
    const batches = batch === 1 ? 4000 : 600;
    const { sets } = measureMasks({ sampling: sampling([masks[set]], 3), grid, batch, clips: batch * batches });
    const { official, none, random } = sets[0].cuts;
    const error = (sd: number) => 5 * sd * Math.hypot(1 / Math.sqrt(batch === 1 ? 2000 : 200), 1 / Math.sqrt(batches));
    const between = batch === 24 ? 62 : 120;
    expect(Math.abs(official.context.mean - expected.context)).toBeLessThan(error(between));
    expect(Math.abs(official.target.mean - expected.target)).toBeLessThan(error(between));
    official.contextPerTubelet.forEach((v, t) =>
      expect(Math.abs(v - expected.perTubelet[t]), `tubelet ${t}`).toBeLessThan(0.5 + error(20)),
    );
    expect(Math.abs(official.withoutLastContext - expected.withoutLast)).toBeLessThan(0.05);
    // the random cut keeps as many, spread evenly in time; without a cut nothing is lost
    expect(random.context.mean).toBe(official.context.mean);
    expect(random.target.mean).toBe(official.target.mean);
    for (const [cut, kept] of [
      [random, official],
      [none, none],
    ] as const)
      cut.contextPerTubelet.forEach((v) => expect(v).toBeCloseTo(kept.context.mean / 8, -0.3));
    expect(none.unused.max).toBe(0);
  });

  it('a corner is a target in 9 % of the draws, the centre in 95 %', () => {
    const { masks } = preset('vit_large');
    const { sets } = measureMasks({ sampling: sampling([masks[0]], 8), grid, batch: 1, clips: 6000 });
    const { targetCoverage } = sets[0].cuts.none;
    for (const corner of [0, 13, 14 * 13, 195]) expect(targetCoverage[corner]).toBeCloseTo(0.09, 1.3);
    for (const centre of [6 * 14 + 6, 7 * 14 + 7]) expect(targetCoverage[centre]).toBeCloseTo(0.95, 1.3);
  });
});
