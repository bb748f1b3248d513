// Distributions of the masks against what can be worked out exactly, for configs that the reference folder does not hold.
// A chi-square of k degrees of freedom has mean k and deviation √(2k); the draws are fixed by their seeds, so a bound of
// four deviations either holds for good or shows a real difference.

import { describe, expect, it } from 'vitest';
import type { MaskConfig, MaskSampling, MultiBlockConfig } from '../core/config.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { multiBlock } from '../core/presets.ts';
import { blockSize } from '../core/mask-sizes.ts';
import { drawMasks, sizeDraws } from './draw.ts';
import { measureMasks } from '../testing/measure-masks.ts';

const sampling = (mask: MaskConfig, part: Partial<MaskSampling> = {}): MaskSampling => ({
  masks: [mask],
  cut: 'official',
  sequence: 'threefry',
  seed: 21,
  ...part,
});

/** Compares counts with exact probabilities of the same outcomes. */
function chiSquare(counts: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): void {
  const draws = [...counts.values()].reduce((a, b) => a + b, 0);
  for (const outcome of counts.keys()) expect(expected.has(outcome), `${outcome} is impossible`).toBe(true);
  let sum = 0;
  for (const [outcome, probability] of expected) {
    // below five expected draws the approximation does not hold
    expect(probability * draws, outcome).toBeGreaterThan(5);
    sum += ((counts.get(outcome) ?? 0) - probability * draws) ** 2 / (probability * draws);
  }
  const freedom = expected.size - 1;
  expect(sum).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
}

const add = (counts: Map<string, number>, outcome: string, by = 1) =>
  counts.set(outcome, (counts.get(outcome) ?? 0) + by);

/** All tokens that a block of 1 × 2 × 2 hides at each of its places on a grid of 1 × 3 × 3. */
const tiny: Grid = { t: 1, h: 3, w: 3 };
const places = [0, 1, 3, 4].map((n) => [n, n + 1, n + 3, n + 4]);
/** Two such blocks: 4 of 9 tokens are 2 × 2 at any aspect ratio near 1. */
const twoBlocks: MultiBlockConfig = { ...multiBlock(2, 0.45), spatialScale: [0.45, 0.45], aspectRatio: [1, 1] };

/** Every pair of places with its mask; none of the 16 hides everything. */
const pairs = places.flatMap((a) => places.map((b) => new Set([...a, ...b])));
const listsOf = (hidden: ReadonlySet<number>) => ({
  context: Array.from({ length: 9 }, (_, n) => n).filter((n) => !hidden.has(n)),
  target: [...hidden].sort((a, b) => a - b),
});

describe('all outcomes of a tiny grid, worked out one by one', () => {
  it.each(['threefry', 'official'] as const)(
    'context of a batch of two after the official cut, sequence %s',
    (sequence) => {
      const expected = new Map<string, number>();
      for (const first of pairs)
        for (const second of pairs) {
          const both = [listsOf(first), listsOf(second)];
          const context = Math.min(...both.map((l) => l.context.length));
          const target = Math.min(...both.map((l) => l.target.length));
          add(
            expected,
            `${both[0].context.slice(0, context).join()} ${both[0].target.slice(0, target).join()}`,
            1 / 256,
          );
        }
      const counts = new Map<string, number>();
      for (let step = 0; step < 20_000; step++) {
        const [set] = drawMasks(sampling(twoBlocks, { sequence }), tiny, 2, step).sets;
        add(counts, `${set.context[0].join()} ${set.target[0].join()}`);
      }
      chiSquare(counts, expected);
    },
  );

  it.each([
    ['random', 'none', false],
    ['random', 'target', false],
    ['random', 'context', true],
    ['official', 'target', true],
    ['none', 'context', false],
  ] as const)(
    'cut %s, complement %s, inverted %s: how often each token is context and target',
    (cut, complement, inverted) => {
      const expected = { context: new Float64Array(9), target: new Float64Array(9) };
      for (const first of pairs)
        for (const second of pairs) {
          const both = [listsOf(first), listsOf(second)];
          const share = { context: new Float64Array(9), target: new Float64Array(9) };
          for (const kind of ['context', 'target'] as const) {
            const list = both[0][kind];
            const kept = cut === 'none' ? list.length : Math.min(...both.map((l) => l[kind].length));
            // a random subset holds each member equally often, the official cut the first ones
            list.forEach((n, i) => (share[kind][n] = cut === 'random' ? kept / list.length : i < kept ? 1 : 0));
          }
          if (complement === 'target') share.target = share.context.map((p) => 1 - p);
          if (complement === 'context') share.context = share.target.map((p) => 1 - p);
          for (let n = 0; n < 9; n++) {
            expected.context[n] += (inverted ? share.target : share.context)[n] / 256;
            expected.target[n] += (inverted ? share.context : share.target)[n] / 256;
          }
        }
      const mask = { ...twoBlocks, complement, inverted };
      const request = { sampling: sampling(mask), grid: tiny, batch: 2, clips: 40_000 };
      const actual = measureMasks(request).sets[0].cuts[cut];
      for (let n = 0; n < 9; n++) {
        // both clips of a batch count, so at least every second draw is independent
        const error = (p: number) => 4.5 * Math.sqrt((p * (1 - p)) / 20_000) + 1e-6;
        expect(Math.abs(actual.contextFrequency[n] - expected.context[n]), `context ${n}`).toBeLessThan(
          error(expected.context[n]),
        );
        expect(Math.abs(actual.targetFrequency[n] - expected.target[n]), `target ${n}`).toBeLessThan(
          error(expected.target[n]),
        );
      }
    },
  );

  it('a random cut chooses every subset equally often', () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 30_000; step++) {
      const [set] = drawMasks(sampling(twoBlocks, { cut: 'random' }), tiny, 2, step).sets;
      const [uncut] = drawMasks(sampling(twoBlocks, { cut: 'none' }), tiny, 2, step).sets;
      // both blocks at the first place, five tokens left, cut to three
      if (uncut.context[0].join() === '2,5,6,7,8' && set.context[0].length === 3) add(counts, set.context[0].join());
    }
    const five = [2, 5, 6, 7, 8];
    const subsets = five.flatMap((a, i) =>
      five.slice(i + 1).flatMap((b, j) => five.slice(i + j + 2).map((c) => [a, b, c].join())),
    );
    expect(subsets).toHaveLength(10);
    chiSquare(counts, new Map(subsets.map((s) => [s, 0.1])));
  });
});

describe('coverage of configs that are not in the reference folder', () => {
  /** Exact probability that a block covers each place of one axis: places that reach it, of all. */
  const along = (length: number, block: number) =>
    Float64Array.from({ length }, (_, i) => {
      const starts = length - block + 1;
      return (Math.min(i, starts - 1) - Math.max(0, i - block + 1) + 1) / starts;
    });

  it.each([
    { grid: { t: 6, h: 9, w: 7 }, block: { t: 3, h: 4, w: 4 }, blocks: 3, scale: 16 / 63 },
    { grid: { t: 8, h: 14, w: 14 }, block: { t: 4, h: 10, w: 10 }, blocks: 2, scale: 100 / 196 },
    { grid: { t: 1, h: 24, w: 24 }, block: { t: 1, h: 12, w: 12 }, blocks: 4, scale: 0.25 },
  ])(
    '$blocks blocks of $block.t × $block.h × $block.w on $grid.t × $grid.h × $grid.w',
    ({ grid, block, blocks, scale }) => {
      const time = grid.t === 1 ? 1 : block.t / grid.t;
      const mask: MultiBlockConfig = {
        ...multiBlock(blocks, scale + 1e-9),
        temporalScale: [time + 1e-9, time + 1e-9],
        aspectRatio: [1, 1],
      };
      expect(blockSize(mask, grid, [0.5, 0.5, 0.5])).toEqual(block);
      const [pt, py, px] = [along(grid.t, block.t), along(grid.h, block.h), along(grid.w, block.w)];
      const draws = 12_000;
      const { sets } = measureMasks({ sampling: sampling(mask), grid, batch: 1, clips: draws });
      let sum = 0;
      const frequency = sets[0].cuts.none.targetFrequency;
      for (let n = 0; n < tokenCount(grid); n++) {
        const plane = grid.h * grid.w;
        const one = pt[Math.floor(n / plane)] * py[Math.floor((n % plane) / grid.w)] * px[n % grid.w];
        const p = 1 - (1 - one) ** blocks;
        sum += p < 1 ? (frequency[n] - p) ** 2 / ((p * (1 - p)) / draws) : 0;
        expect(Math.abs(frequency[n] - p), `token ${n}`).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws) + 1e-6);
      }
      // neighbours go together, so the sum over tokens spreads far more than a chi-square; its mean is the same
      expect(sum / tokenCount(grid)).toBeLessThan(4);
    },
  );

  it('block lengths in time: int(T · u) of a uniform range', () => {
    const grid: Grid = { t: 8, h: 6, w: 6 };
    const mask: MultiBlockConfig = { ...multiBlock(1, 0.2), temporalScale: [0.3, 0.9] };
    // T · u runs from 2.4 to 7.2
    const expected = new Map([
      ['2', 0.6 / 4.8],
      ['3', 1 / 4.8],
      ['4', 1 / 4.8],
      ['5', 1 / 4.8],
      ['6', 1 / 4.8],
      ['7', 0.2 / 4.8],
    ]);
    const counts = new Map<string, number>();
    for (let step = 0; step < 20_000; step++)
      add(counts, String(blockSize(mask, grid, sizeDraws(sampling(mask), 0, step)).t));
    chiSquare(counts, expected);
  });

  it('places of a block are equally likely', () => {
    const grid: Grid = { t: 4, h: 5, w: 6 };
    const mask: MultiBlockConfig = {
      ...multiBlock(1, 0.3 + 1e-9),
      temporalScale: [0.5, 0.5],
      aspectRatio: [1, 1],
    };
    const counts = new Map<string, number>();
    for (let step = 0; step < 20_000; step++)
      add(counts, String(drawMasks(sampling(mask), grid, 1, step).sets[0].target[0][0]));
    // 3 × 3 × 4 places of a block of 2 × 3 × 3
    const firsts = [0, 1, 2].flatMap((t) =>
      [0, 1, 2].flatMap((y) => [0, 1, 2, 3].map((x) => String((t * 5 + y) * 6 + x))),
    );
    chiSquare(counts, new Map(firsts.map((n) => [n, 1 / 36])));
  });
});

describe('sets that draw nothing', () => {
  const grid: Grid = { t: 4, h: 3, w: 2 };
  const all = Array.from({ length: 24 }, (_, n) => n);

  it('future: the last tubelets are predicted from everything before', () => {
    for (const cut of ['official', 'random', 'none'] as const) {
      const [set] = drawMasks(sampling({ kind: 'future', tubelets: 3 }, { cut }), grid, 2, 7).sets;
      for (const b of [0, 1]) {
        expect([...set.context[b]]).toEqual(all.slice(0, 6));
        expect([...set.target[b]]).toEqual(all.slice(6));
      }
    }
  });

  it('painted: what was painted is predicted, in every clip and draw', () => {
    const tokens = [1, 5, 22];
    for (const step of [0, 9]) {
      const [set] = drawMasks(sampling({ kind: 'painted', grid, tokens }), grid, 2, step).sets;
      expect(set.target.map((l) => [...l])).toEqual([tokens, tokens]);
      expect([...set.context[1]]).toEqual(all.filter((n) => !tokens.includes(n)));
    }
  });
});
