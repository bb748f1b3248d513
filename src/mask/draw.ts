// The masks of one step: for every mask set, context and target tokens of every clip of the batch.

import type {
  FutureConfig,
  MaskCut,
  MaskSampling,
  MultiBlockConfig,
  PaintedConfig,
  TubeConfig,
} from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { attemptsFor, type BlockSize, blockSize, keptPositions } from '../core/mask-sizes.ts';
import { integer, type Key, makeKey, permutation, threefry, uniform } from '../core/random.ts';
import { type BlockPlace, hideBlocks, placeCounts, splitTokens } from './blocks.ts';
import { applyCut, type DrawInteger, type MaskSet } from './cut.ts';
import { MersenneTwister } from './mersenne.ts';
import { ownRoom, type Room } from './room.ts';

export interface MaskBatch {
  sets: MaskSet[];
}

/** Masks of step `step`: a function of (config, step) alone. Throws StudioError 'config' when no mask can leave context. */
export function drawMasks(config: MaskSampling, grid: Grid, batch: number, step: number): MaskBatch {
  const uncut = drawUncut(config, grid, batch, step);
  return { sets: uncut.map((set, i) => cutSet(config, config.cut, set, i, tokenCount(grid), step)) };
}

/** The masks of a step before their lists are cut. */
export const drawUncut = (
  config: MaskSampling,
  grid: Grid,
  batch: number,
  step: number,
  room: Room = ownRoom,
): MaskSet[] =>
  config.masks.map((mask, set) => {
    switch (mask.kind) {
      case 'multiblock':
        return drawBlocks(mask, grid, batch, config, set, step, room);
      case 'tube':
        return drawTubes(mask, grid, batch, config, set, step, room);
      case 'future':
        return repeat(futureTokens(mask, grid), batch);
      case 'painted':
        return repeat(paintedTokens(mask, grid), batch);
    }
    return mask satisfies never;
  });

/** Lists of a set after a cut; the random one is a function of (seed, set, step) too. */
export function cutSet(
  config: MaskSampling,
  cut: MaskCut,
  uncut: MaskSet,
  set: number,
  tokens: number,
  step: number,
  room: Room = ownRoom,
): MaskSet {
  const draw = wordDraws(makeKey(config.seed, `mask cut ${set}`), step);
  return applyCut(uncut, config.masks[set], cut, tokens, draw, room);
}

/** The three draws of an iteration. The official ones come from a generator seeded with the iteration alone, so that
 * every mask set (and every rank) has the same; ours belong to the set. */
export function sizeDraws(config: MaskSampling, set: number, step: number): [number, number, number] {
  if (config.sequence === 'official') {
    const twister = new MersenneTwister(step);
    return [twister.uniform(), twister.uniform(), twister.uniform()];
  }
  const key = makeKey(config.seed, 'mask size');
  return [uniform(key, step, 3 * set), uniform(key, step, 3 * set + 1), uniform(key, step, 3 * set + 2)];
}

/** Draws for positions: MT19937 per (seed, set, step), or our own counter-based ones. */
function positionDraws(config: MaskSampling, set: number, step: number): DrawInteger {
  const key: Key = makeKey(config.seed, `mask places ${set}`);
  if (config.sequence === 'official') {
    const twister = new MersenneTwister(integer(key, step, 0, 2 ** 32));
    return (n) => twister.integer(n);
  }
  let index = 0;
  return (n) => integer(key, step, index++, n);
}

/** Words drawn ahead by wordDraws; a power of two. */
const ahead = 256;

/** Draws that use both words of every counter, many at a time: the random cut needs hundreds for every clip. They lie in
 * an array of their type, since elsewhere V8 boxes numbers of 32 bits. */
function wordDraws(key: Key, step: number): DrawInteger {
  const words = new Uint32Array(ahead);
  let index = 0;
  return (n) => {
    const at = index & (ahead - 1);
    if (at === 0)
      for (let i = 0; i < ahead; i += 2) [words[i], words[i + 1]] = threefry(key.a, key.b, step, (index + i) / 2);
    index++;
    return Math.floor((words[at] / 2 ** 32) * n);
  };
}

function drawBlocks(
  mask: MultiBlockConfig,
  grid: Grid,
  batch: number,
  config: MaskSampling,
  set: number,
  step: number,
  room: Room,
): MaskSet {
  const size = blockSize(mask, grid, sizeDraws(config, set, step));
  const draw = positionDraws(config, set, step);
  return blocksOf(mask, grid, size, batch, () => nextPlace(size, grid, draw), room);
}

/** The next block's place, in the official order top, left, start. */
export function nextPlace(size: BlockSize, grid: Grid, draw: DrawInteger): BlockPlace {
  const [rows, columns, starts] = placeCounts(size, grid);
  const top = draw(rows);
  const left = draw(columns);
  return { top, left, start: draw(starts) };
}

/** Lists of a batch from block places; a clip without context (or without targets) is drawn again, as in the official code. */
export function blocksOf(
  mask: MultiBlockConfig,
  grid: Grid,
  size: BlockSize,
  batch: number,
  next: () => BlockPlace,
  room: Room = ownRoom,
): MaskSet {
  const set: MaskSet = { context: [], target: [] };
  const hidden = new Uint8Array(tokenCount(grid));
  const attempts = attemptsFor(mask, size);
  const places: BlockPlace[] = [];
  for (let b = 0; b < batch; b++) {
    for (let attempt = 0; ; attempt++) {
      if (attempt === attempts)
        throw new StudioError(
          'config',
          `${mask.blocks} blocks of ${size.t} × ${size.h} × ${size.w} tokens left no context, or hid nothing, on a grid of ${grid.t} × ${grid.h} × ${grid.w} in ${attempts} draws`,
          'Choose fewer or smaller blocks, or a finer grid.',
        );
      for (let i = 0; i < mask.blocks; i++) places[i] = next();
      const covered = hideBlocks(hidden, mask, grid, size, places);
      if (covered === 0 || covered === hidden.length) continue;
      const { context, target } = splitTokens(hidden, room);
      set.context.push(context);
      set.target.push(target);
      break;
    }
  }
  return set;
}

/** Everything but the last tubelets is context. */
function futureTokens(mask: FutureConfig, grid: Grid): Uint8Array {
  const hidden = new Uint8Array(tokenCount(grid));
  return hidden.fill(1, (grid.t - mask.tubelets) * grid.h * grid.w);
}

function paintedTokens(mask: PaintedConfig, grid: Grid): Uint8Array {
  const hidden = new Uint8Array(tokenCount(grid));
  for (const n of mask.tokens) hidden[n] = 1;
  return hidden;
}

/** The same mask for every clip. */
function repeat(hidden: Uint8Array, batch: number): MaskSet {
  const { context, target } = splitTokens(hidden, ownRoom);
  if (!context.length || !target.length)
    throw new StudioError(
      'config',
      `the mask leaves ${context.length} context and ${target.length} target tokens`,
      'Leave at least one token of each.',
    );
  return { context: Array.from({ length: batch }, () => context), target: Array.from({ length: batch }, () => target) };
}

/** Random tubes (official random_tube.py): the same int(h · w · (1 − ratio)) positions stay visible in every tubelet. */
function drawTubes(
  mask: TubeConfig,
  grid: Grid,
  batch: number,
  config: MaskSampling,
  set: number,
  step: number,
  room: Room,
): MaskSet {
  const plane = grid.h * grid.w;
  const keep = keptPositions(mask.ratio, grid);
  if (keep < 1 || keep >= plane)
    throw new StudioError(
      'config',
      `a tube ratio of ${mask.ratio} keeps ${keep} of ${plane} positions`,
      'Choose a ratio that leaves context and targets.',
    );
  const key = makeKey(config.seed, `mask tubes ${set}`);
  const drawn: MaskSet = { context: [], target: [] };
  for (let b = 0; b < batch; b++) {
    const order = permutation(key, step * batch + b, plane);
    const hidden = new Uint8Array(tokenCount(grid)).fill(1);
    for (let t = 0; t < grid.t; t++) for (let i = 0; i < keep; i++) hidden[t * plane + order[i]] = 0;
    const { context, target } = splitTokens(hidden, room);
    drawn.context.push(context);
    drawn.target.push(target);
  }
  return drawn;
}
