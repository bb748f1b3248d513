// Layer-wise decay of the learning rate (BEiT, MAE; the article fine-tunes with 0.75): layers near the pixels move less,
// for what they know holds for any task.

import type { Arena } from '../gpu/arena.ts';

/** Floats that share a factor: parameters start at multiples of it (see gpu/arena.ts). */
const stretch = 64;

/** 0 the patch embedding, i + 1 block i, depth + 1 the final norm and all that follows the encoder. */
export function layerNumber(name: string, depth: number): number {
  if (name.startsWith('patch_embed.') || name === 'pos_embed') return 0;
  const block = /^blocks\.(\d+)\./.exec(name);
  return block ? Number(block[1]) + 1 : depth + 1;
}

/** Factors of the learning rate of an encoder of `depth` blocks, decay^(depth + 1 − layer) → (1, size / 64). */
export function rateFactors(arena: Arena, depth: number, decay: number): Float32Array<ArrayBuffer> {
  const factors = new Float32Array(arena.size / stretch);
  for (const { name, offset, size } of arena.parameters.values())
    factors.fill(
      decay ** (depth + 1 - layerNumber(name, depth)),
      offset / stretch,
      Math.ceil((offset + size) / stretch),
    );
  return factors;
}
