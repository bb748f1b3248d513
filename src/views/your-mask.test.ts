import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { yourMask } from './your-mask.ts';

it('the mask of the settings is found among the compared, or said to be none of them', () => {
  const [own] = preset('vit_tiny').masks;
  const other = { mask: { kind: 'tube', ratio: 0.9 } } as const;
  expect(yourMask(own, [other, { mask: { ...own } }])).toBe('as in column 2');
  expect(yourMask(own, [other])).toBe('not among the compared');
});
