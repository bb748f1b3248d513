// From masks to the tables of a packed batch. Tokens of all mask sets and clips lie one behind the other, set by set and
// clip by clip, without padding; these tables say which token, position, segment and target every row is.

import type { ClipShape } from '../ops/patches.ts';
import { tileTable } from '../ops/attention.ts';
import { MASK } from '../ops/assemble.ts';
import { invert } from '../ops/gather.ts';

/** Token lists of one mask set, one per clip, ascending. */
export interface MaskLists {
  context: ArrayLike<number>[];
  target: ArrayLike<number>[];
}

type Table = Uint32Array<ArrayBuffer>;

/** Tokens of one encoder pass. */
export interface TokenTables {
  /** (rows, 2): clip, token */
  tokens: Table;
  /** (rows): token */
  positions: Table;
  /** (tiles, 4), see ops/attention.ts */
  tiles: Table;
}

export interface Pack {
  context: TokenTables;
  predictor: {
    source: Table;
    inverse: Table;
    targets: Table;
    /** targets ordered by mask token; the same as `targets` when every set has a token of its own */
    byMask: Table;
    targetInverse: Table;
    ranges: Table;
    tiles: Table;
  };
  loss: {
    /** (Ntgt): row of the full pass, clip · N + token */
    target: Table;
    /** (Ntgt): 1 / (sets · tokens of the set · width of a target) */
    share: Float32Array<ArrayBuffer>;
    /** (sets · B, 2): first row and row count of every segment of predictions */
    segments: Table;
    /** predictions of each set */
    perSet: number[];
  };
  counts: { Nctx: number; Ntgt: number; Npred: number; Tctx: number; Tpred: number };
}

/** Segments of the same tokens: lists in packed order with the clip each belongs to. */
function tokenTables(lists: ArrayLike<number>[], clipOf: (list: number) => number): TokenTables {
  const lengths = lists.map((l) => l.length);
  const rows = lengths.reduce((a, b) => a + b, 0);
  const tokens = new Uint32Array(rows * 2);
  const positions = new Uint32Array(rows);
  let row = 0;
  lists.forEach((list, i) => {
    for (let j = 0; j < list.length; j++, row++) {
      tokens[2 * row] = clipOf(i);
      tokens[2 * row + 1] = list[j];
      positions[row] = list[j];
    }
  });
  return { tokens, positions, tiles: tileTable(lengths) };
}

/** All tokens of `clips` clips; the pass of the target encoder. */
export function packFull(clips: number, tokens: number): TokenTables {
  const all = Uint32Array.from({ length: tokens }, (_, n) => n);
  return tokenTables(
    Array.from({ length: clips }, () => all),
    (i) => i,
  );
}

/**
 * Tables of one step. sets: lists of B masks each; `copies` clips per mask (num_clips, clip-major as in the official
 * repeat_interleave_batch); tokens N of a clip; `dim` the width of a target. Mask set s uses mask token s mod `maskTokens`.
 */
export function packMasks(
  sets: MaskLists[],
  copies: number,
  tokens: number,
  dim: number,
  maskTokens = sets.length,
): Pack {
  const B = sets[0].context.length;
  const clips = B * copies;
  const tiled = (lists: ArrayLike<number>[]) => Array.from({ length: clips }, (_, i) => lists[i % B]);
  const context = sets.flatMap((s) => tiled(s.context));
  const target = sets.flatMap((s) => tiled(s.target));
  const contextTables = tokenTables(context, (i) => i % clips);

  const Nctx = contextTables.positions.length;
  const Ntgt = target.reduce((n, l) => n + l.length, 0);
  const Npred = Nctx + Ntgt;
  const source = new Uint32Array(Npred * 2);
  const inverse = new Uint32Array(Nctx);
  const targets = new Uint32Array(Ntgt);
  const targetRows = new Uint32Array(Ntgt);
  const share = new Float32Array(Ntgt);
  const segments = new Uint32Array(sets.length * clips * 2);
  const perSet = sets.map((_, s) => target.slice(s * clips, (s + 1) * clips).reduce((n, l) => n + l.length, 0));
  let row = 0;
  let contextRow = 0;
  let targetRow = 0;
  for (let i = 0; i < context.length; i++) {
    const set = Math.floor(i / clips);
    segments[2 * i] = targetRow;
    segments[2 * i + 1] = target[i].length;
    for (let j = 0; j < context[i].length; j++, row++, contextRow++) {
      source[2 * row] = contextRow;
      source[2 * row + 1] = context[i][j];
      inverse[contextRow] = row;
    }
    for (let j = 0; j < target[i].length; j++, row++, targetRow++) {
      source[2 * row] = MASK + (set % maskTokens);
      source[2 * row + 1] = target[i][j];
      targets[targetRow] = row;
      targetRows[targetRow] = (i % clips) * tokens + target[i][j];
      share[targetRow] = 1 / (sets.length * perSet[set] * dim);
    }
  }
  const { byMask, ranges } = orderByMask(targets, perSet, maskTokens);
  const tiles = tileTable(context.map((c, i) => c.length + target[i].length));
  return {
    context: contextTables,
    predictor: { source, inverse, targets, byMask, targetInverse: invert(targets, Npred), ranges, tiles },
    loss: { target: targetRows, share, segments, perSet },
    counts: { Nctx, Ntgt, Npred, Tctx: contextTables.tiles.length / 4, Tpred: tiles.length / 4 },
  };
}

/** Groups the target rows of all sets by mask token; ranges (maskTokens, 2) are their places in the list. */
function orderByMask(targets: Table, perSet: number[], maskTokens: number): { byMask: Table; ranges: Table } {
  const byMask = new Uint32Array(targets.length);
  const ranges = new Uint32Array(maskTokens * 2);
  const first = perSet.map((_, s) => perSet.slice(0, s).reduce((a, b) => a + b, 0));
  let at = 0;
  for (let k = 0; k < maskTokens; k++) {
    ranges[2 * k] = at;
    for (let s = k; s < perSet.length; s += maskTokens) {
      byMask.set(targets.subarray(first[s], first[s] + perSet[s]), at);
      at += perSet[s];
    }
    ranges[2 * k + 1] = at;
  }
  return { byMask, ranges };
}

/** Rows that SIGReg looks at: up to `most` context tokens of every set, chosen by `order` (a permutation of its rows). */
export function packSigreg(
  contextPerSet: number[],
  most: number,
  order: (set: number, rows: number) => ArrayLike<number>,
): { index: Table; inverse: Table; sets: Table; perSet: number[] } {
  const perSet = contextPerSet.map((n) => Math.min(n, most));
  const index = new Uint32Array(perSet.reduce((a, b) => a + b, 0));
  const sets = new Uint32Array(perSet.length * 2);
  let first = 0;
  let at = 0;
  contextPerSet.forEach((rows, set) => {
    sets[2 * set] = at;
    sets[2 * set + 1] = perSet[set];
    const chosen = order(set, rows);
    for (let j = 0; j < perSet[set]; j++) index[at++] = first + chosen[j];
    first += rows;
  });
  return { index, inverse: invert(index, first), sets, perSet };
}

/** Shape of clips for the patch kernel. */
export const clipShape = (m: { frames: number; crop: number; tubelet: number; patch: number }): ClipShape => ({
  frames: m.frames,
  height: m.crop,
  width: m.crop,
  tubelet: m.frames === 1 ? 1 : m.tubelet,
  patch: m.patch,
});
