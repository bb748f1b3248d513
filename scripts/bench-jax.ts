// The training step "studio-small" and its kernels in jax-js (MIT), measured in the same run as ours: the nearest other way
// to train in a browser. The same architecture, tokens, loss, AdamW and EMA; context tokens come first in every clip, so
// that no gather is needed, which jax-js cannot differentiate under jit.

import { defaultDevice, init, jit, nn, numpy as np, type Array as JaxArray, tree, valueAndGrad } from '@jax-js/jax';
import type { ModelConfig } from '../src/core/config.ts';
import { layoutArena } from '../src/gpu/arena.ts';
import { initialWeights, networkArenas } from '../src/model/initialise.ts';
import type { StepBatch } from '../src/train/trainer.ts';

type Meter = () => Promise<number>;
type Weights = Record<string, JaxArray>;

export interface PeerReport {
  kernels: { name: string; detail: string; flops: number; cpuMilliseconds: number }[];
  step: { firstStepMilliseconds: number; milliseconds: number; cpuMilliseconds: number; losses: number[] };
}

const linear = (p: Weights, name: string, x: JaxArray): JaxArray =>
  np.matmul(x, p[`${name}.weight`].ref.transpose()).add(p[`${name}.bias`].ref);

function layerNorm(x: JaxArray, eps: number, affine?: { weight: JaxArray; bias: JaxArray }): JaxArray {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = centred.ref.mul(centred.ref).mean(-1, { keepdims: true });
  const y = centred.mul(np.reciprocal(np.sqrt(variance.add(eps))));
  return affine ? y.mul(affine.weight.ref).add(affine.bias.ref) : y;
}

const norm = (p: Weights, name: string, x: JaxArray): JaxArray =>
  layerNorm(x, 1e-6, { weight: p[`${name}.weight`], bias: p[`${name}.bias`] });

/** qkv (B, N, 3C) → (B, N, C) */
function attend(qkv: JaxArray, heads: number): JaxArray {
  const [B, N, width] = qkv.shape;
  const D = width / 3 / heads;
  const [q, k, v] = np.split(qkv.reshape([B, N, 3, heads, D]), 3, 2).map((t) => t.reshape([B, N, heads, D]));
  return nn.dotProductAttention(q, k, v).reshape([B, N, heads * D]);
}

function block(p: Weights, prefix: string, x: JaxArray, heads: number): JaxArray {
  const mixed = attend(linear(p, `${prefix}attn.qkv`, norm(p, `${prefix}norm1`, x.ref)), heads);
  const attended = x.add(linear(p, `${prefix}attn.proj`, mixed));
  const hidden = nn.gelu(linear(p, `${prefix}mlp.fc1`, norm(p, `${prefix}norm2`, attended.ref)), {
    approximate: false,
  });
  return attended.add(linear(p, `${prefix}mlp.fc2`, hidden));
}

const rows = (table: JaxArray, from: number, to: number): JaxArray => np.split(table, [from, to], 1)[1];

/** patches (B, n, V) of tokens 0 … n-1 → features (B, n, C) */
function encode(p: Weights, m: ModelConfig, patches: JaxArray): JaxArray {
  const n = patches.shape[1];
  let x = linear(p, 'patch_embed.proj', patches).add(rows(p.pos_embed.ref, 0, n));
  for (let i = 0; i < m.depth; i++) x = block(p, `blocks.${i}.`, x, m.heads);
  return norm(p, 'norm', x);
}

/** context (B, n, C), set s → predictions of tokens n … (B, N - n, C) */
function predict(p: Weights, m: ModelConfig, context: JaxArray, set: number, tokens: number): JaxArray {
  const [B, n] = context.shape;
  const seen = linear(p, 'predictor_embed', context).add(rows(p.predictor_pos_embed.ref, 0, n));
  const asked = rows(p.predictor_pos_embed.ref, n, tokens).add(p[`mask_tokens.${set}`].ref);
  let x = np.concatenate([seen, np.broadcastTo(asked, [B, tokens - n, m.predDim])], 1);
  for (let i = 0; i < m.predDepth; i++) x = block(p, `predictor_blocks.${i}.`, x, m.predHeads);
  return linear(p, 'predictor_proj', norm(p, 'predictor_norm', rows(x, n, tokens)));
}

/** Official start weights as a tree of arrays with the official names; a linear weight is (out, in). */
async function weights(m: ModelConfig, which: 'encoder' | 'predictor'): Promise<Weights> {
  const arena = networkArenas(m, 2, layoutArena)[which];
  const values = await initialWeights(arena, m, 0, which);
  return Object.fromEntries(
    [...arena.parameters.values()].map(({ name, shape, offset, size }) => {
      const matrix = name.includes('patch_embed') && shape.length > 1 ? [shape[0], size / shape[0]] : shape;
      return [name, np.array(values.slice(offset, offset + size)).reshape(matrix)];
    }),
  );
}

/** Tubelets of a clip (3, T, S, S) in the order of the Conv3d kernel → (N, V) */
function patchRows(clip: Float32Array, m: ModelConfig): Float32Array {
  const { frames: T, crop: S, patch: P, tubelet } = m;
  const side = S / P;
  const V = 3 * tubelet * P * P;
  const out = new Float32Array((T / tubelet) * side * side * V);
  let at = 0;
  for (let t = 0; t < T; t += tubelet)
    for (let y = 0; y < S; y += P)
      for (let x = 0; x < S; x += P)
        for (let c = 0; c < 3; c++)
          for (let dt = 0; dt < tubelet; dt++)
            for (let dy = 0; dy < P; dy++)
              for (let dx = 0; dx < P; dx++) out[at++] = clip[((c * T + t + dt) * S + y + dy) * S + x + dx];
  return out;
}

const isFixed = (name: string): boolean => name.endsWith('pos_embed');
const decays = (name: string, value: JaxArray): boolean => value.shape.length > 1 && !name.includes('bias');

export async function peerStep(
  m: ModelConfig,
  batch: StepBatch,
  meter: Meter,
  steps: number,
): Promise<PeerReport['step']> {
  await init('webgpu');
  defaultDevice('webgpu');
  const started = performance.now();
  const B = batch.masks[0].context.length;
  const counts = batch.masks.map((s) => s.context[0].length);
  const clipSize = batch.clips.length / B;
  const all = Array.from({ length: B }, (_, b) => patchRows(batch.clips.subarray(b * clipSize, (b + 1) * clipSize), m));
  const V = 3 * m.tubelet * m.patch * m.patch;
  const N = all[0].length / V;
  const packed = (n: number) => {
    const out = new Float32Array(B * n * V);
    all.forEach((rowsOf, b) => out.set(rowsOf.subarray(0, n * V), b * n * V));
    return np.array(out).reshape([B, n, V]);
  };
  const full = packed(N);
  const seen = counts.map(packed);

  const loss = (p: { encoder: Weights; predictor: Weights }, h: JaxArray, c0: JaxArray, c1: JaxArray): JaxArray => {
    const terms = [c0, c1].map((patches, set) => {
      const z = predict(p.predictor, m, encode(p.encoder, m, patches), set, N);
      return np.abs(z.sub(rows(h.ref, counts[set], N))).mean();
    });
    return terms[0].add(terms[1]).mul(0.5);
  };

  const step = jit(
    (
      p: { encoder: Weights; predictor: Weights },
      target: Weights,
      m1: { encoder: Weights; predictor: Weights },
      m2: { encoder: Weights; predictor: Weights },
      corrections: JaxArray,
      whole: JaxArray,
      c0: JaxArray,
      c1: JaxArray,
    ) => {
      const h = layerNorm(encode(target, m, whole), 1e-5);
      const [value, gradient] = valueAndGrad(loss)(tree.ref(p), h, c0, c1);
      const [rate, root] = np.split(corrections, 2, 0).map((t) => t.reshape([]));
      const next = {
        p: { encoder: {} as Weights, predictor: {} as Weights },
        m1: { encoder: {} as Weights, predictor: {} as Weights },
        m2: { encoder: {} as Weights, predictor: {} as Weights },
      };
      for (const net of ['encoder', 'predictor'] as const)
        for (const name of Object.keys(p[net])) {
          const value_ = p[net][name];
          const g = gradient[net][name];
          if (isFixed(name)) {
            next.p[net][name] = value_.ref;
            next.m1[net][name] = m1[net][name].ref;
            next.m2[net][name] = m2[net][name].ref;
            continue;
          }
          const first = m1[net][name].ref.mul(0.9).add(g.ref.mul(0.1));
          const second = m2[net][name].ref.mul(0.999).add(g.ref.mul(g.ref).mul(0.001));
          const shrunk = decays(name, value_) ? value_.ref.mul(1 - 1e-4 * 0.04) : value_.ref;
          next.p[net][name] = shrunk.sub(first.ref.mul(rate.ref).div(np.sqrt(second.ref).div(root.ref).add(1e-8)));
          next.m1[net][name] = first;
          next.m2[net][name] = second;
        }
      const slow: Weights = {};
      for (const name of Object.keys(target))
        slow[name] = target[name].ref.mul(0.99).add(next.p.encoder[name].ref.mul(0.01));
      return { value, p: next.p, target: slow, m1: next.m1, m2: next.m2 };
    },
  );

  const zeros = (w: Weights): Weights =>
    Object.fromEntries(Object.entries(w).map(([name, v]) => [name, np.zeros(v.shape)]));
  let p = { encoder: await weights(m, 'encoder'), predictor: await weights(m, 'predictor') };
  let target = await weights(m, 'encoder');
  let m1 = { encoder: zeros(p.encoder), predictor: zeros(p.predictor) };
  let m2 = { encoder: zeros(p.encoder), predictor: zeros(p.predictor) };
  const losses: number[] = [];
  const take = async (t: number) => {
    const corrections = np.array(new Float32Array([1e-4 / (1 - 0.9 ** t), Math.sqrt(1 - 0.999 ** t)]));
    const out = step(p, target, m1, m2, corrections, full.ref, seen[0].ref, seen[1].ref);
    ({ p, target, m1, m2 } = out);
    for (const array of tree.leaves({ p, target, m1, m2 })) await (array as JaxArray).blockUntilReady();
    losses.push((await out.value.data())[0]);
  };
  await take(1);
  const firstStepMilliseconds = performance.now() - started;
  const cpu = await meter();
  const timed = performance.now();
  for (let t = 2; t < 2 + steps; t++) await take(t);
  const milliseconds = (performance.now() - timed) / steps;
  return { firstStepMilliseconds, milliseconds, cpuMilliseconds: (((await meter()) - cpu) * 1000) / steps, losses };
}

/** Products and attention at the shapes of small ViTs, forward. */
export async function peerKernels(meter: Meter): Promise<PeerReport['kernels']> {
  await init('webgpu');
  defaultDevice('webgpu');
  const random = (...shape: number[]) =>
    np
      .array(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.77)))
      .reshape(shape);
  const found: PeerReport['kernels'] = [];
  const time = async (name: string, detail: string, flops: number, run: () => JaxArray) => {
    await run().blockUntilReady();
    const cpu = await meter();
    const times = 6;
    for (let i = 0; i < times; i++) (await run().blockUntilReady()).dispose();
    found.push({ name, detail, flops, cpuMilliseconds: (((await meter()) - cpu) * 1000) / times });
  };
  for (const [n, width, out] of [
    [1024, 192, 576],
    [1024, 192, 768],
    [1024, 768, 192],
    [2048, 96, 384],
  ]) {
    const [x, w, b] = [random(n, width), random(out, width), random(out)];
    const f = jit((a: JaxArray, k: JaxArray, c: JaxArray) => np.matmul(a, k.transpose()).add(c));
    await time(`product, ${n} × ${width} → ${out}`, 'forward', 2 * n * width * out, () => f(x.ref, w.ref, b.ref));
  }
  for (const [segments, n, heads, D] of [
    [1, 256, 3, 64],
    [1, 512, 3, 64],
    [8, 256, 3, 32],
  ]) {
    const qkv = random(segments, n, 3 * heads * D);
    const f = jit((t: JaxArray) => attend(t, heads));
    const label = `attention, ${segments > 1 ? `${segments} × ` : ''}${n} tokens, ${heads} heads of ${D}`;
    await time(label, 'forward', 4 * n * n * heads * D * segments, () => f(qkv.ref));
    const back = jit((t: JaxArray) => valueAndGrad((u: JaxArray) => attend(u, heads).sum())(t)[1]);
    await time(label, 'forward and backward', 12 * n * n * heads * D * segments, () => back(qkv.ref));
  }
  return found;
}
