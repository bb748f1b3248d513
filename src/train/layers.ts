// Gradients, updates and the teacher's lag, layer by layer: read from the arenas between two steps. Nothing in the step
// itself pays for it.

import type { LayerHealth } from '../core/health-row.ts';
import { relativeDistance, updateRatio } from '../core/health-measures.ts';
import type { Arena } from '../gpu/arena.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { SnapshotReader } from './snapshot.ts';
import type { Networks } from './step.ts';

/** The step that was taken last; its values are what the moments were used with. */
export interface LastStep {
  /** 0-based */
  step: number;
  lr: number;
  weightDecay: number;
  betas: readonly [number, number];
  eps: number;
}

/** blocks.3.attn.qkv.weight → blocks.3; norm.bias → norm */
export function layerOf(name: string): string {
  const [first, second] = name.split('.');
  return /^\d+$/.test(second) ? `${first}.${second}` : first;
}

/** Layers in the order of the network, with the distance of the whole teacher. `last` null: no step was taken yet. */
export async function readLayers(
  reader: SnapshotReader,
  nets: Networks,
  last: LastStep | null,
): Promise<{ layers: LayerHealth[]; lag: number }> {
  const read = async (arena: Arena, tensor: Tensor | null) =>
    tensor && new Float32Array(await reader.bytes(tensor, arena.trained * 4));
  const layers: LayerHealth[] = [];
  let lag = 0;
  for (const [arena, teacher] of [[nets.encoder, nets.target] as const, [nets.predictor, null] as const]) {
    const weights = (await read(arena, arena.weights))!;
    const slow = teacher && (await read(teacher, teacher.weights));
    const [gradient, first, second] = last
      ? [await read(arena, arena.gradients), await read(arena, arena.moments![0]), await read(arena, arena.moments![1])]
      : [null, null, null];
    if (slow) lag = relativeDistance(weights, slow);
    const names = new Map<string, { offset: number; size: number; decay: boolean }[]>();
    for (const p of arena.parameters.values())
      if (p.trained) names.set(layerOf(p.name), [...(names.get(layerOf(p.name)) ?? []), p]);
    for (const [name, parts] of names) {
      const of = (values: Float32Array) => joined(values, parts);
      layers.push({
        name,
        gradient: gradient && Math.hypot(...lengths(gradient, parts)),
        update: first && second && last && updateOf(parts, weights, first, second, last),
        lag: slow && relativeDistance(of(weights), of(slow)),
      });
    }
  }
  return { layers, lag };
}

type Parts = readonly { offset: number; size: number; decay: boolean }[];

const joined = (values: Float32Array, parts: Parts): Float32Array => {
  const out = new Float32Array(parts.reduce((n, p) => n + p.size, 0));
  let at = 0;
  for (const { offset, size } of parts) {
    out.set(values.subarray(offset, offset + size), at);
    at += size;
  }
  return out;
};

const lengths = (values: Float32Array, parts: Parts): number[] =>
  parts.map(({ offset, size }) => {
    let square = 0;
    for (let i = offset; i < offset + size; i++) square += values[i] ** 2;
    return Math.sqrt(square);
  });

/** Decayed and other tensors of a layer move by different rules; their lengths add up. */
function updateOf(
  parts: Parts,
  weights: Float32Array,
  first: Float32Array,
  second: Float32Array,
  last: LastStep,
): number {
  let moved = 0;
  let size = 0;
  for (const decay of [true, false]) {
    const own = parts.filter((p) => p.decay === decay);
    if (!own.length) continue;
    const w = joined(weights, own);
    const ratio = updateRatio(w, joined(first, own), joined(second, own), {
      lr: last.lr,
      weightDecay: decay ? last.weightDecay : 0,
      betas: last.betas,
      eps: last.eps,
      count: last.step + 1,
    });
    const square = w.reduce((sum, v) => sum + v * v, 0);
    size += square;
    moved += ratio ** 2 * square;
  }
  return size > 0 ? Math.sqrt(moved / size) : 0;
}
