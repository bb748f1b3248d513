// The V-JEPA encoder (official VisionTransformer): patch embedding of the kept tokens, positions, blocks, final norm.
// Tokens that a mask drops never enter: they are left out before the first block, as in the official code.

import type { Arena } from '../gpu/arena.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Size, Tensor } from '../gpu/tensor.ts';
import type { Tiles } from '../ops/attention.ts';
import { type ClipShape, patches } from '../ops/patches.ts';
import { block, layersOf } from './block.ts';

/** Packed tokens: which, in which segments. */
export interface TokenSet {
  rows: Size;
  /** (rows, 2): clip and token index */
  tokens: Tensor;
  /** (rows, 1): token index, the row of the position table */
  positions: Tensor;
  tiles: Tiles;
}

export interface EncoderSizes {
  depth: number;
  heads: number;
  shape: ClipShape;
}

/** clips (B, 3 · T · H · W) → features (rows, C), after the final norm. */
export function encode(
  plan: Plan,
  arena: Arena,
  sizes: EncoderSizes,
  clips: Tensor,
  set: TokenSet,
  label: string,
): Tensor {
  const layers = layersOf(plan, arena, label);
  const embedded = plan.during('patches', () => {
    const raw = patches(plan, clips, set.tokens, sizes.shape, `${label}/patches`); // (rows, 3 · tubelet · patch²)
    return layers.linear('patch_embed.proj', raw, { residual: layers.weight('pos_embed'), rows: set.positions }); // (rows, C)
  });
  return plan.during('encoder', () => {
    let x = embedded;
    for (let i = 0; i < sizes.depth; i++) x = block(layers, `blocks.${i}.`, x, set.tiles, sizes.heads);
    return layers.norm('norm', x);
  });
}
