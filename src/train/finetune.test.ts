import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Arena } from '../gpu/arena.ts';
import { heldBytes, limitHeld } from '../gpu/held.ts';
import { readBuffer } from '../gpu/readback.ts';
import { clipShape } from '../model/pack.ts';
import { expectClose, likely, noise, testPipelines } from '../testing/check-operation.ts';
import { finetuneLossRef } from './finetune.ref.ts';
import { finetuneArenas, type FinetuneShape, Finetuner, type FinetuneWeights } from './finetune.ts';

const model = { crop: 8, patch: 4, frames: 4, tubelet: 2, dim: 12, depth: 2, mlpRatio: 2 };
const heads = 2;
const classes = 3;
const size = 3 * model.frames * model.crop ** 2;
const shape: FinetuneShape = {
  network: { ...model, tokens: 8 },
  encoder: { depth: model.depth, heads, shape: clipShape(model) },
  head: { dim: model.dim, heads, depth: 2, completeBlock: true, mlpRatio: 4, classes, upstream: 'jepa' },
  batch: 4,
  layerDecay: 0.75,
};

/** Weights large enough that every gradient shows. */
function start(): FinetuneWeights {
  const random = noise(8);
  const filled = (arena: Arena) => {
    const values = new Float32Array(arena.size);
    for (const p of arena.parameters.values())
      for (let i = 0; i < p.size; i++)
        values[p.offset + i] = random() * 0.3 + (/norm\d?\.weight$/.test(p.name) ? 1 : 0);
    return values;
  };
  const { encoder, head } = finetuneArenas(shape);
  return { encoder: filled(encoder), head: filled(head) };
}

/** b clips that are darker or brighter by their label, and the labels. */
function batchOf(b: number, seed: number) {
  const random = noise(seed);
  const labels = Array.from({ length: b }, (_, i) => (i + seed) % classes);
  const clips = Float32Array.from({ length: b * size }, (_, i) => random() * 0.5 + labels[Math.floor(i / size)] - 1);
  return { clips, labels };
}

const settings = (step: number) => ({ step, lr: 2e-3, weightDecay: 0.05, clip: 1 });

async function tunerOf({
  weights = start(),
  layerDecay = 0.75,
}: { weights?: FinetuneWeights; layerDecay?: number } = {}) {
  const pipelines = await testPipelines();
  const tuner = await Finetuner.create(pipelines, { ...shape, layerDecay }, weights, likely);
  const read = (of: 'weights' | 'gradients', net: 'encoder' | 'head') =>
    readBuffer(pipelines.device, tuner.nets[net][of]!.place!.buffer, 0, tuner.nets[net].size);
  /** losses of `steps` steps */
  const run = async (steps: number) => {
    const losses: number[] = [];
    for (let s = 0; s < steps; s++) {
      // batches of different sizes go through one plan
      const { clips, labels } = batchOf(s % 3 === 1 ? 2 : 4, s);
      losses.push((await (await tuner.step(clips, labels, settings(s))).result).loss);
    }
    return losses;
  };
  return { tuner, read, run, device: pipelines.device };
}

afterEach(() => vi.restoreAllMocks());

describe('fine-tuning', () => {
  it('loss and gradients of all layers are those of an f64 forward pass', async () => {
    const { tuner, read } = await tunerOf();
    const { clips, labels } = batchOf(3, 5);
    const { loss, encoderNorm, headNorm } = await (await tuner.step(clips, labels, settings(0))).result;
    const { encoder, head } = start();
    const weights = { encoder: Float64Array.from(encoder), head: Float64Array.from(head) };
    expect(loss).toBeCloseTo(finetuneLossRef(shape, weights, clips, labels), 5);
    const names = {
      encoder: /^(patch_embed.proj.*|blocks.0.attn.qkv.weight|blocks.0.mlp.fc2.weight|blocks.1.norm2.weight|norm.*)$/,
      head: /(query_tokens|norm1.weight|xattn.kv.weight|mlp.fc1.weight|attn.proj.bias|^linear.*)$/,
    };
    let checked = 0;
    for (const net of ['encoder', 'head'] as const) {
      const arena = tuner.nets[net];
      const gradients = await read('gradients', net);
      const norm = Math.hypot(...gradients.subarray(0, arena.trained));
      expect(norm).toBeCloseTo(net === 'encoder' ? encoderNorm : headNorm, 4);
      for (const [name, p] of arena.parameters) {
        if (!names[net].test(name) || !p.trained) continue;
        checked++;
        const at = [Math.floor(p.size / 3), p.size - 1].map((i) => p.offset + i);
        const values = weights[net];
        const expected = at.map((i) => {
          const value = values[i];
          const [above, below] = [1e-5, -1e-5].map((by) => {
            values[i] = value + by;
            return finetuneLossRef(shape, weights, clips, labels);
          });
          values[i] = value;
          return (above - below) / 2e-5;
        });
        expectClose(
          name,
          at.map((i) => gradients[i]),
          expected,
          1e-4,
        );
      }
    }
    expect(checked).toBe(7 + 9);
    tuner.destroy();
  });

  it('the first step moves every layer by its own rate', async () => {
    const { tuner, read } = await tunerOf();
    const { clips, labels } = batchOf(4, 1);
    await (
      await tuner.step(clips, labels, { step: 0, lr: 1e-3, weightDecay: 0, clip: null })
    ).result;
    // Adam's first step is lr · sign(g) where g is far from 0; depth 2: 0.75^3, 0.75^2, 0.75, 1
    const rates = {
      'patch_embed.proj.bias': 0.421875,
      'blocks.0.mlp.fc2.bias': 0.5625,
      'blocks.1.mlp.fc2.bias': 0.75,
      'norm.bias': 1,
    };
    const [before, after] = [start().encoder, await read('weights', 'encoder')];
    for (const [name, rate] of Object.entries(rates)) {
      const p = tuner.nets.encoder.parameters.get(name)!;
      for (let i = p.offset; i < p.offset + p.size; i++)
        expect(Math.abs(after[i] - before[i]), name).toBeCloseTo(1e-3 * rate, 6);
    }
    const bias = tuner.nets.head.parameters.get('linear.bias')!.offset;
    expect(Math.abs((await read('weights', 'head'))[bias] - start().head[bias])).toBeCloseTo(1e-3, 6);
    tuner.destroy();
  });

  it('is one submit and creates nothing after the first step', async () => {
    const { tuner, run, device } = await tunerOf();
    await run(1);
    const created = ['createBuffer', 'createBindGroup', 'createComputePipelineAsync', 'createShaderModule'] as const;
    const spies = created.map((name) => vi.spyOn(device, name));
    const submit = vi.spyOn(device.queue, 'submit');
    await run(4);
    for (const [i, spy] of spies.entries()) expect(spy, created[i]).not.toHaveBeenCalled();
    expect(submit).toHaveBeenCalledTimes(4);
    tuner.destroy();
  });

  it('within a small budget it makes activations again, with the same losses bit for bit', async () => {
    const free = await tunerOf();
    const losses = await free.run(5);
    expect(losses[4]).toBeLessThan(losses[0]);
    const held = heldBytes(free.device);
    free.tuner.destroy();
    const bytes = Object.values(free.tuner.memory).reduce((a, b) => a + b, 0);
    limitHeld(free.device, held - 0.1 * bytes);
    const tight = await tunerOf().finally(() => limitHeld(free.device, Infinity));
    expect(tight.tuner.memory.activations).toBeLessThan(free.tuner.memory.activations);
    expect(await tight.run(5)).toEqual(losses);
    tight.tuner.destroy();
  });

  it('answers with the weights that were put aside, once they are taken back', async () => {
    const { tuner, run } = await tunerOf();
    const { clips } = batchOf(3, 9);
    const first = await tuner.answer(clips, 3);
    tuner.keepBest();
    await run(2);
    expect(await tuner.answer(clips, 3)).not.toEqual(first);
    tuner.restoreBest();
    expect(await tuner.answer(clips, 3)).toEqual(first);
    expect(first).toHaveLength(3 * classes);
    tuner.destroy();
  });

  it('names the step that broke and leaves the weights alone', async () => {
    const { tuner, read } = await tunerOf();
    const { clips, labels } = batchOf(4, 1);
    clips[100] = NaN;
    const { result } = await tuner.step(clips, labels, settings(6));
    await expect(result).rejects.toMatchObject({ code: 'non-finite', message: expect.stringContaining('step 7') });
    expect(await read('weights', 'encoder')).toEqual(start().encoder);
    tuner.destroy();
  });

  it('refuses weights of another model', async () => {
    const weights = { ...start(), encoder: new Float32Array(64) };
    await expect(tunerOf({ weights })).rejects.toMatchObject({
      code: 'format',
      message: expect.stringContaining('64 values'),
    });
  });
});
