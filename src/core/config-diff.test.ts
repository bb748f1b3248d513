import { expect, it } from 'vitest';
import { changedFields, fieldsOf, withField } from './config-diff.ts';
import { multiBlock, predicting, preset } from './presets.ts';

it('names every field as checkConfig does', () => {
  const fields = fieldsOf(preset('nano'));
  expect(fields.get('model.crop')).toBe(40);
  expect(fields.get('masks.1.spatialScale')).toEqual([0.7, 0.7]);
  expect(fields.get('masks.0.maxKeep')).toBeNull();
  expect(fields.get('optim.ema')).toEqual([0.99, 1]);
});

it('tells what differs, not the name of the preset', () => {
  const a = preset('nano');
  expect(changedFields(a, { ...preset('nano'), preset: 'other' })).toEqual([]);
  const b = withField(withField(a, 'optim.lr', 0.5), 'masks.1.aspectRatio', [1, 2]);
  expect(changedFields(a, b).sort()).toEqual(['masks.1.aspectRatio', 'optim.lr']);
  expect(a).toEqual(preset('nano'));
});

it('sets that are new, gone or of another kind', () => {
  const a = preset('nano');
  const more = { ...a, masks: [...a.masks, multiBlock(1, 0.1)] };
  expect(changedFields(a, more)).toContain('masks');
  expect(changedFields(a, more)).toContain('masks.2.blocks');
  expect(changedFields(more, a)).toContain('masks.2.blocks');
  const tube = { ...a, masks: [a.masks[0], { kind: 'tube' as const, ratio: 0.9 }] };
  expect(changedFields(a, tube)).toEqual(expect.arrayContaining(['masks.1.kind', 'masks.1.ratio', 'masks.1.blocks']));
});

it('another target is one field', () => {
  const a = preset('vit_large');
  expect(changedFields(a, predicting(a, 'pixels'))).toEqual(['loss.target']);
  const b = preset('nano');
  expect(changedFields(b, predicting(b, 'pixels')).sort()).toEqual(['loss.sigreg', 'loss.target']);
  expect(predicting(predicting(b, 'pixels'), 'features')).toEqual(preset('nano'));
});
