// What is measured of a part of the kernels: one shape, forward and backward, with fixed numbers going in, so that forms can be
// held against each other by what comes out.

import type { Variant } from '../core/variant.ts';
import { makeKey, normal } from '../core/random.ts';
import { bytesOf } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { root, type Tensor } from '../gpu/tensor.ts';
import type { Stopwatch } from '../gpu/timing.ts';
import { block, type Layers } from '../model/block.ts';
import { attention, mostTiles, tileTable } from '../ops/attention.ts';
import { linear } from '../ops/linear.ts';
import { layerNorm } from '../ops/norm.ts';

/** Rows of the trial: those of a small model's batch. */
const rows = 1024;
/** Milliseconds of timed work per candidate. */
const fill = 60;

/** Records a part and says what it computes. */
const trials: Record<keyof Variant, (plan: Plan) => Tensor[]> = {
  product(plan) {
    const [x, w, b] = [plan.input('x', rows, 192), plan.input('w', 768, 192), plan.input('b', 1, 768)];
    for (const t of [x, w, b]) t.needsGradient = true;
    const y = linear(plan, x, w, b, { name: 'y' });
    plan.seedGradient(y, plan.input('dy', rows, 768));
    plan.backward();
    return [y, ...[x, w, b].map((t) => plan.gradientOf(t))];
  },
  attention(plan) {
    const qkv = plan.input('qkv', rows, 3 * 192);
    qkv.needsGradient = true;
    const count = mostTiles(256, 0) * (rows / 256);
    const out = attention(plan, qkv, { table: plan.input('tiles', count, 4, 'u32'), count }, 3, 'out');
    plan.seedGradient(out, plan.input('dout', rows, 192));
    plan.backward();
    return [out, plan.gradientOf(qkv)];
  },
  rows(plan) {
    const [x, gamma, beta] = [plan.input('x', rows, 192), plan.input('gamma', 1, 192), plan.input('beta', 1, 192)];
    for (const t of [x, gamma, beta]) t.needsGradient = true;
    const y = layerNorm(plan, x, { gamma, beta }, 1e-6, 'y');
    plan.seedGradient(y, plan.input('dy', rows, 192));
    plan.backward();
    return [y, ...[x, gamma, beta].map((t) => plan.gradientOf(t))];
  },
  // what is stored by halves lies between the kernels of a block: all of them together
  storage(plan) {
    const [x, dy] = [plan.input('x', rows, 192), plan.input('dy', rows, 192)];
    x.needsGradient = true;
    const count = mostTiles(256, 0) * (rows / 256);
    const tiles = { table: plan.input('tiles', count, 4, 'u32'), count };
    const y = block(trialLayers(plan), '', x, tiles, 3);
    plan.seedGradient(y, dy);
    plan.backward();
    return [y, plan.gradientOf(x)];
  },
};

/** Layers of a block of 192 channels with weights that are inputs: nothing is trained here. */
function trialLayers(plan: Plan): Layers {
  const outputsOf = (name: string) => (name.endsWith('qkv') ? 3 : name.endsWith('fc1') ? 4 : 1) * 192;
  const weight = (name: string, outputs: number, inputs: number) => {
    const w = plan.input(name, outputs, inputs);
    w.needsGradient = true;
    return w;
  };
  return {
    plan,
    label: 'trial',
    weight: (name) => weight(name, 1, 192),
    linear: (name, x, options = {}) => {
      const outputs = outputsOf(name);
      return linear(plan, x, weight(`${name}.w`, outputs, x.cols), weight(`${name}.b`, 1, outputs), {
        name,
        ...options,
      });
    },
    norm: (name, x, type) =>
      layerNorm(plan, x, { gamma: weight(`${name}.g`, 1, 192), beta: weight(`${name}.b`, 1, 192) }, 1e-6, name, type),
  };
}

/** What a trial gives. */
export interface Trial {
  milliseconds: number;
  /** results and gradients, each a tensor */
  values: Float32Array[];
}

/** Fixed numbers for an input, normal and of the size that activations and weights have. */
function numbers(t: Tensor, count: number): Float32Array<ArrayBuffer> {
  const key = makeKey(0, t.name);
  const pool = Float32Array.from({ length: 4093 }, (_, i) => 0.1 * normal(key, 0, i)); // a prime: no two rows are alike
  return Float32Array.from({ length: count }, (_, i) => pool[i % pool.length]);
}

/** Measures a part in a variant. Throws StudioError 'shader' when the adapter's compiler refuses it. */
export async function trial(
  pipelines: PipelineCache,
  stopwatch: Stopwatch,
  part: keyof Variant,
  variant: Variant,
): Promise<Trial> {
  const { device } = pipelines;
  const plan = new Plan({ most: {}, variant, keepAll: true });
  const results = trials[part](plan);
  const program = await compile(plan, pipelines);
  try {
    for (const t of plan.tensors) {
      const { place } = root(t);
      if (t.role !== 'input' || !place) continue;
      const given = t.name === 'tiles' ? tileTable([256, 256, 256, 256]) : numbers(t, bytesOf(plan, t) / 4);
      device.queue.writeBuffer(place.buffer, place.offset, given);
    }
    const { milliseconds } = await stopwatch.time(program, {}, fill);
    const values = await Promise.all(results.map((t) => readTensor(device, t, plan.mostOf(t.rows) * t.cols)));
    return { milliseconds, values };
  } finally {
    program.destroy();
  }
}

/** Whether two trials computed the same, to what their precision can be off. */
export function agree(a: Trial, b: Trial, half: boolean): boolean {
  const tolerance = half ? 2e-2 : 1e-3;
  return a.values.every((values, i) => {
    let largest = 0;
    for (const v of values) largest = Math.max(largest, Math.abs(v));
    const other = b.values[i];
    // also false for what is not a number
    return values.every((v, j) => Math.abs(v - other[j]) <= tolerance * largest);
  });
}
