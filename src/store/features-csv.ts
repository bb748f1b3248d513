// Features as CSV: one line per token, per head, per found token. Places are indices, from 0; blocks and heads have the
// numbers that they have on the screen, from 1.

import { blockOf } from '../core/layers.ts';
import { type Grid, tokenPosition } from '../core/grid.ts';
import { csvText } from '../formats/csv-text.ts';
import type { AttentionMap, FeatureMap, NearToken } from '../protocol/looking-features.ts';
import type { Named } from './look-csv.ts';

type Cell = string | number;
const lines = (rows: Cell[][]): string => rows.map((r) => `${r.join(',')}\n`).join('');

/** Every token of maps of one kind: its place on the axes with its colour, its cosine, or its share in every head. */
export function featuresCsv(maps: Named<{ grid: Grid; map: FeatureMap }>[], layer: number): string {
  if (!maps.length) return '';
  const rows: Cell[][] = [['weights', 'tubelet', 'row', 'column', ...columnsOf(maps[0].value.map, layer)]];
  for (const { weights, value } of maps) {
    const of = cellsOf(value.map, layer);
    for (let n = 0; n < value.grid.t * value.grid.h * value.grid.w; n++) {
      const { t, y, x } = tokenPosition(value.grid, n);
      rows.push([weights, t, y, x, ...of(n)]);
    }
  }
  return lines(rows);
}

function columnsOf(map: FeatureMap, layer: number): string[] {
  switch (map.kind) {
    case 'pca':
      return ['axis_1', 'axis_2', 'axis_3', 'red', 'green', 'blue'];
    case 'similarity':
      return [`cosine_with_token_${map.token}`];
    case 'attention':
      return Array.from({ length: map.heads }, (_, h) => `block_${blockOf(layer, map.depth)}_head_${h + 1}`);
  }
  return map satisfies never;
}

function cellsOf(map: FeatureMap, layer: number): (token: number) => number[] {
  switch (map.kind) {
    case 'pca':
      return (n) => [...map.projected.subarray(3 * n, 3 * n + 3), ...map.colours.subarray(3 * n, 3 * n + 3)];
    case 'similarity':
      return (n) => [map.cosines[n]];
    case 'attention': {
      const N = map.shares.length / (map.depth * map.heads);
      const first = (blockOf(layer, map.depth) - 1) * map.heads;
      return (n) => Array.from({ length: map.heads }, (_, h) => map.shares[(first + h) * N + n]);
    }
  }
  return map satisfies never;
}

/** How far every head reaches. */
export function reachCsv(maps: Named<AttentionMap>[]): string {
  const rows: Cell[][] = [['weights', 'block', 'head', 'pixels', 'frames', 'even_pixels', 'even_frames']];
  for (const { weights, value } of maps)
    value.space.forEach((pixels, i) => {
      const { heads, time, even } = value;
      rows.push([weights, Math.floor(i / heads) + 1, (i % heads) + 1, pixels, time[i], even.space, even.time]);
    });
  return lines(rows);
}

/** The nearest token of every searched clip. */
export function nearCsv(found: Named<NearToken[]>[], grid: Grid, nameOf: (clipId: string) => string): string {
  const rows: Cell[][] = [['weights', 'clip', 'first_frame', 'tubelet', 'row', 'column', 'cosine']];
  for (const { weights, value } of found)
    for (const { clipId, start, token, cosine } of value) {
      const { t, y, x } = tokenPosition(grid, token);
      rows.push([weights, csvText(nameOf(clipId)), start, t, y, x, cosine]);
    }
  return lines(rows);
}
