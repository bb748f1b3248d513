import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkConfig, gridOf, parameterCount, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { multiBlock, predicting, preset } from '../core/presets.ts';
import { readBuffer } from '../gpu/readback.ts';
import { failingAfter, watchBuffers } from '../testing/buffers.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { type ClipFrameSource, videoOf } from './clips.ts';
import { heldBytes, limitHeld } from '../gpu/held.ts';
import { fitMemory, refuseMemory, runMemory } from './run-memory.ts';
import { Pretraining } from './pretrain.ts';

/** A run that takes a fraction of a second: 24 px, 4 frames, width 32. */
function quick(seed = 0): RunConfig {
  const c = preset('nano');
  c.seed = seed;
  c.batchSize = 4;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.optim = { ...c.optim, ipe: 4, epochs: 20, warmup: 1 };
  return c;
}

const sources: ClipFrameSource[] = Array.from({ length: 6 }, (_, i) => {
  const { rgb } = drawProceduralClip(3, i, { frames: 12, side: 32 });
  return { frames: 12, width: 32, height: 32, rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3) };
});

async function train(
  config: RunConfig,
  steps: number,
  room = Infinity,
): Promise<{ losses: number[]; latent: number[]; run: Pretraining }> {
  const pipelines = await testPipelines();
  limitHeld(pipelines.device, heldBytes(pipelines.device) + room);
  const run = await Pretraining.create(pipelines, config, sources, { variant });
  const metrics = [];
  for (let i = 0; i < steps; i++) metrics.push(await (await run.advance()).metrics);
  return { losses: metrics.map((m) => m.loss), latent: metrics.map((m) => m.terms.latent), run };
}

afterEach(async () => {
  vi.restoreAllMocks();
  limitHeld((await testPipelines()).device, Infinity);
});

describe('pre-training', () => {
  it('same seed and config: the same loss trace, bit for bit; another seed: another', async () => {
    const a = await train(quick(), 8);
    const b = await train(quick(), 8);
    const c = await train(quick(1), 8);
    expect(b.losses).toEqual(a.losses);
    expect(c.losses).not.toEqual(a.losses);
  });

  it('a step that cannot be made is not counted, and is the next one again', async () => {
    let gone = false;
    const fickle = sources.map((source) => ({
      ...source,
      rgb: (f: number) => {
        if (gone) throw new StudioError('config', 'There is no frame.', 'Look again.');
        return source.rgb(f);
      },
    }));
    const run = await Pretraining.create(await testPipelines(), quick(), fickle, { variant });
    gone = true;
    await expect(run.advance()).rejects.toThrow('There is no frame.');
    await expect(run.advanceSlowly(async () => {})).rejects.toThrow('There is no frame.');
    expect(run.step).toBe(0);
    gone = false;
    const { loss, step } = await (await run.advance()).metrics;
    expect([step, run.step]).toEqual([0, 1]);
    expect(loss).toBe((await train(quick(), 1)).losses[0]);
    run.destroy();
  });

  it('a step that the trainer refuses is not counted either', async () => {
    const run = await Pretraining.create(await testPipelines(), quick(), sources, { variant });
    await (
      await run.advance()
    ).metrics;
    run.change({ lr: Infinity });
    await expect(run.advance()).rejects.toThrow('Step 1 was not taken');
    expect(run.step).toBe(1);
    await expect(run.advanceSlowly(async () => {})).rejects.toThrow('Step 1 was not taken');
    expect(run.step).toBe(1);
    run.change({ lr: 1e-4 });
    vi.spyOn(run.trainer, 'drain').mockRejectedValueOnce(new Error('gone'));
    await expect(run.advanceSlowly(async () => {})).rejects.toThrow('gone');
    expect(run.step).toBe(1);
    // one of which a part was done is
    await expect(run.advanceSlowly(() => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
    expect(run.step).toBe(2);
    run.destroy();
  });

  it('lowers the prediction loss', async () => {
    const { latent } = await train(quick(), 60);
    const mean = (list: number[]) => list.reduce((x, y) => x + y, 0) / list.length;
    expect(mean(latent.slice(-8))).toBeLessThan(0.85 * mean(latent.slice(0, 8)));
  });

  it('lowers the error of pixels within 30 steps', async () => {
    const { latent, losses } = await train(predicting(quick(), 'pixels'), 30);
    const mean = (list: number[]) => list.reduce((x, y) => x + y, 0) / list.length;
    // a predictor that says nothing is off by the variance of its target, which is 1: half of it is the loss
    expect(mean(latent.slice(0, 2))).toBeGreaterThan(0.45);
    expect(mean(latent.slice(-6))).toBeLessThan(0.9 * mean(latent.slice(0, 6)));
    expect(losses).toEqual(latent);
  });

  it('pixels always train with a squared error', async () => {
    const c = predicting(quick(), 'pixels');
    const a = await train(c, 2);
    const b = await train({ ...c, loss: { ...c.loss, exponent: 3 } }, 2);
    expect(b.losses).toEqual(a.losses);
  });

  it('starts as the official trainer leaves the weights', async () => {
    const { run } = await train(quick(), 0);
    const { device } = await testPipelines();
    const { encoder, predictor, target } = run.nets;
    const read = async (arena: typeof encoder, name: string) => {
      const p = arena.parameters.get(name)!;
      return readBuffer(device, arena.weights.place!.buffer, p.offset * 4, p.size);
    };
    const deviation = (v: Float32Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length);
    // no depth rescale: proj and fc2 have the same deviation as qkv
    for (const name of [
      'patch_embed.proj.weight',
      'blocks.0.attn.qkv.weight',
      'blocks.0.attn.proj.weight',
      'blocks.0.mlp.fc2.weight',
    ])
      expect(deviation(await read(encoder, name)), name).toBeCloseTo(0.02, 2);
    expect(new Set(await read(encoder, 'blocks.0.norm1.weight'))).toEqual(new Set([1]));
    expect(new Set(await read(encoder, 'blocks.0.mlp.fc1.bias'))).toEqual(new Set([0]));
    expect(new Set(await read(predictor, 'mask_tokens.0'))).toEqual(new Set([0]));
    expect(await read(target, 'blocks.0.attn.qkv.weight')).toEqual(await read(encoder, 'blocks.0.attn.qkv.weight'));
  });

  it.each(['official', 'none'] as const)('trains with cut %s, official sequence, two clips a video', async (cut) => {
    const c = quick();
    c.maskCut = cut;
    c.maskSequence = 'official';
    c.data.numClips = 2;
    c.loss.regCoeff = 0.1;
    c.loss.exponent = 1.5;
    const { losses } = await train(c, 3);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it('trains with sets of every kind and the random cut', async () => {
    const c = quick();
    c.maskCut = 'random';
    c.masks = [
      { ...multiBlock(2, 0.3), complement: 'target', maxKeep: 5 },
      { ...multiBlock(1, 0.4), complement: 'context', inverted: true },
      { kind: 'future', tubelets: 1 },
      { kind: 'painted', grid: gridOf(c.model), tokens: [0, 4, 17] },
      { kind: 'tube', ratio: 0.5 },
    ];
    expect(checkConfig(c)).toEqual([]);
    const { losses } = await train(c, 3);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it('an image model: one frame, two-dimensional patches', async () => {
    const c = quick();
    c.model.frames = 1;
    const { losses } = await train(c, 3);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it('shows every video once per pass', () => {
    const seen = Array.from({ length: 12 }, (_, i) => videoOf(5, 6, Math.floor(i / 4), 4, i % 4));
    expect(seen.slice(0, 6).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(seen.slice(6).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('says what is missing and what does not fit', async () => {
    const pipelines = await testPipelines();
    await expect(Pretraining.create(pipelines, quick(), [], { variant })).rejects.toThrow('no clips');
    // nothing is made that does not fit, weights counted
    const { total } = runMemory(quick(), variant, true);
    const buffers = watchBuffers(pipelines.device);
    const before = heldBytes(pipelines.device);
    limitHeld(pipelines.device, before + total - 1);
    const refused = await Pretraining.create(pipelines, quick(), sources, { variant }).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(StudioError);
    expect((refused as StudioError).code).toBe('gpu-memory');
    expect((refused as StudioError).message).toMatch(
      /needs [\d.]+ MB of GPU memory(, | beside the [\d.]+ MB that .* in use, )the limit is [\d.]+ MB/,
    );
    expect(buffers.made).toEqual([]);
    const limits = { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 4096 };
    expect(() => refuseMemory(quick(), variant, { limits } as GPUDevice)).toThrow('pieces of at most 0 MB');
    // two of them do not fit where one does
    limitHeld(pipelines.device, before + 2 * total - 1);
    const run = await Pretraining.create(pipelines, quick(), sources, { variant });
    expect(buffers.made.length).toBeGreaterThan(10);
    await expect(Pretraining.create(pipelines, quick(), sources, { variant })).rejects.toThrow(
      /^This run needs [\d.]+ MB of GPU memory beside the [\d.]+ MB that the studio has in use, the limit is/,
    );
    run.destroy();
    expect(heldBytes(pipelines.device)).toBe(before);
    expect(buffers.alive()).toEqual([]);
  });

  it('gives everything back when its step does not compile', async () => {
    const pipelines = await testPipelines();
    const buffers = watchBuffers(pipelines.device);
    const failing = failingAfter(0, pipelines, buffers);
    await expect(Pretraining.create(failing, quick(), sources, { variant })).rejects.toThrow('refused');
    expect(buffers.made).toHaveLength(9); // weights of three networks, gradients and two moments of two
    expect(buffers.alive()).toEqual([]);
  });

  it('large models fit: vit_small trains within 4 GB, recomputing where it must, and the activations of vit_large shrink', () => {
    const budget = 4 * 2 ** 30;
    expect(fitMemory(preset('vit_small'), variant, budget).memory.total).toBeLessThan(budget);
    const large = preset('vit_large');
    const kept = runMemory(large, variant).activations;
    const remade = runMemory(large, variant, true).activations;
    // 24 blocks keep one input each instead of everything
    expect(remade).toBeLessThan(kept / 4);
  });

  it('recomputing gives the same losses bit for bit', async () => {
    const deep = { ...quick(), model: { ...quick().model, depth: 3 } };
    const [kept, remade] = [runMemory(deep, variant), runMemory(deep, variant, true)];
    expect(remade.activations).toBeLessThan(kept.activations);
    const room = (kept.total + remade.total) / 2;
    expect(fitMemory(deep, variant, room).recompute).toBe(true);
    const a = await train(deep, 3);
    const b = await train(deep, 3, room);
    expect(b.run.trainer.program.prepared.length).toBeGreaterThan(a.run.trainer.program.prepared.length);
    expect(b.losses).toEqual(a.losses);
  });

  it('memory is known before anything is made', () => {
    const c = preset('small');
    const memory = runMemory(c, variant);
    const { encoder, predictor } = parameterCount(c.model, 2);
    // arenas pad every tensor to 256 bytes and hold the position tables
    expect(memory.weights).toBeGreaterThan((encoder + predictor) * 4);
    expect(memory.weights).toBeLessThan((encoder + predictor) * 4 * 1.05);
    expect(memory.total).toBe(
      memory.weights + memory.gradients + memory.optimiser + memory.target + memory.activations + memory.inputs,
    );
  });

  it('memory of pixels: a wider last layer, no pass of the slow encoder', () => {
    const features = preset('small'); // 64 px, patches of 8 × 8 × 2 in three channels: 384 values for width 192
    const pixels = predicting(features, 'pixels');
    const more = (384 - 192) * (96 + 1);
    const [a, b] = [features, pixels].map((c) => parameterCount(c.model, 2, c.loss.target));
    expect(b).toEqual({ encoder: a.encoder, predictor: a.predictor + more });
    const [before, after] = [features, pixels].map((c) => runMemory(c, variant));
    expect(after.target).toBe(before.target);
    expect(after.weights - before.weights).toBeGreaterThanOrEqual(more * 4);
    expect(after.weights - before.weights).toBeLessThan(more * 4 + 512);
  });
});
