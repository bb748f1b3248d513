import { expect, it } from 'vitest';
import { fieldsOf } from './config-diff.ts';
import type { MaskConfig, RunConfig } from './config.ts';
import { fieldLabels, fieldWords } from './field-labels.ts';
import { preset } from './presets.ts';

/** A run that has every field there is. */
function everything(): RunConfig {
  const nano = preset('nano');
  const others: MaskConfig[] = [
    { kind: 'tube', ratio: 0.9 },
    { kind: 'future', tubelets: 1 },
    { kind: 'painted', grid: { t: 4, h: 5, w: 5 }, tokens: [1, 2] },
  ];
  return { ...nano, masks: [nano.masks[0], ...others] };
}

it('every field of a run has a label, and no two of a form the same', () => {
  const named = [...fieldsOf(everything()).keys()].map((field) => field.replace(/^masks\.\d+\./, 'masks.'));
  expect(new Set(named)).toEqual(new Set(Object.keys(fieldLabels)));
  const labels = Object.values(fieldLabels);
  expect(new Set(labels).size).toBe(labels.length);
});

it('keeps abbreviations, counts mask sets from one, and knows no better than the name of what is strange', () => {
  expect(fieldWords('optim.lr')).toBe('learning rate');
  expect(fieldWords('loss.sigreg')).toBe('SIGReg weight');
  expect(fieldWords('optim.ema')).toBe('EMA');
  expect(fieldWords('model.mlpRatio')).toBe('MLP ratio');
  expect(fieldWords('masks.0.blocks')).toBe('mask set 1 blocks');
  expect(fieldWords('masks.1.strange')).toBe('mask set 2 strange');
  expect(fieldWords('strange.thing')).toBe('strange.thing');
});
