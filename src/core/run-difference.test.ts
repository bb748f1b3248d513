import { expect, it } from 'vitest';
import { withField } from './config-diff.ts';
import { preset } from './presets.ts';
import { differenceLine, differences } from './run-difference.ts';

const nano = preset('nano');

it('says what changed, from what to what', () => {
  const deeper = withField(nano, 'model.predDepth', 7);
  expect(differenceLine(deeper, nano)).toBe(`predDepth ${nano.model.predDepth} → 7`);
  const slower = withField(deeper, 'optim.lr', 0.000_05);
  expect(differences(slower, withField(nano, 'optim.lr', 0.0025))).toEqual([
    `predDepth ${nano.model.predDepth} → 7`,
    'lr 0.0025 → 5e−5',
  ]);
});

it('mask sets are counted from one, ranges are ranges, what is not there is none', () => {
  const [mask] = nano.masks;
  if (mask.kind !== 'multiblock') throw new Error('nano has blocks');
  const one = { ...nano, masks: [{ ...mask, blocks: 5, spatialScale: [0.1, 0.2] as [number, number] }] };
  const other = { ...nano, masks: [{ ...mask, blocks: 8, spatialScale: [0.15, 0.15] as [number, number] }] };
  expect(differenceLine(one, other)).toBe('mask set 1 blocks 8 → 5, mask set 1 spatialScale 0.15–0.15 → 0.1–0.2');
  expect(differences({ ...nano, masks: [mask, mask] }, { ...nano, masks: [mask] })[0]).toBe('mask sets 1 → 2');
  expect(differences({ ...nano, masks: [mask] }, { ...nano, masks: [mask, mask] })).toContain(
    `mask set 2 blocks ${mask.blocks} → none`,
  );
});

it('the same, nothing to compare with, and more than fits', () => {
  expect(differenceLine(nano, structuredClone(nano))).toBe('same settings');
  expect(differenceLine(nano, null)).toBeNull();
  let many = nano;
  for (const [field, value] of [
    ['seed', 91],
    ['batchSize', 92],
    ['model.dim', 96],
    ['optim.lr', 93],
    ['optim.epochs', 94],
  ] as const)
    many = withField(many, field, value);
  expect(differenceLine(many, nano)).toMatch(/^(\S+ \S+ → \S+, ){2}\S+ \S+ → \S+ and 2 more$/);
  expect(differenceLine(preset('tiny'), nano)).toMatch(/^preset nano → tiny and \d+ more$/);
});
