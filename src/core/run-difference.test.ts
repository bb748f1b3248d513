import { expect, it } from 'vitest';
import { withField } from './config-diff.ts';
import { preset } from './presets.ts';
import { changesLine, differenceLine, differences } from './run-difference.ts';

const nano = preset('nano');

it('says what changed, from what to what', () => {
  const deeper = withField(nano, 'model.predDepth', 7);
  expect(differenceLine(deeper, nano)).toBe(`predictor depth ${nano.model.predDepth} → 7`);
  const slower = withField(deeper, 'optim.lr', 0.000_05);
  expect(differences(slower, withField(nano, 'optim.lr', 0.0025))).toEqual([
    `predictor depth ${nano.model.predDepth} → 7`,
    'learning rate 0.0025 → 5e−5',
  ]);
});

it('of masks of another kind only what they have is told', () => {
  const future = { ...nano, masks: nano.masks.map(() => ({ kind: 'future', tubelets: 1 }) as const) };
  const told = differences(future, nano);
  expect(told.length).toBeGreaterThan(2);
  expect(told.filter((text) => /(\S+) → \1$/.test(text))).toEqual([]);
});

it('how long a run is stands behind what it learns by', () => {
  const other = withField(withField(withField(nano, 'optim.ipe', 15), 'optim.epochs', 6), 'optim.lr', 0.01);
  expect(differences(withField(other, 'loss.sigreg', 0), nano)).toEqual([
    'SIGReg weight 0.02 → 0',
    'learning rate 0.001 → 0.01',
    'steps an epoch 50 → 15',
    'epochs 20 → 6',
  ]);
});

it('mask sets are counted from one, ranges are ranges, what is not there is none', () => {
  const [mask] = nano.masks;
  if (mask.kind !== 'multiblock') throw new Error('nano has blocks');
  const one = { ...nano, masks: [{ ...mask, blocks: 5, spatialScale: [0.1, 0.2] as [number, number] }] };
  const other = { ...nano, masks: [{ ...mask, blocks: 8, spatialScale: [0.15, 0.15] as [number, number] }] };
  expect(differenceLine(one, other)).toBe('mask set 1 blocks 8 → 5, mask set 1 frame share 0.15–0.15 → 0.1–0.2');
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
  expect(differenceLine(many, nano)).toMatch(/^seed 0 → 91, batch 8 → 92, width 64 → 96 and 2 more$/);
  expect(differenceLine(preset('tiny'), nano)).toMatch(/^preset nano → tiny and \d+ more$/);
});

it('runs on other clips are not the same, whatever their settings; clips that are not known say nothing', () => {
  const drawn = { told: 'drawn clips', id: '1 0 64 drawn clips' };
  const mine = { told: '3 videos', id: 'a,b,c' };
  expect(differenceLine(nano, nano, mine, drawn)).toBe('clips drawn clips → 3 videos');
  expect(differenceLine(nano, nano, { ...mine, id: 'a,b,d' }, mine)).toBe('clips 3 videos → other 3 videos');
  expect(differenceLine(nano, nano, mine, { ...mine })).toBe('same settings');
  expect(differenceLine(nano, nano, mine, null)).toBe('same settings');
});

it('changes on the way, the first three of them', () => {
  expect(changesLine([])).toBeNull();
  const two = [
    { step: 12, lr: 4e-4 },
    { step: 20, lr: 0.001, ema: 0.99 },
  ];
  expect(changesLine(two)).toBe('learning rate 0.0004 after step 12; learning rate 0.001, EMA 0.99 after step 20');
  expect(changesLine([...two, { step: 30, ema: 0.5 }, { step: 31, ema: 0.6 }])).toMatch(
    /EMA 0.5 after step 30 and 1 more$/,
  );
});
