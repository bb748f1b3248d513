import { expect, it } from 'vitest';
import { withField } from '../core/config-diff.ts';
import { preset } from '../core/presets.ts';
import { measuredKey } from './lab-statistics.ts';

it('statistics are of masks, sequence, seed, grid and batch; of all cuts at once, whatever is trained', () => {
  const config = preset('vit_tiny');
  const changed = (field: string, value: number | string) => measuredKey(withField(config, field, value));
  for (const [field, value] of [
    ['masks.0.blocks', 3],
    ['maskSequence', 'threefry'],
    ['seed', 7],
    ['model.crop', 32],
    ['batchSize', 3],
  ] as const)
    expect(changed(field, value), field).not.toBe(measuredKey(config));
  expect(changed('maskCut', 'none')).toBe(measuredKey(config));
  expect(changed('optim.lr', 0.5)).toBe(measuredKey(config));
});
