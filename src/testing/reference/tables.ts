// Reference checks of everything that needs no GPU: positions, schedules, masks, clip sampling, transforms.

import type { MaskConfig, MaskSampling, MultiBlockConfig, TubeConfig } from '../../core/config.ts';
import { type Grid, tokenCount } from '../../core/grid.ts';
import { scheduleAt } from '../../core/schedule.ts';
import { blockSize } from '../../core/mask-sizes.ts';
import { applyCut, type MaskSet } from '../../mask/cut.ts';
import { blocksOf, drawMasks, nextPlace, sizeDraws } from '../../mask/draw.ts';
import { MersenneTwister } from '../../mask/mersenne.ts';
import { sinCosPositions2d, sinCosPositions3d } from '../../model/positions.ts';
import { interpolatePositions } from './interpolate-positions.ts';
import { shiftedBoxes, strideOf, longEnough } from './official-clips.ts';
import { sinCosPositions1d } from './positions-1d.ts';
import { cropBox, transformClip } from '../../video/augment.ts';
import { evaluateClip } from '../../video/evaluate-transform.ts';
import { clipIndices } from '../../video/sampling.ts';
import type { CaseConfig, Comparison, ReferenceCase } from '../reference.ts';
import { optimOf } from './optim.ts';

export function checkPositions(c: ReferenceCase, comparison: Comparison): void {
  const { fn, dim, grid_size: side, grid_depth: depth, uniform_power: uniform } = c.config;
  const table =
    fn === '3d'
      ? sinCosPositions3d(dim, { t: depth, h: side, w: side }, uniform)
      : fn === '2d'
        ? sinCosPositions2d(dim, { h: side, w: side })
        : sinCosPositions1d(dim, side);
  comparison.compare('out/pos_embed', table);
}

export function checkInterpolation(c: ReferenceCase, comparison: Comparison): void {
  const g = c.config;
  const video = g.frames > 1;
  const grid = (frames: number, height: number, width: number): Grid => ({ t: video ? frames / g.tubelet : 1, h: height / g.patch, w: width / g.patch });
  const from = grid(g.frames, g.img, g.img);
  (g.inputs as number[][]).forEach((size, i) => {
    const [height, width] = size.slice(-2);
    comparison.compare(`out/${i}`, interpolatePositions(c.tensor('in/pos_embed').data, from, grid(size[0], height, width)));
  });
}

export function checkSchedule(c: ReferenceCase, comparison: Comparison): void {
  const o = c.config.optimization;
  const optim = optimOf({ ...o, wd: o.weight_decay, final_wd: o.final_weight_decay, clip_grad: null });
  const values = (c.doubles.index as number[]).map((step) => scheduleAt(optim, step));
  const pairs = [
    ['lr', values.map((v) => v.lr)],
    ['wd', values.map((v) => v.weightDecay)],
    ['m', values.map((v) => v.momentum)],
  ] as const;
  for (const [name, list] of pairs) {
    comparison.compare(`out/${name}`, list);
    // the same in f64, far tighter than the stored f32
    (c.doubles[name] as number[]).forEach((expected, i) => comparison.within(`${name} of step ${c.doubles.index[i]}`, list[i], expected, 1e-12));
  }
}

/** A mask block of an official config in our words. */
const multiBlock = (g: CaseConfig): MultiBlockConfig => ({
  kind: 'multiblock',
  blocks: g.num_blocks ?? 1,
  spatialScale: g.spatial_scale ?? [0.15, 0.15],
  temporalScale: g.temporal_scale ?? [1, 1],
  aspectRatio: g.aspect_ratio ?? [0.75, 1.5],
  maxTemporalKeep: g.max_temporal_keep ?? 1,
  maxKeep: g.max_keep ?? null,
  complement: g.full_complement ? 'target' : g.pred_full_complement ? 'context' : 'none',
  inverted: g.inv_block ?? false,
});

const gridOf = (g: CaseConfig): Grid => ({ t: g.duration, h: g.height, w: g.width });

export function checkBlockSizes(c: ReferenceCase, comparison: Comparison): void {
  const draws = c.tensor('in/draws').data;
  const which = c.tensor('in/grid').data;
  const sizes = Array.from(which, (row, i) => {
    const g = c.config.grids[row] as CaseConfig;
    const { t, h, w } = blockSize(multiBlock(g), gridOf(g), [draws[3 * i], draws[3 * i + 1], draws[3 * i + 2]]);
    return [t, h, w];
  });
  comparison.compare('out/thw', sizes.flat());
}

export function checkSeedTable(c: ReferenceCase, comparison: Comparison): void {
  const configs = (c.config.configs as CaseConfig[]).map(multiBlock);
  const sampling = { masks: configs, cut: 'official', sequence: 'official', seed: 0 } as const;
  const rows = Array.from(c.tensor('in/seed').data, (seed) => {
    const draws = sizeDraws(sampling, 0, seed);
    const sizes = configs.map((mask, set) => blockSize(mask, gridOf(c.config), sizeDraws(sampling, set, seed)));
    return { draws, sizes: sizes.map(({ t, h, w }) => [t, h, w]) };
  });
  comparison.compare('out/draws', rows.flatMap((r) => r.draws));
  comparison.compare('out/thw', rows.flatMap((r) => r.sizes.flat()));
}

/** The official cut draws nothing. */
const noDraw = (): never => {
  throw new Error('the official cut asked for a random number');
};

export function checkMaskLists(c: ReferenceCase, comparison: Comparison): void {
  const g = c.config;
  const mask = multiBlock(g);
  const grid = gridOf(g);
  const [t, h, w] = g.thw as [number, number, number];
  const size = { t, h, w };
  const positions = c.tensor('in/positions').data;
  let row = 0;
  const given = () => {
    const [top, left, start] = positions.slice(3 * row, 3 * ++row);
    return { top, left, start };
  };
  const cut = (drawn: MaskSet) => applyCut(drawn, mask, 'official', tokenCount(grid), noDraw);
  const set = cut(blocksOf(mask, grid, size, g.batch, given));
  comparison.compare('out/enc', set.context.flatMap((l) => [...l]));
  comparison.compare('out/pred', set.target.flatMap((l) => [...l]));
  if (typeof g.torch_seed === 'number') {
    // the official positions come out of our Mersenne Twister
    const twister = new MersenneTwister(g.torch_seed);
    const replayed = cut(blocksOf(mask, grid, size, g.batch, () => nextPlace(size, grid, (n) => twister.integer(n))));
    comparison.compare('out/enc', replayed.context.flatMap((l) => [...l]));
    comparison.compare('out/pred', replayed.target.flatMap((l) => [...l]));
  }
}

/** Mean and standard error of a list. */
function moments(values: number[]): { mean: number; sem: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
  return { mean, sem: Math.sqrt(variance / values.length) };
}

/** How often each token is in a list. */
function frequency(lists: Int32Array[], tokens: number): Float64Array {
  const counts = new Float64Array(tokens);
  for (const list of lists) for (const n of list) counts[n] += 1 / lists.length;
  return counts;
}

export function checkMaskStatistics(c: ReferenceCase, comparison: Comparison): void {
  const g = c.config;
  const grid = gridOf(g);
  const tokens = grid.t * grid.h * grid.w;
  const mask: MaskConfig = g.type === 'random_tube' || g.ratio !== undefined ? ({ kind: 'tube', ratio: g.ratio } satisfies TubeConfig) : multiBlock(g);
  // Own draws: one mask a batch, so that every sample has its own block size.
  const own = 6000;
  const single: MaskSampling = { masks: [mask], cut: 'none', sequence: 'threefry', seed: 11 };
  const samples = Array.from({ length: own }, (_, step) => drawMasks(single, grid, 1, step).sets[0]);
  const within = (name: string, values: number[], expected: { mean: number; sem?: number }) => {
    const { mean, sem } = moments(values);
    comparison.within(name, mean, expected.mean, Math.max(1e-9, 5 * Math.hypot(expected.sem ?? 0, sem)));
  };
  const map = (name: string, lists: Int32Array[], reference: number, planar = false) => {
    if (!c.has(name)) return;
    comparison.covered(name);
    let actual = frequency(lists, tokens);
    if (planar) actual = Float64Array.from({ length: grid.h * grid.w }, (_, i) => Array.from({ length: grid.t }, (_v, t) => actual[t * grid.h * grid.w + i]).reduce((a, b) => a + b, 0) / grid.t);
    const allowed = 5 * Math.sqrt(0.25 / lists.length + 0.25 / reference);
    let square = 0;
    c.tensor(name).data.forEach((expected, i) => {
      comparison.within(`${name}[${i}]`, actual[i], expected, allowed);
      const p = (actual[i] * lists.length + expected * reference) / (lists.length + reference);
      const variance = p * (1 - p) * (1 / lists.length + 1 / reference);
      square += variance > 1e-12 ? (actual[i] - expected) ** 2 / variance : 0;
    });
    // chi-square over all tokens: 1 per token when both draw from one distribution. Neighbours go together, so it spreads
    // as that of a handful of tokens does.
    comparison.within(`chi-square of ${name}`, square / actual.length, 1, 3);
  };
  const targets = samples.map((s) => s.target[0]);
  const perSample = c.doubles.per_sample as Record<string, { mean: number; sem?: number; n?: number }> | undefined;
  const referenceSamples = (g.samples as number) ?? perSample?.kept?.n ?? own;
  if (perSample?.kept) within('tokens kept', samples.map((s) => s.context[0].length), perSample.kept);
  if (perSample?.predicted) within('tokens predicted', targets.map((l) => l.length), perSample.predicted);
  map('out/pred_freq', targets, referenceSamples);
  map('out/pred_freq_2d', targets, referenceSamples, true);
  if (g.batch === undefined) return;
  const batches = 4000;
  const drawn = Array.from({ length: batches }, (_, step) => drawMasks({ ...single, cut: 'official', seed: 12 }, grid, g.batch, step).sets[0]);
  const perBatch = c.doubles.per_batch as Record<string, { mean: number; sem?: number }> | undefined;
  for (const [name, expected] of Object.entries(perBatch ?? {})) {
    if (typeof expected?.mean !== 'number') continue;
    const kind = /pred/.test(name) ? 'target' : 'context';
    within(`list length ${name}`, drawn.map((s) => s[kind][0].length), expected);
  }
  // one clip of each batch: clips of a batch share their block size and are not independent
  map('out/batch_enc_freq', drawn.map((s) => s.context[0]), g.batches);
  map('out/batch_pred_freq', drawn.map((s) => s.target[0]), g.batches);
}

export function checkClipIndices(c: ReferenceCase, comparison: Comparison): void {
  (c.config.rows as CaseConfig[]).forEach((row, r) => {
    const draws = [...(row.draws as [number, number, number][])];
    const sampling = {
      frames: row.L,
      framesPerClip: row.fpc,
      stride: row.duration === undefined ? row.step : strideOf(row.duration, row.fps, row.fpc),
      clips: row.clips,
      overlap: row.overlap ?? false,
      ...(row.random && {
        randomEnd: (low: number, high: number) => {
          const [expectedLow, expectedHigh, value] = draws.shift() ?? [NaN, NaN, NaN];
          comparison.within(`row ${r}: window [low`, low, expectedLow, 0);
          comparison.within(`row ${r}: high)`, high, expectedHigh, 0);
          return value;
        },
      }),
    };
    const clips = row.filter_short ? longEnough(sampling) : clipIndices(sampling);
    comparison.within(`row ${r}: draws left`, draws.length, 0, 0);
    if (row.skipped) comparison.within(`row ${r}: clips of a skipped video`, clips.length, 0, 0);
    else comparison.compare(`out/row.${r}`, clips.flat());
  });
}

/** Hands out stored draws, one after the other. */
const replay = (u: number[]) => {
  let i = 0;
  return () => u[i++];
};

export function checkCropBoxes(c: ReferenceCase, comparison: Comparison): void {
  const boxes = (c.config.rows as CaseConfig[]).map((row) => {
    const { top, left, height, width } = cropBox(replay(row.u), row.H, row.W, row.scale, row.ratio);
    return [top, left, height, width];
  });
  comparison.compare('out/ijhw', boxes.flat());
}

export function checkTransform(c: ReferenceCase, comparison: Comparison): void {
  const g = c.config;
  const clip = c.tensor('in/clip').data;
  const draw = replay(g.u);
  const count = g.motion_shift ? 2 : 1;
  const drawn = Array.from({ length: count }, () => cropBox(draw, g.h, g.w, g.scale, g.ratio));
  drawn.forEach((box, i) => {
    const expected = g.boxes[i] as number[];
    [box.top, box.left, box.height, box.width].forEach((v, k) => comparison.within(`box ${i}[${k}]`, v, expected[k], 0));
  });
  const boxes = shiftedBoxes(drawn[0], drawn[count - 1], g.t);
  const into = new Float32Array(3 * g.t * g.crop * g.crop);
  const size = g.h * g.w * 3;
  const frames = boxes.map((box, t) => ({ rgb: clip.subarray(t * size, (t + 1) * size), width: g.w as number, box }));
  transformClip(frames, g.flip_u < 0.5, { into, offset: 0, side: g.crop });
  comparison.compare('out/clip', into);
}

export function checkEvaluationTransform(c: ReferenceCase, comparison: Comparison): void {
  const { t, h, w, crop, views } = c.config;
  const clip = c.tensor('in/clip').data;
  const size = h * w * 3;
  const frames = Array.from({ length: t }, (_, i) => ({ rgb: clip.subarray(i * size, (i + 1) * size), width: w as number, height: h as number }));
  const view = 3 * t * crop * crop;
  const into = new Float32Array(views * view);
  evaluateClip(frames, views, { into, offset: 0, side: crop });
  for (let v = 0; v < views; v++) comparison.compare(`out/view${v}`, into.subarray(v * view, (v + 1) * view));
}
