// What the panes of features show, worked out of what the worker answered.

import { blockOf } from '../core/layers.ts';
import type { AttentionMap, FeatureMap } from '../protocol/looking-features.ts';

/** Shares of one block and head, (N); without a head the mean of all. */
export function sharesOf(map: AttentionMap, layer: number, head: number | null): Float32Array {
  const { shares, depth, heads } = map;
  const N = shares.length / (depth * heads);
  const block = blockOf(layer, depth) - 1;
  const of = (h: number) => shares.subarray((block * heads + h) * N, (block * heads + h + 1) * N);
  if (head !== null) return of(Math.min(head, heads - 1));
  const mean = new Float32Array(N);
  for (let h = 0; h < heads; h++) for (let n = 0; n < N; n++) mean[n] += of(h)[n] / heads;
  return mean;
}

/** Whether no token gets half as much again as every token would, shared out evenly: the picture then shows nothing. */
export const nearUniform = (shares: ArrayLike<number>): boolean =>
  Math.max(...Array.from(shares)) < 1.5 / shares.length;

/** Reach of one block and head, or the mean of all heads. */
export function reachOf(values: Float32Array, map: AttentionMap, layer: number, head: number | null): number {
  const block = blockOf(layer, map.depth) - 1;
  const row = values.subarray(block * map.heads, (block + 1) * map.heads);
  return head === null ? row.reduce((a, b) => a + b, 0) / row.length : row[Math.min(head, row.length - 1)];
}

/** The lowest cosine of several maps: the same scale for all that stand side by side. */
export function lowestCosine(maps: (FeatureMap | null)[]): number {
  let low = 1;
  for (const map of maps) if (map?.kind === 'similarity') for (const v of map.cosines) low = Math.min(low, v);
  return low;
}

export const percent = (share: number): string =>
  share >= 0.1 ? `${(100 * share).toFixed(0)} %` : `${(100 * share).toPrecision(2)} %`;

/** Numbers of a token: its place on the axes, its cosine, its share of the attention. */
export function tokenNumbers(map: FeatureMap, token: number, layer: number, head: number | null): string {
  switch (map.kind) {
    case 'pca':
      return Array.from(map.projected.subarray(3 * token, 3 * token + 3), (v) => v.toFixed(2)).join(', ');
    case 'similarity':
      return map.cosines[token].toFixed(3);
    case 'attention':
      return percent(sharesOf(map, layer, head)[token]);
  }
  return map satisfies never;
}
