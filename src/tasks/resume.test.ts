// A run that is cut in half by a checkpoint, through its bytes, gives the loss trace and weights of one that was not.

import { expect, it } from 'vitest';
import { predictionTargets, type RunConfig, totalSteps } from '../core/config.ts';
import { predicting, preset } from '../core/presets.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { heldBytes } from '../gpu/held.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import type { ClipFrameSource } from './clips.ts';
import { Pretraining } from './pretrain.ts';
import { runMemory } from './run-memory.ts';

/** A run that takes a fraction of a second, with warm-up, weight decay, clipping and SIGReg all changing by step. */
function quick(): RunConfig {
  const c = preset('nano');
  c.seed = 7;
  c.batchSize = 4;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.optim = { ...c.optim, ipe: 3, epochs: 8, warmup: 2, finalWeightDecay: 0.4, clipGrad: 0.5 };
  return c;
}

const sources: ClipFrameSource[] = Array.from({ length: 6 }, (_, i) => {
  const { rgb } = drawProceduralClip(3, i, { frames: 12, side: 32 });
  return { frames: 12, width: 32, height: 32, rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3) };
});

const create = async (config: RunConfig) => Pretraining.create(await testPipelines(), config, sources, { variant });

/** Takes steps without waiting for one before the next, as the studio does. */
async function take(run: Pretraining, steps: number): Promise<StepMetrics[]> {
  const waiting: Promise<Omit<StepMetrics, 'milliseconds'>>[] = [];
  for (let i = 0; i < steps; i++) waiting.push((await run.advance()).metrics);
  return (await Promise.all(waiting)).map((m) => ({ ...m, milliseconds: 1.5 }));
}

it.each(predictionTargets)(
  'a run of %s taken up at half goes on bit for bit: every loss, norm, weight',
  async (target) => {
    const config = predicting(quick(), target);
    const steps = totalSteps(config.optim);
    const whole = await create(config);
    const expected = await take(whole, steps);

    const first = await create(config);
    const before = await take(first, steps / 2);
    const half = await first.snapshot();
    first.destroy();
    const bytes = writeCheckpoint({
      runId: 'run-1',
      config,
      savedAt: 1_700_000_000_000,
      clips: [{ kind: 'drawn', seed: 3, first: 0, count: 6 }],
      adapter: 'test',
      variant,
      lineage: [],
      metrics: before,
      health: [],
      ...half!,
    });

    const read = readCheckpoint(bytes);
    expect(read).toMatchObject({
      runId: 'run-1',
      step: steps / 2,
      savedAt: 1_700_000_000_000,
      adapter: 'test',
      variant,
    });
    expect(read.config).toEqual(config);
    expect(read.metrics).toEqual(before);
    const second = await create(read.config);
    second.restore(read);
    const after = await take(second, steps / 2);
    expect([...before, ...after]).toEqual(expected);

    const end = await second.snapshot();
    expect(end?.step).toBe(steps);
    expect(end?.tensors).toEqual((await whole.snapshot())?.tensors);
  },
);

it('learning rate and EMA changed on the way are part of the run: taken up before or after, it goes on bit for bit', async () => {
  const config = quick();
  const whole = await create(config);
  const plain = await take(await create(config), 12);
  const before = await take(whole, 4);
  const early = (await whole.snapshot())!;
  whole.change({ lr: config.optim.lr / 4 });
  const middle = await take(whole, 4);
  whole.change({ ema: 0.5 });
  const late = (await whole.snapshot())!;
  const after = await take(whole, 4);
  expect(whole.changes).toEqual([
    { step: 4, lr: config.optim.lr / 4 },
    { step: 8, ema: 0.5 },
  ]);
  // the first step that is taken with another rate still sees the same weights
  const loss = (rows: StepMetrics[]) => rows.map((row) => row.loss);
  expect(loss([...before, ...middle]).slice(0, 5)).toEqual(loss(plain).slice(0, 5));
  expect(middle[1].loss).not.toBe(plain[5].loss);
  expect(middle[0].lr).toBeCloseTo(1e-4 + (5 / 6) * (2.5e-4 - 1e-4), 12); // the fifth of six steps of warm-up
  expect(after[0].momentum).toBeCloseTo(0.5 + (8 / 30) * (config.optim.ema[1] - 0.5), 12); // 24 steps, stretched by 1.25

  const about = { runId: 'r', config, savedAt: 0, adapter: '', variant, metrics: [], lineage: [], health: [] };
  const clips = [{ kind: 'drawn' as const, seed: 3, first: 0, count: 6 }];
  const second = await create(config);
  second.restore(readCheckpoint(writeCheckpoint({ ...about, clips, ...late })));
  expect(await take(second, 4)).toEqual(after);
  // from before the changes: they are made again at their steps
  second.restore(early);
  expect(second.changes).toEqual([]);
  second.change({ lr: config.optim.lr / 4 });
  expect(await take(second, 4)).toEqual(middle);
  second.change({ ema: 0.5 });
  expect(await take(second, 4)).toEqual(after);
  expect((await second.snapshot())?.tensors).toEqual((await whole.snapshot())?.tensors);
});

it('without what is stored the trace would be another: each part counts', async () => {
  const config = quick();
  const first = await create(config);
  await take(first, 6);
  const half = (await first.snapshot())!;
  const [expected] = await take(first, 3).then((m) => [m.map((row) => row.loss)]);
  for (const part of ['encoder.', 'predictor.', 'target_encoder.', 'optimizer.exp_avg.', 'optimizer.exp_avg_sq.']) {
    const tensors = new Map(half.tensors);
    for (const [name, t] of tensors)
      if (name.startsWith(part)) tensors.set(name, { ...t, data: t.data.map((v) => v * 1.01) });
    const other = await create(config);
    other.restore({ ...half, tensors });
    expect(
      (await take(other, 3)).map((row) => row.loss),
      part,
    ).not.toEqual(expected);
    other.destroy();
  }
});

it('carries the official names, readable by any safetensors reader', async () => {
  const run = await create(quick());
  const { step, tensors } = (await run.snapshot())!;
  const about = { runId: 'r', savedAt: 0, adapter: '', variant, metrics: [], changes: [], lineage: [], health: [] };
  const clips = [{ kind: 'drawn' as const, seed: 3, first: 0, count: 6 }];
  const { tensors: stored } = readSafetensors(writeCheckpoint({ ...about, config: quick(), clips, step, tensors }));
  expect(stored.get('encoder.blocks.0.attn.qkv.weight')?.shape).toEqual([96, 32]);
  expect(stored.get('target_encoder.pos_embed')?.shape).toEqual([1, 18, 32]);
  expect(stored.get('predictor.mask_tokens.1')?.shape).toEqual([1, 1, 16]);
  expect(stored.get('optimizer.exp_avg_sq.predictor.predictor_proj.weight')?.shape).toEqual([32, 16]);
  expect(stored.has('optimizer.exp_avg.encoder.pos_embed')).toBe(false);
});

it('there is no snapshot of weights that are older than their step', async () => {
  const config = quick();
  const run = await create(config);
  const { device } = await testPipelines();
  const { weights } = run.nets.encoder;
  await take(run, 2);
  device.queue.writeBuffer(weights.place!.buffer, 0, new Float32Array(64).fill(NaN));
  const { metrics } = await run.advance();
  await expect(metrics).rejects.toThrow('NaN');
  expect(await run.snapshot()).toBeNull();
  await run.endSteps();
  expect(await run.snapshot()).toBeNull();
});

it('a run that takes no more steps holds its networks alone, and gives the same snapshot', async () => {
  const { device } = await testPipelines();
  const before = heldBytes(device);
  const run = await create(quick());
  await take(run, 2);
  const wanted = await run.snapshot();
  await run.endSteps();
  const { weights, gradients, optimiser, target } = runMemory(quick(), variant);
  expect(heldBytes(device) - before).toBe(weights + gradients + optimiser + target);
  expect(await run.snapshot()).toEqual(wanted);
  run.destroy();
  expect(heldBytes(device)).toBe(before);
});

it('refuses weights of another architecture and changes nothing', async () => {
  const run = await create(quick());
  const before = await run.snapshot();
  const wider = quick();
  wider.model.dim = 64;
  const other = (await (await create(wider)).snapshot())!;
  expect(() => run.restore(other)).toThrow(
    'encoder.patch_embed.proj.weight has the shape (64, 3, 2, 8, 8), the model needs (32, 3, 2, 8, 8)',
  );
  const missing = new Map(before!.tensors);
  missing.delete('predictor.predictor_norm.bias');
  expect(() => run.restore({ ...before!, tensors: missing })).toThrow('predictor.predictor_norm.bias is missing');
  const more = new Map(before!.tensors).set('encoder.blocks.1.norm1.bias', { shape: [1], data: new Float32Array(1) });
  expect(() => run.restore({ ...before!, tensors: more })).toThrow('encoder.blocks.1.norm1.bias belongs to another');
  expect(await run.snapshot()).toEqual(before);
});
