// The masks of one step: for every mask set, context and target tokens of every clip of the batch.

import type { MaskConfig, MaskCut, MaskSequence, MultiBlockConfig, TubeConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { integer, type Key, makeKey, permutation, uniform } from '../core/random.ts';
import { type BlockPlace, type BlockSize, blockSize, hiddenTokens, placeCounts, splitTokens } from './blocks.ts';
import { MersenneTwister } from './mersenne.ts';

/** One mask set: a context and a target list per clip, ascending token indices. */
export interface MaskSet {
  context: Int32Array<ArrayBuffer>[];
  target: Int32Array<ArrayBuffer>[];
}

export interface MaskBatch {
  sets: MaskSet[];
}

export interface MaskSampling {
  masks: MaskConfig[];
  cut: MaskCut;
  sequence: MaskSequence;
  seed: number;
}

/** A clip whose context stays empty this often never gets one. */
const attempts = 200;

/** A source of whole numbers below n. */
export type DrawInteger = (n: number) => number;

/** Masks of step `step`: a function of (config, step) alone. Throws StudioError 'config' when no mask can leave context. */
export function drawMasks(config: MaskSampling, grid: Grid, batch: number, step: number): MaskBatch {
  return {
    sets: config.masks.map((mask, set) => {
      const drawn =
        mask.kind === 'tube'
          ? drawTubes(mask, grid, batch, config, set, step)
          : drawBlocks(mask, grid, batch, config, set, step);
      return config.cut === 'official' ? cutOfficial(drawn, mask) : limitContext(drawn, mask);
    }),
  };
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

function drawBlocks(
  mask: MultiBlockConfig,
  grid: Grid,
  batch: number,
  config: MaskSampling,
  set: number,
  step: number,
): MaskSet {
  const size = blockSize(mask, grid, sizeDraws(config, set, step));
  const draw = positionDraws(config, set, step);
  return blocksOf(mask, grid, size, batch, () => nextPlace(size, grid, draw));
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
): MaskSet {
  const set: MaskSet = { context: [], target: [] };
  for (let b = 0; b < batch; b++) {
    for (let attempt = 0; ; attempt++) {
      if (attempt === attempts)
        throw new StudioError(
          'config',
          `${mask.blocks} blocks of ${size.t} × ${size.h} × ${size.w} tokens left no context, or hid nothing, on a grid of ${grid.t} × ${grid.h} × ${grid.w} in ${attempts} draws`,
          'Choose fewer or smaller blocks, or a finer grid.',
        );
      const places = Array.from({ length: mask.blocks }, next);
      const { context, target } = splitTokens(hiddenTokens(mask, grid, size, places));
      if (!context.length || !target.length) continue;
      set.context.push(context);
      set.target.push(target);
      break;
    }
  }
  return set;
}

/** Random tubes (official random_tube.py): the same int(h · w · (1 − ratio)) positions stay visible in every tubelet. */
function drawTubes(
  mask: TubeConfig,
  grid: Grid,
  batch: number,
  config: MaskSampling,
  set: number,
  step: number,
): MaskSet {
  const plane = grid.h * grid.w;
  const keep = Math.trunc(plane * (1 - mask.ratio));
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
    const { context, target } = splitTokens(hidden);
    drawn.context.push(context);
    drawn.target.push(target);
  }
  return drawn;
}

const shortest = (lists: { length: number }[]): number => lists.reduce((n, l) => Math.min(n, l.length), Infinity);

/** Official cut: every list is cut to the shortest of the batch, keeping the first tokens. That drops the latest tubelets. */
export function cutOfficial(set: MaskSet, mask: MaskConfig): MaskSet {
  const most = mask.kind === 'multiblock' && mask.maxKeep !== null ? mask.maxKeep : Infinity;
  const context = Math.min(shortest(set.context), most);
  const target = shortest(set.target);
  return { context: set.context.map((l) => l.slice(0, context)), target: set.target.map((l) => l.slice(0, target)) };
}

/** No cut: only max_keep limits the context. */
function limitContext(set: MaskSet, mask: MaskConfig): MaskSet {
  if (mask.kind !== 'multiblock' || mask.maxKeep === null) return set;
  const most = mask.maxKeep;
  return { context: set.context.map((l) => l.slice(0, most)), target: set.target };
}
