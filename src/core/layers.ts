// Places in an encoder where features can be read: 0 is the patch embedding with its positions, 1 … depth are the blocks,
// depth + 1 is the last norm, which is what predictor and probes are given.

export const layerCount = (depth: number): number => depth + 2;

export function layerName(layer: number, depth: number): string {
  if (layer === 0) return 'patches';
  return layer > depth ? 'output' : `block ${layer} of ${depth}`;
}

/** The block whose attention belongs to a layer: that which made it, or the nearest there is. */
export const blockOf = (layer: number, depth: number): number => Math.min(Math.max(layer, 1), depth);
