// The V-JEPA predictor (official VisionTransformerPredictor): a narrow transformer that sees context features and mask
// tokens, each with the position of its token, and returns features for the mask tokens (or pixels: the width V of its last
// layer decides).

import type { Arena } from '../gpu/arena.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { assemble, type AssembleTables } from '../ops/assemble.ts';
import type { Tiles } from '../ops/attention.ts';
import { gather } from '../ops/gather.ts';
import { block, layersOf } from './block.ts';

export interface PredictorTables extends AssembleTables {
  tiles: Tiles;
  /** (Ntgt, 1): rows that are targets, in the order of the predictions */
  targets: Tensor;
  /** (rows, 1): for each row its place among the targets, or NONE */
  targetInverse: Tensor;
}

/** context (Nctx, C) → predictions (Ntgt, V), ordered as `tables.targets`. */
export function predict(
  plan: Plan,
  arena: Arena,
  sizes: { depth: number; heads: number },
  context: Tensor,
  tables: PredictorTables,
  label: string,
): Tensor {
  const layers = layersOf(plan, arena, label);
  const embedded = layers.linear('predictor_embed', context); // (Nctx, P)
  let x = assemble(
    plan,
    embedded,
    layers.weight('mask_tokens'),
    layers.weight('predictor_pos_embed'),
    tables,
    `${label}/assemble`,
  ); // (Npred, P)
  for (let i = 0; i < sizes.depth; i++) x = block(layers, `predictor_blocks.${i}.`, x, tables.tiles, sizes.heads);
  // The official code normalises all rows and then keeps the targets; row by row that is the same.
  const targets = gather(plan, x, { index: tables.targets, inverse: tables.targetInverse }, `${label}/targets`); // (Ntgt, P)
  return layers.linear('predictor_proj', layers.norm('predictor_norm', targets)); // (Ntgt, V)
}
