// A pre-norm transformer block (official Block): x += attn(norm1(x)); x += mlp(norm2(x)).

import { type Arena, weight } from '../gpu/arena.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { attention, type Tiles } from '../ops/attention.ts';
import { linear, type LinearOptions } from '../ops/linear.ts';
import { layerNorm } from '../ops/norm.ts';

/** LayerNorm epsilon of encoder and predictor; probes and the target normalisation use 1e-5. */
const normEps = 1e-6;

/** The layers of one network, by official parameter name, with tensors named `label/…`. */
export interface Layers {
  plan: Plan;
  linear: (name: string, x: Tensor, options?: Omit<LinearOptions, 'name'>) => Tensor;
  norm: (name: string, x: Tensor, type?: 'f32' | 'f16') => Tensor;
  weight: (name: string) => Tensor;
  /** prefix of tensor names */
  label: string;
}

export function layersOf(plan: Plan, arena: Arena, label: string, eps = normEps): Layers {
  return {
    plan,
    label,
    weight: (name) => weight(arena, name),
    linear: (name, x, options = {}) =>
      linear(plan, x, weight(arena, `${name}.weight`), weight(arena, `${name}.bias`), {
        name: `${label}/${name}`,
        ...options,
      }),
    norm: (name, x, type) =>
      layerNorm(
        plan,
        x,
        { gamma: weight(arena, `${name}.weight`), beta: weight(arena, `${name}.bias`) },
        eps,
        `${label}/${name}`,
        type,
      ),
  };
}

/** x (rows, C) → (rows, C); attention stays within the segments of `tiles`. */
export const block = (layers: Layers, prefix: string, x: Tensor, tiles: Tiles, heads: number): Tensor =>
  layers.plan.remade(x, () => recordBlock(layers, prefix, x, tiles, heads));

/**
 * With `storage: 'half'` all that lies between the two sums is stored by halves; the sums, which run through all blocks, are
 * not, as under PyTorch's autocast.
 */
function recordBlock(layers: Layers, prefix: string, x: Tensor, tiles: Tiles, heads: number): Tensor {
  const type = layers.plan.variant.storage === 'half' ? 'f16' : 'f32';
  const qkv = layers.linear(`${prefix}attn.qkv`, layers.norm(`${prefix}norm1`, x, type), { type }); // (rows, 3C)
  const mixed = attention(layers.plan, qkv, tiles, heads, `${layers.label}/${prefix}attn`); // (rows, C)
  const attended = layers.linear(`${prefix}attn.proj`, mixed, { residual: x });
  const normed = layers.norm(`${prefix}norm2`, attended, type);
  const hidden = layers.linear(`${prefix}mlp.fc1`, normed, { gelu: true, type }); // (rows, 4C)
  return layers.linear(`${prefix}mlp.fc2`, hidden, { residual: attended });
}
