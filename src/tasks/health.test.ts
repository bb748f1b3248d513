import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { askByFolds } from '../core/folds.ts';
import { preset } from '../core/presets.ts';
import { makeKey } from '../core/random.ts';
import { type MaskLists, packMasks } from '../model/pack.ts';
import { failingAfter, watchBuffers } from '../testing/buffers.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { ErrorMapper } from '../train/error-map.ts';
import { layerOf } from '../train/layers.ts';
import { MeaningReader, packMeaning } from '../train/meaning.ts';
import { drawProceduralClip, proceduralLabels } from '../video/procedural.ts';
import { baselines } from './baselines.ts';
import { type ClipFrameSource, viewedClip } from './clips.ts';
import { HealthCheck } from './health.ts';
import { drawnHeldOut, ownHeldOut } from './held-out.ts';
import { Pretraining } from './pretrain.ts';
import { stepShape } from './run-shape.ts';

/** 24 px, 4 frames, width 32: a fraction of a second. */
function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 4;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.optim = { ...c.optim, ipe: 4, epochs: 20, warmup: 0 };
  return c;
}

const source = (index: number): ClipFrameSource => {
  const { rgb } = drawProceduralClip(3, index, { frames: 6, side: 32 });
  return { frames: 6, width: 32, height: 32, rgb: (f) => rgb.subarray(f * 3072, (f + 1) * 3072) };
};
const sources = Array.from({ length: 6 }, (_, i) => source(i));
const held = (c: RunConfig) =>
  drawnHeldOut(c, (index) => ({ source: source(index), labels: proceduralLabels(3, index) }));

const lists = (clips: number): MaskLists[] => [
  {
    context: Array.from({ length: clips }, (_, b) => [0, 3 + b, 9]),
    target: Array.from({ length: clips }, () => [1, 2, 12, 17]),
  },
  { context: Array.from({ length: clips }, () => [4, 5]), target: Array.from({ length: clips }, (_, b) => [7, 8 + b]) },
];

afterEach(() => vi.restoreAllMocks());

it.each([1, 2])('a check of which %i readers can be made leaves nothing behind', async (readers) => {
  const pipelines = await testPipelines();
  const run = await Pretraining.create(pipelines, quick(), sources, { variant });
  const buffers = watchBuffers(pipelines.device);
  const failing = failingAfter(readers, pipelines, buffers);
  await expect(HealthCheck.create(failing, run, held(quick()), variant)).rejects.toThrow('refused by the test');
  expect(buffers.made.length).toBeGreaterThan(5);
  expect(buffers.alive()).toEqual([]);
  run.destroy();
});

describe('tests of meaning', () => {
  it('tables: as in training, then the context of the next clip, then hidden places shuffled', () => {
    const sets = lists(2);
    const plain = packMasks(sets, 1, 18, 8);
    const three = packMeaning(sets, 18, 8, makeKey(1, 'test'));
    const { Nctx, Ntgt, Npred } = plain.counts;
    expect(three.counts).toMatchObject({ Nctx: 3 * Nctx, Ntgt: 3 * Ntgt, Npred: 3 * Npred });
    const clipOf = (k: number) => Array.from({ length: Nctx }, (_, i) => three.context.tokens[2 * (k * Nctx + i)]);
    expect(clipOf(0)).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 1, 1]);
    expect(clipOf(1)).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 0, 0]);
    expect(clipOf(2)).toEqual(clipOf(0));
    for (const k of [0, 1, 2])
      expect([...three.context.positions.subarray(k * Nctx, (k + 1) * Nctx)]).toEqual([...plain.context.positions]);
    const places = (k: number) => {
      const rows = three.predictor.targets.subarray(k * Ntgt, (k + 1) * Ntgt);
      return Array.from(rows, (row) => three.predictor.source[2 * row + 1]);
    };
    const asDrawn = [1, 2, 12, 17, 1, 2, 12, 17, 7, 8, 7, 9];
    expect(places(0)).toEqual(asDrawn);
    expect(places(1)).toEqual(asDrawn);
    expect(places(2)).not.toEqual(asDrawn);
    // shuffled within each segment
    for (const [from, to] of [
      [0, 4],
      [4, 8],
      [8, 10],
      [10, 12],
    ])
      expect(
        places(2)
          .slice(from, to)
          .sort((a, b) => a - b),
      ).toEqual(asDrawn.slice(from, to));
    // what is predicted, and with which mask token, stays
    expect([...three.loss.target.subarray(2 * Ntgt)]).toEqual([...plain.loss.target]);
  });

  it('the error of the first pass is that of the error maps; with equal clips nothing is swapped', async () => {
    const pipelines = await testPipelines();
    const c = quick();
    const run = await Pretraining.create(pipelines, c, sources, { variant });
    for (let i = 0; i < 3; i++) await (await run.advance()).metrics;
    const shape = stepShape(c);
    const sets = lists(4);
    const clips = sources.slice(0, 4).map((s) => viewedClip(c, s, 0));
    const reader = await MeaningReader.create(pipelines, run.nets, shape, 2, variant);
    const found = await reader.read(clips, sets, makeKey(2, 'test'));
    const mapper = await ErrorMapper.create(pipelines, run.nets, shape, variant);
    const means = [0, 0];
    for (let b = 0; b < 4; b++) {
      const errors = await mapper.map(
        clips[b],
        sets.map(({ context, target }) => ({ context: [context[b]], target: [target[b]] })),
      );
      errors.forEach((list, s) => (means[s] += list.reduce((a, v) => a + v / list.length, 0) / 4));
    }
    expect(found.loss).toBeCloseTo((means[0] + means[1]) / 2, 5);
    expect(found.swapped).not.toBe(found.loss);
    expect(found.permuted).not.toBe(found.loss);
    const same = await reader.read(
      [clips[0], clips[0]],
      lists(2).map(({ context, target }) => ({
        context: [context[0], context[0]],
        target: [[target[0][0]], [target[0][0]]],
      })),
      makeKey(2, 'test'),
    );
    expect(same.swapped).toBeCloseTo(same.loss, 6);
    expect(same.permuted).toBeCloseTo(same.loss, 6); // one hidden token cannot be shuffled
    reader.destroy();
    mapper.destroy();
    run.destroy();
  });

  it('baselines by hand', () => {
    const grid = { t: 1, h: 1, w: 3 };
    // one clip, tokens 0, 4, 8 with one channel: the mean is 4. Hidden 1 and 2, context 0
    const sets = [{ context: [[0]], target: [[1, 2]] }];
    expect(baselines(Float32Array.of(0, 4, 8), sets, grid, 1)).toEqual({ meanBaseline: 2, nearestBaseline: 6 });
    // squares, halved: (0 + 16) / 2 / 2 and (16 + 64) / 2 / 2
    expect(baselines(Float32Array.of(0, 4, 8), sets, grid, 2)).toEqual({ meanBaseline: 4, nearestBaseline: 20 });
  });
});

describe('health check', () => {
  it('names layers', () =>
    expect(['blocks.3.attn.qkv.weight', 'norm.bias', 'patch_embed.proj.weight', 'mask_tokens.0'].map(layerOf)).toEqual([
      'blocks.3',
      'norm',
      'patch_embed',
      'mask_tokens.0',
    ]));

  it('changes nothing, begins with a teacher that is the student, and measures the step that was taken', async () => {
    const pipelines = await testPipelines();
    const c = quick();
    const alone = await Pretraining.create(pipelines, c, sources, { variant });
    const expected: number[] = [];
    for (let i = 0; i < 4; i++) expected.push((await (await alone.advance()).metrics).loss);
    alone.destroy();

    const run = await Pretraining.create(pipelines, c, sources, { variant });
    const check = await HealthCheck.create(pipelines, run, held(c), variant);
    const first = await check.check([], true);
    expect(first).toMatchObject({ step: 0, lag: 0, halfLife: null, clipped: null });
    expect(first.target).toEqual(first.encoder);
    const { spreads = [], spread } = first.target;
    expect(spreads).toHaveLength(c.model.dim);
    expect(spreads).toEqual([...spreads].sort((a, b) => b - a));
    expect(spreads.reduce((a, b) => a + b, 0) / spreads.length).toBeCloseTo(spread, 3);
    expect(first.layers.every((l) => l.gradient === null && l.update === null && (l.lag ?? 0) === 0)).toBe(true);
    expect(first.probes?.map(({ axis, train, test }) => [axis, train, test])).toEqual([
      ['shape', 64, 96],
      ['direction', 64, 96],
    ]);
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) losses.push((await (await run.advance()).metrics).loss);
    const before = (await run.snapshot())!.tensors;
    const { metrics } = await run.advance();
    const last = await metrics;
    losses.push(last.loss);
    expect(losses).toEqual(expected);

    const row = await check.check([1, 20], false);
    const after = (await run.snapshot())!.tensors;
    expect(row.probes).toBeNull();
    expect(row.clipped).toBe(0.5);
    expect(row.halfLife).toBeCloseTo(Math.LN2 / (1 - last.momentum), 8);
    // the norm that the step itself took on the GPU
    const encoderLayers = row.layers.filter((l) => l.lag !== null);
    const predictorLayers = row.layers.filter((l) => l.lag === null);
    const total = (layers: typeof row.layers) => Math.hypot(...layers.map((l) => l.gradient!));
    expect(total(encoderLayers) / last.encoderNorm).toBeCloseTo(1, 4);
    expect(total(predictorLayers) / last.predictorNorm).toBeCloseTo(1, 4);
    // the weights themselves, before and after
    for (const { name, update } of encoderLayers) {
      let moved = 0;
      let size = 0;
      for (const [key, { data }] of after) {
        if (!key.startsWith(`encoder.${name}.`) || key.endsWith('pos_embed')) continue;
        const old = before.get(key)!.data;
        for (let i = 0; i < data.length; i++) {
          moved += (data[i] - old[i]) ** 2;
          size += data[i] ** 2;
        }
      }
      expect(update! / Math.sqrt(moved / size), name).toBeCloseTo(1, 1);
    }
    check.destroy();
    run.destroy();
  });

  it('own videos: no clip has itself behind it, however many there are', () => {
    const c = quick();
    for (let n = 2; n <= 20; n++) {
      const clips = ownHeldOut(
        c,
        Array.from({ length: n }, (_, i) => ({ source: { ...sources[i % 6] }, labels: {} })),
      )!.clips;
      clips.forEach((clip, i) => expect(clips[(i + 1) % clips.length], `${n} videos`).not.toBe(clip));
    }
  });

  it('own videos: labels need two folders with a clip for every fold each', () => {
    const c = quick();
    const own = (folders: string[]) =>
      ownHeldOut(
        c,
        folders.map((folder, i) => ({ source: sources[i % 6], labels: folder ? { folder } : {} })),
      );
    expect(own(['a'])).toBeNull();
    expect(own(['a', 'b', '', 'a'])).toMatchObject({ axes: [], labelled: [] });
    expect(own(['a', 'b'])!.clips).toHaveLength(8);
    expect(own(['a', 'a', 'a', 'b', 'b'])).toMatchObject({ axes: [], labelled: [] });
    const two = own([...Array<string>(4).fill('a'), ...Array<string>(3).fill('b'), 'c', 'c'])!;
    expect(two.axes).toEqual(['folder']);
    expect(two.labelled).toHaveLength(7);
  });

  it('own videos: of many folders none is asked that has no clip for every fold', () => {
    for (const [folders, videos] of [
      [40, 3],
      [50, 4],
      [200, 3],
      [3, 70],
    ]) {
      const all = Array.from({ length: folders * videos }, (_, i) => ({
        source: sources[i % 6],
        labels: { folder: `f${i % folders}` },
      }));
      const { labelled } = ownHeldOut(quick(), all)!;
      const names = labelled.map(({ labels }) => labels.folder);
      const counts = [...new Set(names)].map((name) => names.filter((other) => other === name).length);
      expect(Math.min(...counts), `${folders} folders`).toBeGreaterThanOrEqual(3);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(labelled).toHaveLength(96);
      expect(new Set(labelled).size).toBe(96);
      // who knows the folder answers all of it
      const classes = [...new Set(names)];
      const values = Float32Array.from(names.flatMap((name) => classes.map((known) => Number(known === name))));
      expect(askByFolds({ values, dim: classes.length }, 'folder', names)).toMatchObject({ linear: 1, neighbours: 1 });
    }
  });
});
