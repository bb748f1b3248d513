// A step that predicts pixels, against a forward pass in f64 written clip by clip from the formulas: loss, targets, and a
// few gradients of every parameter by central differences of the whole loss.

import { describe, expect, it } from 'vitest';
import { type Arena, createArenas } from '../gpu/arena.ts';
import { writeParameter } from '../testing/write-parameter.ts';
import { readBuffer, readTensor } from '../gpu/readback.ts';
import { clipShape, type MaskLists } from '../model/pack.ts';
import { encoderParameters, predictorParameters } from '../model/parameters.ts';
import { attentionRef } from '../ops/attention.ref.ts';
import { geluRef, linearRef } from '../ops/linear.ref.ts';
import { layerNormRef } from '../ops/norm.ref.ts';
import { expectClose, likely, type Matrix, noise, testPipelines, variants } from '../testing/check-operation.ts';
import { ErrorMapper } from './error-map.ts';
import { createTrainer, type Trainer } from './trainer.ts';

const model = { crop: 8, patch: 4, frames: 4, tubelet: 2, dim: 8, depth: 1, mlpRatio: 2, predDim: 8, predDepth: 1 };
const tokens = 8;
const width = 3 * 2 * 4 * 4;
const heads = 2;

const random = noise(11);
/** two clips (3, 4, 8, 8) */
const clips = Float32Array.from({ length: 2 * 3 * 4 * 8 * 8 }, random);
const masks: MaskLists[] = [
  {
    context: [
      [0, 1, 5],
      [2, 3],
    ],
    target: [
      [2, 3, 4, 6, 7],
      [0, 1, 4],
    ],
  },
  {
    context: [[1, 6, 7], [4]],
    target: [
      [0, 2],
      [5, 6, 7, 0],
    ],
  },
];

type Weights = Map<string, Matrix>;

/** Value of a clip. */
const at = (clip: number, c: number, t: number, y: number, x: number) =>
  clips[(((clip * 3 + c) * 4 + t) * 8 + y) * 8 + x];

/** The 96 values of a token: channel, frame, line, column. Tokens run over 2 × 2 × 2 places. */
function patchOf(clip: number, token: number): number[] {
  const [t0, y0, x0] = [token >> 2, (token >> 1) & 1, token & 1];
  const values: number[] = [];
  for (let c = 0; c < 3; c++)
    for (const t of [0, 1])
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++) values.push(at(clip, c, t0 * 2 + t, y0 * 4 + y, x0 * 4 + x));
  return values;
}

function normalised(values: number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / 96;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 95);
  return values.map((v) => (v - mean) / (deviation + 1e-6));
}

const matrix = (rows: ArrayLike<number>[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flatMap((row) => Array.from(row))),
});
const rowOf = (m: Matrix, r: number): Float64Array => m.data.subarray(r * m.cols, (r + 1) * m.cols);
const sum = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((v, i) => v + b.data[i]) });

/** Loss of all mask sets: every one the mean of (z − h)² / 2 over its targets and their values. */
function lossOf(w: Weights): number {
  const get = (name: string) => w.get(name)!;
  const dense = (name: string, x: Matrix) => linearRef(x, get(`${name}.weight`), get(`${name}.bias`));
  const norm = (name: string, x: Matrix) => layerNormRef(x, get(`${name}.weight`), get(`${name}.bias`), 1e-6);
  const block = (p: string, x: Matrix) => {
    const mixed = attentionRef(dense(`${p}attn.qkv`, norm(`${p}norm1`, x)), [x.rows], heads);
    const y = sum(x, dense(`${p}attn.proj`, mixed));
    return sum(y, dense(`${p}mlp.fc2`, geluRef(dense(`${p}mlp.fc1`, norm(`${p}norm2`, y)))));
  };
  const perSet = masks.map(({ context, target }, set) => {
    const squares = [0, 1].flatMap((clip) => {
      const [seen, hidden] = [Array.from(context[clip]), Array.from(target[clip])];
      const place = (name: string, list: number[]) => matrix(list.map((n) => rowOf(get(name), n)));
      const raw = matrix(seen.map((n) => patchOf(clip, n)));
      const x = sum(dense('encoder.patch_embed.proj', raw), place('encoder.pos_embed', seen));
      const features = norm('encoder.norm', block('encoder.blocks.0.', x));
      const embedded = dense('predictor.predictor_embed', features);
      const token = get(`predictor.mask_tokens.${set}`).data;
      const all = matrix([...seen.map((_, i) => rowOf(embedded, i)), ...hidden.map(() => token)]);
      const placed = sum(all, place('predictor.predictor_pos_embed', [...seen, ...hidden]));
      const mixed = block('predictor.predictor_blocks.0.', placed);
      const z = dense('predictor.predictor_proj', norm('predictor.predictor_norm', mixed));
      return hidden.flatMap((n, i) => {
        const h = normalised(patchOf(clip, n));
        return Array.from(rowOf(z, seen.length + i), (v, k) => (v - h[k]) ** 2 / 2);
      });
    });
    return squares.reduce((a, b) => a + b, 0) / squares.length;
  });
  return perSet.reduce((a, b) => a + b, 0) / perSet.length;
}

/** A trainer with random weights, and the same weights for the reference. */
async function trainerOf(variant = likely): Promise<{ trainer: Trainer; weights: Weights }> {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const encoder = encoderParameters({ tokens, ...model });
  const predictor = predictorParameters({ tokens, ...model, maskTokens: 2, outDim: width });
  const nets = await createArenas(device, 'a test', (create) => ({
    encoder: create('encoder', encoder, true),
    predictor: create('predictor', predictor, true),
    target: create('target', encoder, false),
  }));
  const weights: Weights = new Map();
  for (const arena of Object.values(nets))
    for (const p of arena.parameters.values()) {
      const values = Float32Array.from(
        { length: p.size },
        () => random() * 0.3 + (/norm.*weight/.test(p.name) ? 1 : 0),
      );
      writeParameter(device, arena, p.name, values);
      const rows = p.shape.length === 1 ? 1 : p.shape[0] === 1 ? p.size / p.shape[2] : p.shape[0];
      weights.set(`${arena.label}.${p.name}`, { rows, cols: p.size / rows, data: Float64Array.from(values) });
    }
  const most = 2 * 2 * tokens;
  const shape = {
    encoder: { depth: 1, heads, shape: clipShape(model) },
    predictor: { depth: 1, heads },
    dim: model.dim,
    tokens,
    clips: 2,
    sets: 2,
    mostContext: most,
    mostTarget: most,
    target: 'pixels' as const,
    exponent: 2,
    regCoeff: 0,
    sigreg: 0,
    sigregSlices: 0,
    sigregTokens: 0,
    betas: [0.9, 0.999] as [number, number],
    eps: 1e-8,
  };
  return { trainer: await createTrainer(pipelines, nets, shape, { variant, keepAll: true }), weights };
}

const settings = { step: 0, lr: 1e-3, weightDecay: 0.04, momentum: 0.9, clip: null };

const gradientsOf = (trainer: Trainer, arena: Arena) =>
  readBuffer(trainer.program.device, arena.gradients!.place!.buffer, 0, arena.size);

describe.each(variants)('a step that predicts pixels ($label)', ({ variant }) => {
  it('has the loss, the targets and the gradients of the formulas', async () => {
    const { trainer, weights } = await trainerOf(variant);
    const r = await (await trainer.submit({ clips, masks }, settings)).result;
    expect(r.loss).toBeCloseTo(lossOf(weights), 5);
    expect(r.tokens).toBe(9 + 9 + 14); // context tokens through the encoder, both through the predictor

    const h = await readTensor(trainer.program.device, trainer.program.plan.find('h'), 2 * tokens * width);
    const expected = [0, 1].flatMap((clip) => Array.from({ length: tokens }, (_, n) => normalised(patchOf(clip, n))));
    expectClose('h', h, expected.flat(), 2e-6);

    for (const arena of [trainer.nets.encoder, trainer.nets.predictor]) {
      const gradients = await gradientsOf(trainer, arena);
      for (const p of arena.parameters.values()) {
        if (!p.trained) continue;
        const places = [0, Math.floor(p.size / 3), p.size - 1];
        const { data } = weights.get(`${arena.label}.${p.name}`)!;
        const slope = (i: number) => {
          const value = data[i];
          const [above, below] = [1e-4, -1e-4].map((step) => {
            data[i] = value + step;
            return lossOf(weights);
          });
          data[i] = value;
          return (above - below) / 2e-4;
        };
        const actual = places.map((i) => gradients[p.offset + i]);
        places.forEach((i, k) => expect(actual[k], `${p.name}[${i}]`).toBeCloseTo(slope(i), 5));
      }
    }
    trainer.destroy();
  });
});

it('does not run the slow encoder, but lets it follow', async () => {
  const { trainer, weights } = await trainerOf();
  expect(trainer.program.plan.tensors.filter((t) => t.name.startsWith('target/')).map((t) => t.name)).toEqual([
    'target/patches',
  ]);
  await (
    await trainer.submit({ clips, masks }, settings)
  ).result;
  const { encoder, target } = trainer.nets;
  const read = async (arena: Arena) => {
    const { offset, size } = arena.parameters.get('blocks.0.mlp.fc1.weight')!;
    return readBuffer(trainer.program.device, arena.weights.place!.buffer, offset * 4, size);
  };
  const fast = await read(encoder);
  const before = weights.get('target.blocks.0.mlp.fc1.weight')!.data;
  expectClose(
    'target',
    await read(target),
    before.map((v, i) => 0.9 * v + 0.1 * fast[i]),
    2e-6,
  );
});

it('error maps of pixels average to the loss of the step', async () => {
  const { trainer } = await trainerOf();
  const mapper = await ErrorMapper.create(await testPipelines(), trainer.nets, trainer.shape, likely);
  const [sums, counts] = [
    [0, 0],
    [0, 0],
  ];
  for (const clip of [0, 1]) {
    const half = clips.slice((clip * clips.length) / 2, ((clip + 1) * clips.length) / 2);
    const lists = masks.map((m) => ({ context: [m.context[clip]], target: [m.target[clip]] }));
    (await mapper.map(half, lists)).forEach((map, set) => {
      sums[set] += map.reduce((a, b) => a + b, 0);
      counts[set] += map.length;
    });
  }
  const r = await (await trainer.submit({ clips, masks }, settings)).result;
  r.lossPerSet.forEach((loss, set) => expect(sums[set] / counts[set]).toBeCloseTo(loss, 5));
});
