// The attentive probe (official AttentiveClassifier): one learned query looks over all tokens of a clip, and a linear layer
// reads classes off what it brings back. Parameter names are the official ones. Two upstream forms of depth > 1: V-JEPA 1
// runs its further blocks on the query behind the cross-attention, V-JEPA 2 on the tokens before it.

import { mlpHidden } from '../core/config.ts';
import { makeKey, normal, uniform } from '../core/random.ts';
import type { Arena, ParameterSpec } from '../gpu/arena.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { Tiles } from '../ops/attention.ts';
import { crossAttention, type Segments } from '../ops/cross-attention.ts';
import { block, layersOf } from './block.ts';
import { blockParameters, parameter } from './parameters.ts';

/** LayerNorm epsilon of probes: PyTorch's default, not the encoder's 1e-6. */
export const probeEps = 1e-5;

export interface ClassifierSizes {
  /** C, the width of the features */
  dim: number;
  heads: number;
  /** blocks in all, the cross-attention counted in */
  depth: number;
  /** cross-attention with residual, norms and MLP, or alone */
  completeBlock: boolean;
  mlpRatio: number;
  classes: number;
  upstream: 'jepa' | 'vjepa2';
}

const cross = 'pooler.cross_attention_block.';

/** Parameters of an AttentiveClassifier with one query. */
export function classifierParameters(s: ClassifierSizes): ParameterSpec[] {
  const { dim, completeBlock } = s;
  const attention = completeBlock ? `${cross}xattn.` : cross;
  const hidden = mlpHidden(dim, s.mlpRatio);
  const linear = (name: string, out: number, into: number) => [
    parameter(`${name}.weight`, [out, into]),
    parameter(`${name}.bias`, [out]),
  ];
  const norm = (name: string) => [parameter(`${name}.weight`, [dim]), parameter(`${name}.bias`, [dim])];
  // V-JEPA 1 keeps a projection that its forward pass never applies: saved, but neither trained nor decayed
  const unused =
    s.upstream === 'jepa' ? linear(`${attention}proj`, dim, dim).map((p) => ({ ...p, trained: false })) : [];
  return [
    parameter('pooler.query_tokens', [1, 1, dim]),
    ...(completeBlock ? norm(`${cross}norm1`) : []),
    ...linear(`${attention}q`, dim, dim),
    ...linear(`${attention}kv`, 2 * dim, dim),
    ...unused,
    ...(completeBlock
      ? [...norm(`${cross}norm2`), ...linear(`${cross}mlp.fc1`, hidden, dim), ...linear(`${cross}mlp.fc2`, dim, hidden)]
      : []),
    ...Array.from({ length: s.depth - 1 }, (_, i) => blockParameters(`pooler.blocks.${i}.`, dim, s.mlpRatio)).flat(),
    ...linear('linear', s.classes, dim),
  ];
}

/** Which tokens belong to which clip. */
export interface ClipTokens {
  segments: Segments;
  /** tiles of the blocks: over one query a clip (V-JEPA 1) or over the tokens of a clip (V-JEPA 2); null at depth 1 */
  tiles: Tiles | null;
}

/** x (rows, C) tokens of S clips → pooled (S, C) and logits (S, classes). The query's shares are `label/query.p`. */
export function classify(
  plan: Plan,
  arena: Arena,
  s: ClassifierSizes,
  x: Tensor,
  clips: ClipTokens,
  label: string,
): { pooled: Tensor; logits: Tensor } {
  const layers = layersOf(plan, arena, label, probeEps);
  const blocks = (h: Tensor): Tensor => {
    if (clips.tiles)
      for (let i = 0; i < s.depth - 1; i++) h = block(layers, `pooler.blocks.${i}.`, h, clips.tiles, s.heads);
    return h;
  };
  const tokens = s.upstream === 'vjepa2' ? blocks(x) : x;
  const query = layers.weight('pooler.query_tokens'); // (1, C), not normalised
  const attention = s.completeBlock ? `${cross}xattn.` : cross;
  const kv = layers.linear(`${attention}kv`, s.completeBlock ? layers.norm(`${cross}norm1`, tokens) : tokens); // (rows, 2C)
  const q = layers.linear(`${attention}q`, query); // (1, C)
  const residual = s.completeBlock ? query : null;
  let pooled = crossAttention(plan, q, kv, residual, clips.segments, s.heads, `${label}/query`); // (S, C)
  if (s.completeBlock) {
    const hidden = layers.linear(`${cross}mlp.fc1`, layers.norm(`${cross}norm2`, pooled), { gelu: true });
    pooled = layers.linear(`${cross}mlp.fc2`, hidden, { residual: pooled });
  }
  if (s.upstream === 'jepa') pooled = blocks(pooled);
  return { pooled, logits: layers.linear('linear', pooled) };
}

/** Parameters of a softmax regression. */
export const linearParameters = (dim: number, classes: number): ParameterSpec[] => [
  parameter('linear.weight', [classes, dim]),
  parameter('linear.bias', [classes]),
];

/** x (S, C) → logits (S, classes). */
export const classifyLinear = (plan: Plan, arena: Arena, x: Tensor, label: string): Tensor =>
  layersOf(plan, arena, label, probeEps).linear('linear', x);

/**
 * Official start: normal weights of deviation 0.02, proj and fc2 divided by √(2 · layer), biases 0, norms 1 and 0; the last
 * linear layer keeps PyTorch's own start, uniform within ± 1 / √C, bias included.
 */
export function initialClassifier(arena: Arena, dim: number, seed: number): Float32Array<ArrayBuffer> {
  const key = makeKey(seed, 'init probe');
  const values = new Float32Array(arena.size);
  let ordinal = 0;
  for (const p of arena.parameters.values()) {
    const into = values.subarray(p.offset, p.offset + p.size);
    const layer = Number(/blocks\.(\d+)\./.exec(p.name)?.[1] ?? -1) + 2; // the cross-attention is layer 1
    const rescale = /(proj|fc2)\.weight$/.test(p.name) ? 1 / Math.sqrt(2 * layer) : 1;
    if (p.name.startsWith('linear.'))
      for (let i = 0; i < p.size; i++) into[i] = (2 * uniform(key, ordinal, i) - 1) / Math.sqrt(dim);
    else if (/norm\d\.weight$/.test(p.name)) into.fill(1);
    else if (p.shape.length > 1) for (let i = 0; i < p.size; i++) into[i] = 0.02 * rescale * normal(key, ordinal, i);
    ordinal++;
  }
  return values;
}
