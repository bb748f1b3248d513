import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkMask } from '../core/check-mask.ts';
import { checkConfig, gridOf, type MaskConfig, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { multiBlock, preset } from '../core/presets.ts';
import { tokenBounds } from './bounds.ts';
import { drawMasks } from './draw.ts';

const share = fc.integer({ min: 5, max: 95 }).map((n) => n / 100);
const pair = (low: number, high: number) =>
  fc
    .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
    .map(([a, b]): [number, number] => [Math.min(a, b) / 100, Math.max(a, b) / 100]);

const blocks = fc.record({
  kind: fc.constant('multiblock' as const),
  blocks: fc.integer({ min: 1, max: 9 }),
  spatialScale: pair(5, 95),
  temporalScale: pair(20, 100),
  aspectRatio: pair(30, 300),
  maxTemporalKeep: share,
  maxKeep: fc.option(fc.integer({ min: 1, max: 40 })),
  complement: fc.constantFrom('none' as const, 'target' as const, 'context' as const),
  inverted: fc.boolean(),
});
const tubes = fc.record({ kind: fc.constant('tube' as const), ratio: share });
const future = fc.record({ kind: fc.constant('future' as const), tubelets: fc.integer({ min: 1, max: 4 }) });

test('no draw exceeds the bounds', () => {
  fc.assert(
    fc.property(
      fc.oneof(blocks, tubes, future),
      fc.record({
        t: fc.integer({ min: 1, max: 5 }),
        h: fc.integer({ min: 2, max: 9 }),
        w: fc.integer({ min: 2, max: 9 }),
      }),
      fc.nat(1000),
      (mask: MaskConfig, grid, step) => {
        fc.pre(mask.kind !== 'future' || mask.tubelets < grid.t); // refused by checkMask
        const bounds = tokenBounds(mask, grid);
        let sets;
        try {
          ({ sets } = drawMasks({ masks: [mask], cut: 'none', sequence: 'threefry', seed: step }, grid, 4, step));
        } catch (error) {
          if (error instanceof StudioError) return; // a mask that leaves nothing is refused
          throw error;
        }
        for (const list of sets[0].context) expect(list.length).toBeLessThanOrEqual(bounds.context);
        for (const list of sets[0].target) expect(list.length).toBeLessThanOrEqual(bounds.target);
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});

test('what is accepted can be drawn, whatever its size', () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        blocks.map((mask) => ({ ...mask, blocks: mask.blocks ** 2 })),
        tubes,
      ),
      fc.record({
        t: fc.integer({ min: 1, max: 3 }),
        h: fc.integer({ min: 1, max: 5 }),
        w: fc.integer({ min: 1, max: 5 }),
      }),
      (mask: MaskConfig, grid) => {
        if (checkMask(mask, 'mask', grid).length) return;
        accepted++;
        for (let step = 0; step < 20; step++)
          drawMasks({ masks: [mask], cut: 'none', sequence: 'threefry', seed: 0 }, grid, 2, step);
      },
    ),
    { numRuns: 1500, seed: 9 },
  );
  expect(accepted).toBeGreaterThan(300);
});

// On 5 × 5 positions blocks of 4 × 5 leave a row only where all 8 lie at the same end: in 2 of 2⁸ draws.
test.each([
  ['nano', 0.7],
  ['tiny', 0.7],
  ['tiny', 0.8],
  ['small', 0.8],
] as const)('%s with 8 blocks of %f, which seldom leave context, gets masks for every step', (name, scale) => {
  const config: RunConfig = { ...preset(name), masks: [multiBlock(8, scale)] };
  expect(checkConfig(config)).toEqual([]);
  const { masks, maskCut: cut, maskSequence: sequence, seed, batchSize } = config;
  for (let step = 0; step < 200; step++) {
    const [{ context, target }] = drawMasks({ masks, cut, sequence, seed }, gridOf(config.model), batchSize, step).sets;
    for (const list of [...context, ...target]) expect(list.length).toBeGreaterThan(0);
  }
});

test('blocks that never leave context are given up before a billion tokens have been hidden, which takes seconds', () => {
  const grid = { t: 8, h: 32, w: 32 };
  // every one of them is the whole clip
  const masks: MaskConfig[] = [{ ...multiBlock(256, 1), aspectRatio: [1, 1] }];
  let told = '';
  try {
    drawMasks({ masks, cut: 'none', sequence: 'threefry', seed: 0 }, grid, 1, 0);
  } catch (error) {
    told = error instanceof StudioError ? error.message : '';
  }
  const [, blocks, t, h, w, draws] = /^(\d+) blocks of (\d+) × (\d+) × (\d+) .* in (\d+) draws$/.exec(told) ?? [];
  expect(Number(draws)).toBeGreaterThanOrEqual(200);
  expect([blocks, t, h, w, draws].reduce((n, part) => n * Number(part), 1)).toBeLessThan(1e9);
});

test('the official mask sets on 8 × 14 × 14 tokens', () => {
  const set = (n: number, scale: number): MaskConfig => ({
    kind: 'multiblock',
    blocks: n,
    spatialScale: [scale, scale],
    temporalScale: [1, 1],
    aspectRatio: [0.75, 1.5],
    maxTemporalKeep: 1,
    maxKeep: null,
    complement: 'none',
    inverted: false,
  });
  const grid = { t: 8, h: 14, w: 14 };
  // keep 29 of 196: height at least round(√21.75) = 5, width at least round(√19.3) = 4
  expect(tokenBounds(set(8, 0.15), grid).context).toBe(8 * (196 - 20));
  // keep 137 of 196: height at least round(√102.75) = 10, width at least round(√91.3) = 10
  expect(tokenBounds(set(2, 0.7), grid).context).toBe(8 * (196 - 100));
  expect(tokenBounds({ kind: 'tube', ratio: 0.9 }, grid)).toEqual({ context: 8 * 19, target: 8 * 177 });
});
