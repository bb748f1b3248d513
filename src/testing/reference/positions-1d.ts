// Positions along one axis, which the official code has for places in time and no model of the studio asks for.

import { sinCosPositions2d } from '../../model/positions.ts';

/** (length, dim): the half of a table of two axes that belongs to the first. */
export function sinCosPositions1d(dim: number, length: number): Float32Array<ArrayBuffer> {
  const both = sinCosPositions2d(2 * dim, { h: length, w: 1 }); // (length, 2 dim)
  return Float32Array.from({ length: length * dim }, (_, i) => both[Math.floor(i / dim) * 2 * dim + (i % dim)]);
}
