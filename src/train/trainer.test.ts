import { afterEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Arena, createArenas } from '../gpu/arena.ts';
import { writeParameter } from '../testing/write-parameter.ts';
import { readBuffer, readTensor } from '../gpu/readback.ts';
import { clipShape, type MaskLists } from '../model/pack.ts';
import { encoderParameters, predictorParameters } from '../model/parameters.ts';
import { sigregRef } from '../ops/sigreg.ref.ts';
import type { Variant } from '../core/variant.ts';
import { halves, likely, matrices, noise, testPipelines } from '../testing/check-operation.ts';
import { ErrorMapper } from './error-map.ts';
import type { StepFlaw } from './step.ts';
import { createTrainer, type StepBatch, type StepResult, type Trainer } from './trainer.ts';

const model = { crop: 12, patch: 4, frames: 4, tubelet: 2, dim: 20, depth: 2, mlpRatio: 4, predDim: 12, predDepth: 1 };
const tokens = 18;
const clips = 3;
const slices = 8;

/** A small trainer with random weights; the same seed gives the same one. */
async function trainerOf(
  options: { sigreg?: number; seed?: number; variant?: Variant; sets?: number; flaw?: StepFlaw } = {},
): Promise<Trainer> {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const encoder = encoderParameters({ tokens, ...model });
  const nets = await createArenas(device, 'a test', (create) => ({
    encoder: create('encoder', encoder, true),
    target: create('target', encoder, false),
    predictor: create('predictor', predictorParameters({ tokens, ...model, maskTokens: 2 }), true),
  }));
  const random = noise(options.seed ?? 1);
  for (const arena of Object.values(nets))
    for (const p of arena.parameters.values())
      writeParameter(
        device,
        arena,
        p.name,
        Float32Array.from({ length: p.size }, () => random() * 0.1 + (/norm.*weight/.test(p.name) ? 1 : 0)),
      );
  return createTrainer(
    pipelines,
    nets,
    {
      encoder: { depth: model.depth, heads: 2, shape: clipShape(model) },
      predictor: { depth: model.predDepth, heads: 2 },
      dim: model.dim,
      tokens,
      clips,
      sets: options.sets ?? 2,
      mostContext: 2 * clips * tokens,
      mostTarget: 2 * clips * tokens,
      target: 'features',
      exponent: 1,
      regCoeff: 0.1,
      sigreg: options.sigreg ?? 0,
      sigregSlices: slices,
      sigregTokens: 10,
      betas: [0.9, 0.999],
      eps: 1e-8,
      ...(options.flaw && { flaw: options.flaw }),
    },
    { variant: options.variant ?? likely },
  );
}

/** Clips and masks of a step; other token counts every step, and other counts for every clip. */
function batchOf(step: number): StepBatch {
  const random = noise(100 + step);
  const list = (first: number, count: number) => Int32Array.from({ length: count }, (_, i) => first + i);
  const masks: MaskLists[] = [0, 1].map((set) => ({
    context: Array.from({ length: clips }, (_, b) => list(0, 2 + ((step + b + set) % 4))),
    target: Array.from({ length: clips }, (_, b) => list(8, 3 + ((step + 2 * b + set) % 5))),
  }));
  return {
    clips: Float32Array.from({ length: clips * 3 * 4 * 12 * 12 }, random),
    masks,
    sigreg: {
      order: (set, rows) => Array.from({ length: rows }, (_, i) => (i * 5 + set + step) % rows),
      directions: Float32Array.from({ length: slices * model.dim }, () => random() / Math.sqrt(model.dim)),
    },
  };
}

const settings = (step: number) => ({ step, lr: 1e-3, weightDecay: 0.04, momentum: 0.99, clip: 1 });

async function run(trainer: Trainer, steps: number, first = 0): Promise<StepResult[]> {
  const waiting: Promise<StepResult>[] = [];
  for (let s = first; s < first + steps; s++) waiting.push((await trainer.submit(batchOf(s), settings(s))).result);
  return Promise.all(waiting);
}

const weightsOf = (trainer: Trainer, arena: Arena) =>
  readBuffer(trainer.program.device, arena.weights.place!.buffer, 0, arena.size);

afterEach(() => vi.restoreAllMocks());

describe('the training step', () => {
  it('gives the same losses and weights, bit for bit, twice', async () => {
    const [a, b] = [await trainerOf({ sigreg: 0.02 }), await trainerOf({ sigreg: 0.02 })];
    const [first, second] = [await run(a, 6), await run(b, 6)];
    expect(second.map((r) => r.loss)).toEqual(first.map((r) => r.loss));
    expect(new Set(first.map((r) => r.loss)).size).toBe(6);
    expect(await weightsOf(b, b.nets.encoder)).toEqual(await weightsOf(a, a.nets.encoder));
    expect(await weightsOf(b, b.nets.target)).toEqual(await weightsOf(a, a.nets.target));
  });

  it('live targets: the gradient of the encoder is that of the loss through predictions and targets, and of sound ones is not', async () => {
    const one = (): StepBatch => ({ ...batchOf(0), masks: batchOf(0).masks.slice(0, 1) });
    const still = { step: 0, lr: 0, weightDecay: 0, momentum: 1, clip: null };
    const loss = async (t: Trainer) => (await (await t.submit(one(), still)).result).loss;
    /** Central difference of the loss along a direction through all weights of the encoder, and what the gradient says of it. */
    const slopes = async (flaw?: StepFlaw) => {
      const t = await trainerOf({ sets: 1, ...(flaw && { flaw }) });
      const { device } = t.program;
      const { encoder } = t.nets;
      await loss(t);
      const gradients = await readBuffer(device, encoder.gradients!.place!.buffer, 0, encoder.size);
      const weights = await weightsOf(t, encoder);
      const random = noise(7);
      const trained = [...encoder.parameters.values()].filter(({ name }) => !name.endsWith('pos_embed'));
      const along = new Float32Array(encoder.size);
      for (const p of trained) for (let i = 0; i < p.size; i++) along[p.offset + i] = random();
      const lossAt = async (distance: number) => {
        for (const p of trained)
          writeParameter(
            device,
            encoder,
            p.name,
            Float32Array.from({ length: p.size }, (_, i) => weights[p.offset + i] + distance * along[p.offset + i]),
          );
        return loss(t);
      };
      const h = 5e-4;
      const measured = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      let told = 0;
      for (let i = 0; i < along.length; i++) told += gradients[i] * along[i];
      t.program.destroy();
      return { measured, told };
    };
    const live = await slopes('live targets');
    expect(live.told / live.measured).toBeCloseTo(1, 1);
    // targets of the slow encoder do not move with the encoder
    const sound = await slopes();
    expect(sound.told / sound.measured).toBeCloseTo(1, 1);
    expect(Math.abs(live.told / sound.told - 1)).toBeGreaterThan(0.2);
    await expect(trainerOf({ flaw: 'live targets' })).rejects.toThrow('live targets with 2 mask sets');
  });

  it('raw targets: the loss is held against the features as they are', async () => {
    const [raw, sound] = [await trainerOf({ flaw: 'raw targets' }), await trainerOf()];
    const latents = await Promise.all([raw, sound].map(async (t) => (await run(t, 1))[0].latent));
    expect(Math.abs(latents[0] - latents[1])).toBeGreaterThan(1e-3);
  });

  it('is one submit and creates nothing after the first', async () => {
    const trainer = await trainerOf({ sigreg: 0.02 });
    await run(trainer, 1);
    const { device } = trainer.program;
    const creators = [
      'createBuffer',
      'createBindGroup',
      'createBindGroupLayout',
      'createComputePipeline',
      'createComputePipelineAsync',
      'createShaderModule',
      'createPipelineLayout',
    ] as const;
    const spies = creators.map((name) => vi.spyOn(device, name));
    const submit = vi.spyOn(device.queue, 'submit');
    await run(trainer, 5, 1);
    for (const [i, spy] of spies.entries()) expect(spy, creators[i]).not.toHaveBeenCalled();
    expect(submit).toHaveBeenCalledTimes(5);
    for (const [commands] of submit.mock.calls) expect([...commands]).toHaveLength(1);
  });

  it.each([
    ['momentum above 1', { momentum: 1.0001 }, 'its momentum is 1.0001, which must be from 0 to 1'],
    ['momentum below 0', { momentum: -0.1 }, 'from 0 to 1'],
    ['learning rate that is no number', { lr: NaN }, 'a finite number'],
    ['weight decay without end', { weightDecay: Infinity }, 'a finite number'],
  ])('is not taken with a %s, and the weights stay', async (_, part, why) => {
    const trainer = await trainerOf();
    const before = await weightsOf(trainer, trainer.nets.target);
    const taken = trainer.submit(batchOf(0), { ...settings(0), ...part });
    await expect(taken).rejects.toThrow(why);
    expect(await weightsOf(trainer, trainer.nets.target)).toEqual(before);
  });

  it('adds the terms of the loss with their weights', async () => {
    const trainer = await trainerOf({ sigreg: 0.5 });
    const [r] = await run(trainer, 1);
    expect(r.latent).toBeCloseTo((r.lossPerSet[0] + r.lossPerSet[1]) / 2, 12);
    expect(r.loss).toBeCloseTo(r.latent + 0.1 * r.variance + 0.5 * r.sigreg, 12);
    expect(r.sigreg).toBeGreaterThan(0);
    expect(r.error).toHaveLength(
      batchOf(0)
        .masks.flatMap((m) => m.target)
        .reduce((n, l) => n + l.length, 0),
    );
  });

  it('measures SIGReg on the chosen context tokens of the encoder', async () => {
    const trainer = await trainerOf({ sigreg: 0.5 });
    const batch = batchOf(0);
    // the same tokens by hand, through the plan's own features: run with every activation kept
    const pipelines = await testPipelines();
    const kept = await createTrainer(pipelines, trainer.nets, trainer.shape, {
      variant: likely,
      keepAll: true,
    });
    const r = await (await kept.submit(batch, settings(0))).result;
    const counts = batch.masks.map((m) => m.context.reduce((n, l) => n + l.length, 0));
    const features = await readTensor(
      kept.program.device,
      kept.program.plan.find('encoder/norm'),
      (counts[0] + counts[1]) * model.dim,
    );
    const expected = counts.map((rows, set) => {
      const chosen = Array.from(batch.sigreg!.order(set, rows)).slice(0, 10);
      const along = chosen.flatMap((row) =>
        Array.from({ length: slices }, (_, s) => {
          let sum = 0;
          for (let c = 0; c < model.dim; c++)
            sum +=
              features[((set ? counts[0] : 0) + row) * model.dim + c] * batch.sigreg!.directions[s * model.dim + c];
          return sum;
        }),
      );
      return sigregRef(along, slices, [[0, chosen.length]])[0];
    });
    expect(r.sigreg).toBeCloseTo((expected[0] + expected[1]) / 2, 4);
  });

  it.each([
    { where: 'a clip', tensor: 'the input clips' },
    { where: 'a weight', tensor: 'encoder.blocks.1.mlp.fc1.weight' },
    { where: 'the optimiser', tensor: 'encoder/' },
  ])('stops at NaN or infinity in $where, names it, and leaves the weights alone', async ({ where, tensor }) => {
    const trainer = await trainerOf({ sigreg: 0.02 });
    await run(trainer, 2);
    const { device } = trainer.program;
    const batch = batchOf(2);
    if (where === 'a clip') batch.clips[77] = NaN;
    if (where === 'a weight') {
      const p = trainer.nets.encoder.parameters.get('blocks.1.mlp.fc1.weight')!;
      device.queue.writeBuffer(
        trainer.nets.encoder.weights.place!.buffer,
        (p.offset + 5) * 4,
        new Float32Array([Infinity]),
      );
    }
    if (where === 'the optimiser') {
      // finite weights whose products overflow
      const p = trainer.nets.encoder.parameters.get('blocks.0.attn.qkv.weight')!;
      device.queue.writeBuffer(
        trainer.nets.encoder.weights.place!.buffer,
        p.offset * 4,
        new Float32Array(p.size).fill(3e38),
      );
    }
    const before = await Promise.all(Object.values(trainer.nets).map((a) => weightsOf(trainer, a)));
    const { result } = await trainer.submit(batch, settings(2));
    const behind = (await trainer.submit(batchOf(3), settings(3))).result; // already on its way
    const error = await result.then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(StudioError);
    expect((error as StudioError).code).toBe('non-finite');
    expect((error as StudioError).message).toContain('Step 3'); // told from 1 on
    expect((error as StudioError).message).toContain(tensor);
    await expect(behind).rejects.toThrow('step 3 broke');
    const after = await Promise.all(Object.values(trainer.nets).map((a) => weightsOf(trainer, a)));
    expect(after).toEqual(before);
  });

  it('while a step that broke is looked at no other writes its inputs, whenever it comes', async () => {
    const trainer = await trainerOf();
    await run(trainer, 2);
    const { program, nets } = trainer;
    const p = nets.encoder.parameters.get('blocks.0.attn.qkv.weight')!;
    program.device.queue.writeBuffer(
      nets.encoder.weights.place!.buffer,
      p.offset * 4,
      new Float32Array(p.size).fill(3e38),
    );
    const order: string[] = [];
    let next: Promise<{ result: Promise<unknown> }> | null = null;
    const one = program.encodeOne.bind(program);
    vi.spyOn(program, 'encodeOne').mockImplementation((...args) => {
      // the first dispatch of the search
      next ??= trainer.submit(batchOf(3), settings(3)).finally(() => order.push('the next step'));
      one(...args);
    });
    const { result } = await trainer.submit(batchOf(2), settings(2));
    await expect(result.finally(() => order.push('the one that broke'))).rejects.toThrow('first in');
    await expect((await next!).result).rejects.toThrow('step 3 broke');
    expect(order).toEqual(['the one that broke', 'the next step']);
  });

  it('error maps average to the loss of the step with the same weights and masks', async () => {
    const trainer = await trainerOf();
    const pipelines = await testPipelines();
    const mapper = await ErrorMapper.create(pipelines, trainer.nets, trainer.shape, likely);
    const batch = batchOf(4);
    const size = batch.clips.length / clips;
    const sums = [0, 0];
    const counts = [0, 0];
    for (let b = 0; b < clips; b++) {
      const masks = batch.masks.map((m) => ({ context: [m.context[b]], target: [m.target[b]] }));
      const maps = await mapper.map(batch.clips.slice(b * size, (b + 1) * size), masks);
      maps.forEach((map, set) => {
        expect(map).toHaveLength(masks[set].target[0].length);
        for (const value of map) sums[set] += value;
        counts[set] += map.length;
      });
    }
    const r = await (await trainer.submit(batch, settings(0))).result;
    r.lossPerSet.forEach((loss, set) => expect(sums[set] / counts[set]).toBeCloseTo(loss, 6));
  });
});

describe.each([...halves, ...matrices])('the training step, $label', ({ variant }) => {
  it('has the losses and gradients of single precision within a percent, in less memory, and repeats bit for bit', async () => {
    const [single, half, again] = [
      await trainerOf({ sigreg: 0.02 }),
      await trainerOf({ sigreg: 0.02, variant }),
      await trainerOf({ sigreg: 0.02, variant }),
    ];
    const [expected, close, same] = [await run(single, 6), await run(half, 6), await run(again, 6)];
    expect(same.map((r) => r.loss)).toEqual(close.map((r) => r.loss));
    expect(close.map((r) => r.loss)).not.toEqual(expected.map((r) => r.loss));
    for (const of of ['loss', 'encoderNorm', 'predictorNorm'] as const)
      for (const [i, step] of expected.entries()) expect(Math.abs(close[i][of] / step[of] - 1), of).toBeLessThan(0.01);
    expect(half.program.memory.activations).toBeLessThan(single.program.memory.activations);
  });
});
