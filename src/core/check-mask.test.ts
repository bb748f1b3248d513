import { expect, it } from 'vitest';
import { checkMask } from './check-mask.ts';
import type { MaskConfig } from './config.ts';
import { multiBlock, preset, presetNames } from './presets.ts';
import { gridOf } from './config.ts';
import { cpuTimer } from '../testing/cpu-time.ts';

const grid = { t: 4, h: 3, w: 2 };

it.each(presetNames)('the masks of %s work', (name) => {
  const { masks, model } = preset(name);
  for (const mask of masks) expect(checkMask(mask, 'masks.0', gridOf(model))).toEqual([]);
});

it.each<[MaskConfig, string, string]>([
  [{ kind: 'tube', ratio: 1 }, 'masks.0.ratio', 'between 0 and 1'],
  [{ kind: 'future', tubelets: 0 }, 'masks.0.tubelets', 'from 1 to 3'],
  [{ kind: 'future', tubelets: 4 }, 'masks.0.tubelets', '4 of 4 tubelets'],
  [{ kind: 'future', tubelets: 1.5 }, 'masks.0.tubelets', 'whole number'],
  [
    { kind: 'painted', grid: { t: 2, h: 3, w: 2 }, tokens: [1] },
    'masks.0.tokens',
    '2 × 3 × 2 tokens, the model has 4 × 3 × 2',
  ],
  [{ kind: 'painted', grid, tokens: [] }, 'masks.0.tokens', 'at least one'],
  [{ kind: 'painted', grid, tokens: Array.from({ length: 24 }, (_, n) => n) }, 'masks.0.tokens', 'all 24'],
  [{ kind: 'painted', grid, tokens: [3, 2] }, 'masks.0.tokens', 'ascending'],
  [{ kind: 'painted', grid, tokens: [24] }, 'masks.0.tokens', '0 to 23'],
  [{ ...multiBlock(0, 0.1) }, 'masks.0.blocks', '1 to 256'],
  [{ ...multiBlock(1, 0.1), spatialScale: [0.5, 0.4] }, 'masks.0.spatialScale', 'the lower one first'],
  [{ ...multiBlock(1, 0.1), maxTemporalKeep: 0 }, 'masks.0.maxTemporalKeep', 'a share above 0, at most 1'],
  [{ ...multiBlock(1, 0.1), maxKeep: 0 }, 'masks.0.maxKeep', 'from 1'],
])('%j is refused', (mask, field, why) => {
  const problems = checkMask(mask, 'masks.0', grid);
  expect(problems.map((p) => p.field)).toEqual([field]);
  expect(problems[0].message).toContain(why);
});

/** Blocks of one scale, otherwise as the official ones. */
const scaled = (spatial: [number, number], temporal: [number, number] = [1, 1]): MaskConfig => ({
  ...multiBlock(1, 0.1),
  spatialScale: spatial,
  temporalScale: temporal,
});
const nano = { t: 4, h: 5, w: 5 };
const messageOf = (mask: MaskConfig, on = nano) => checkMask(mask, 'masks.0', on).map((p) => p.message)[0];

it('a block that some draw makes as large as the grid leaves nothing', () => {
  // keep 22 of 25: with an aspect ratio between 20.25 / 22 and 22 / 20.25 both sides round to 5
  const [problem] = checkMask(scaled([0.9, 0.9]), 'masks.0', nano);
  expect(problem.field).toBe('masks.0.spatialScale');
  expect(problem.message).toBe(
    'blocks of 0.9 of the frame, height to width 0.75 to 1.5, can cover all 5 × 5 positions of all 4 tubelets, and leave no context: choose a frame share up to 0.83 or a time share below 1',
  );
  expect(messageOf(scaled([0.1, 0.9]))).toContain('up to 0.83');
  expect(messageOf(scaled([1, 1]), { t: 1, h: 1, w: 1 })).toMatch(/choose smaller patches$/);
});

it('what leaves something at some place works', () => {
  for (const mask of [
    scaled([0.83, 0.83]), // keep 20: 5 rows need an aspect ratio from 20.25 / 20, 5 columns one up to 20 / 20.25
    scaled([0.9, 0.9], [0.5, 1]), // never as long as the clip
    { ...scaled([0.9, 0.9]), aspectRatio: [1.2, 1.5] } as MaskConfig, // never wide enough
    multiBlock(9, 0.7), // 5 × 4 positions have two places: of 256 draws one puts all nine at the same
    multiBlock(55, 0.3), // of 3 × 3 there are nine
  ])
    expect(checkMask(mask, 'masks.0', nano), JSON.stringify(mask)).toEqual([]);
});

it('blocks that hardly ever leave context would stop a run', () => {
  // keep 17 of 25 can be 5 × 4; up to keep 15 the fewest places are the three of 5 × 3, and a tubelet less doubles them
  expect(messageOf(multiBlock(10, 0.7))).toBe(
    'blocks of 0.7 of the frame, height to width 0.75 to 1.5, can be so large on 5 × 5 positions that 10 of them hardly ever leave context: choose at most 9 blocks or a frame share up to 0.63 or a time share below 1',
  );
  // (8 / 9)^56 is less than 30 / 20 000, as is (24 / 25)^200 of single tokens
  expect(messageOf(multiBlock(56, 0.3))).toContain('choose at most 55 blocks or');
  expect(messageOf(scaled([0.9, 0.9]), { t: 1, h: 5, w: 5 })).toMatch(/up to 0\.83$/);
});

it('a block of no height hides nothing, unless the future is hidden anyway', () => {
  expect(messageOf(scaled([0.03, 0.5]))).toBe(
    'blocks of 0.03 to 0.5 of the frame, height to width 0.75 to 1.5, can be less than one token high or wide on 5 × 5 positions, and hide nothing: choose a frame share from 0.04',
  );
  expect(messageOf({ ...multiBlock(1, 0.1), aspectRatio: [0.01, 1] })).toContain('choose aspect ratios nearer 1');
  expect(messageOf({ ...multiBlock(1, 0.03), maxTemporalKeep: 0.75 })).toBeUndefined();
});

it('tubes keep a position, and hide one', () => {
  expect(messageOf({ kind: 'tube', ratio: 0.97 })).toBe(
    'a hidden share of 0.97 keeps 0 of 25 positions: choose a share from 0.01 to 0.96',
  );
  expect(messageOf({ kind: 'tube', ratio: 0.96 })).toBeUndefined();
  expect(messageOf({ kind: 'tube', ratio: 1e-20 })).toContain('keeps 25 of 25');
  // 1 − 0.9 is a little less than a tenth
  expect(messageOf({ kind: 'tube', ratio: 0.9 }, { t: 1, h: 2, w: 5 })).toContain('to 0.89');
  expect(messageOf({ kind: 'tube', ratio: 0.5 }, { t: 1, h: 1, w: 1 })).toContain('choose smaller patches');
});

it('on a grid that is none only what needs no grid is told', () => {
  expect(messageOf(scaled([0.9, 0.9]), { t: 4, h: 2.5, w: 2.5 })).toBeUndefined();
  expect(messageOf({ kind: 'tube', ratio: 0.999 }, { t: 4, h: NaN, w: NaN })).toBeUndefined();
});

it('an image has no future', () => {
  const [problem] = checkMask({ kind: 'future', tubelets: 1 }, 'masks.0', { t: 1, h: 3, w: 2 });
  expect(problem.message).toContain('no future');
});

it('nothing is counted on a grid beyond all limits, which would take minutes', () => {
  const taken = cpuTimer();
  expect(checkMask(multiBlock(8, 0.15), 'masks.0', { t: 8, h: 6e7, w: 6e7 })).toEqual([]);
  expect(taken()).toBeLessThan(1000);
});
