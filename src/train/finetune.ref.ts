// f64 reference of fine-tuning: mean cross-entropy of the whole network, put together from the references of its parts.

import { attentionRef } from '../ops/attention.ref.ts';
import { crossAttentionRef } from '../ops/cross-attention.ref.ts';
import { crossEntropyRef } from '../ops/cross-entropy.ref.ts';
import { geluRef, linearRef } from '../ops/linear.ref.ts';
import { layerNormRef } from '../ops/norm.ref.ts';
import { type Matrix, zeros } from '../testing/check-operation.ts';
import { finetuneArenas, type FinetuneShape } from './finetune.ts';

/** Values of whole arenas, in f64. */
export interface WeightsRef {
  encoder: Float64Array;
  head: Float64Array;
}

const add = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((v, i) => v + b.data[i % b.data.length]) });

/** Layers of one network by official parameter name. */
function layersRef(s: FinetuneShape, weights: WeightsRef, net: 'encoder' | 'head', eps: number) {
  const { parameters } = finetuneArenas(s)[net];
  const weight = (name: string): Matrix => {
    const { shape, offset, size } = parameters.get(name)!;
    const rows = shape.length === 1 ? 1 : shape[0];
    return { rows, cols: size / rows, data: weights[net].slice(offset, offset + size) };
  };
  const linear = (name: string, x: Matrix) => linearRef(x, weight(`${name}.weight`), weight(`${name}.bias`));
  const norm = (name: string, x: Matrix) => layerNormRef(x, weight(`${name}.weight`), weight(`${name}.bias`), eps);
  const block = (prefix: string, x: Matrix, lengths: number[], heads: number): Matrix => {
    const qkv = linear(`${prefix}attn.qkv`, norm(`${prefix}norm1`, x));
    const attended = add(linear(`${prefix}attn.proj`, attentionRef(qkv, lengths, heads)), x);
    return add(
      linear(`${prefix}mlp.fc2`, geluRef(linear(`${prefix}mlp.fc1`, norm(`${prefix}norm2`, attended)))),
      attended,
    );
  };
  return { weight, linear, norm, block };
}

/** clips (B, 3, T, S, S) → tubelets (B · N, 3 · tubelet · patch²), in the order of Conv3d's weights. */
function tubeletsRef(s: FinetuneShape, clips: ArrayLike<number>, B: number): Matrix {
  const { frames, height, width, tubelet, patch } = s.encoder.shape;
  const { tokens } = s.network;
  const [h, w] = [height / patch, width / patch];
  const raw = zeros(B * tokens, 3 * tubelet * patch ** 2);
  let at = 0;
  for (let b = 0; b < B; b++)
    for (let n = 0; n < tokens; n++) {
      const [t, y, x] = [Math.floor(n / (h * w)), Math.floor(n / w) % h, n % w];
      for (let k = 0; k < 3; k++)
        for (let dt = 0; dt < tubelet; dt++)
          for (let dy = 0; dy < patch; dy++)
            for (let dx = 0; dx < patch; dx++) {
              const frame = (b * 3 + k) * frames + t * tubelet + dt;
              raw.data[at++] = clips[(frame * height + y * patch + dy) * width + x * patch + dx];
            }
    }
  return raw;
}

/** Mean loss over the clips; the classifier has a complete block and V-JEPA 1's further blocks on the query. */
export function finetuneLossRef(
  s: FinetuneShape,
  weights: WeightsRef,
  clips: ArrayLike<number>,
  labels: number[],
): number {
  const B = labels.length;
  const { tokens } = s.network;
  const each = (rows: number) => Array<number>(B).fill(rows);
  const e = layersRef(s, weights, 'encoder', 1e-6);
  const positions = e.weight('pos_embed'); // (1, N · C), the same for every clip
  let x = add(e.linear('patch_embed.proj', tubeletsRef(s, clips, B)), positions);
  for (let i = 0; i < s.encoder.depth; i++) x = e.block(`blocks.${i}.`, x, each(tokens), s.encoder.heads);
  x = e.norm('norm', x);

  const h = layersRef(s, weights, 'head', 1e-5);
  const cross = 'pooler.cross_attention_block.';
  const query: Matrix = { ...h.weight('pooler.query_tokens'), rows: 1 };
  const kv = h.linear(`${cross}xattn.kv`, h.norm(`${cross}norm1`, x));
  let pooled = crossAttentionRef(h.linear(`${cross}xattn.q`, query), kv, query, each(tokens), s.head.heads);
  pooled = add(
    h.linear(`${cross}mlp.fc2`, geluRef(h.linear(`${cross}mlp.fc1`, h.norm(`${cross}norm2`, pooled)))),
    pooled,
  );
  for (let i = 0; i < s.head.depth - 1; i++) pooled = h.block(`pooler.blocks.${i}.`, pooled, each(1), s.head.heads);
  const logits = h.linear('linear', pooled);
  const { loss } = crossEntropyRef(logits.data, labels, Array<number>(B).fill(1 / B), s.head.classes);
  return loss.reduce((sum, v) => sum + v, 0) / B;
}
