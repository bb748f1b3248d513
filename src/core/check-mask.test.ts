import { expect, it } from 'vitest';
import { checkMask } from './check-mask.ts';
import type { MaskConfig } from './config.ts';
import { multiBlock, preset, presetNames } from './presets.ts';
import { gridOf } from './config.ts';

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
  [{ ...multiBlock(1, 0.1), spatialScale: [0.5, 0.4] }, 'masks.0.spatialScale', 'low ≤ high'],
  [{ ...multiBlock(1, 0.1), maxTemporalKeep: 0 }, 'masks.0.maxTemporalKeep', '(0, 1]'],
  [{ ...multiBlock(1, 0.1), maxKeep: 0 }, 'masks.0.maxKeep', 'from 1'],
])('%j is refused', (mask, field, why) => {
  const problems = checkMask(mask, 'masks.0', grid);
  expect(problems.map((p) => p.field)).toEqual([field]);
  expect(problems[0].message).toContain(why);
});

it('an image has no future', () => {
  const [problem] = checkMask({ kind: 'future', tubelets: 1 }, 'masks.0', { t: 1, h: 3, w: 2 });
  expect(problem.message).toContain('no future');
});
