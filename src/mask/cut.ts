// How the lists of a batch are brought to one length, and the complements that V-JEPA 2 can take of them.

import type { MaskConfig, MaskCut } from '../core/config.ts';
import { ownRoom, type Room, type TokenList } from './room.ts';

/** One mask set: a context and a target list per clip, ascending token indices. */
export interface MaskSet {
  context: TokenList[];
  target: TokenList[];
}

/** A source of whole numbers below n. */
export type DrawInteger = (n: number) => number;

/** The lists that a step uses: cut, then complemented, then inverted, in the order of the official V-JEPA 2 collator
 * (multiseq_multiblock3d.py). Only the random cut draws. `tokens` is the size of the grid. */
export function applyCut(
  set: MaskSet,
  mask: MaskConfig,
  cut: MaskCut,
  tokens: number,
  draw: DrawInteger,
  room: Room = ownRoom,
): MaskSet {
  const { context, target } = shorten(set, mask, cut, draw, room);
  if (mask.kind !== 'multiblock') return { context, target };
  const others = (lists: TokenList[]) => lists.map((list) => complement(list, tokens, room));
  const lists: MaskSet = {
    context: mask.complement === 'context' ? others(target) : context,
    target: mask.complement === 'target' ? others(context) : target,
  };
  return mask.inverted ? { context: lists.target, target: lists.context } : lists;
}

function shorten(set: MaskSet, mask: MaskConfig, cut: MaskCut, draw: DrawInteger, room: Room): MaskSet {
  const most = mask.kind === 'multiblock' && mask.maxKeep !== null ? mask.maxKeep : Infinity;
  const first = (lists: TokenList[], length: number) => lists.map((l) => l.subarray(0, length));
  if (cut === 'none') return { context: first(set.context, most), target: set.target };
  const context = Math.min(shortest(set.context), most);
  const target = shortest(set.target);
  if (cut === 'official') return { context: first(set.context, context), target: first(set.target, target) };
  const longest = [...set.context, ...set.target].reduce((n, l) => Math.max(n, l.length), 0);
  const chosen = new Uint8Array(longest);
  const subset = (length: number) => (l: TokenList) => randomSubset(l, length, draw, chosen, room);
  return { context: set.context.map(subset(context)), target: set.target.map(subset(target)) };
}

const shortest = (lists: TokenList[]): number => lists.reduce((n, l) => Math.min(n, l.length), Infinity);

/** `size` members of a list, every subset equally likely, in the list's order. Floyd's method (Bentley and Floyd 1987)
 * needs one draw per chosen member; where more stay than go, it chooses those that go. `chosen` is memory for marks. */
function randomSubset(list: TokenList, size: number, draw: DrawInteger, chosen: Uint8Array, room: Room): TokenList {
  const n = list.length;
  if (size >= n) return list;
  const stay = size <= n / 2;
  chosen.fill(0, 0, n);
  for (let last = n - (stay ? size : n - size); last < n; last++) {
    const at = draw(last + 1);
    chosen[chosen[at] ? last : at] = 1;
  }
  const wanted = stay ? 1 : 0;
  const subset = room(n);
  let filled = 0;
  // every member is written, and only those that stay move the place on: a branch would be guessed wrong half the time
  for (let i = 0; i < n; i++) {
    subset[filled] = list[i];
    filled += chosen[i] === wanted ? 1 : 0;
  }
  return subset.subarray(0, size);
}

/** All tokens of the grid that are not in an ascending list. */
function complement(list: TokenList, tokens: number, room: Room): TokenList {
  const rest = room(tokens - list.length);
  let at = 0;
  let filled = 0;
  for (let n = 0; n < tokens; n++) {
    if (list[at] === n) at++;
    else rest[filled++] = n;
  }
  return rest;
}
