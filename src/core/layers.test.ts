import { expect, it } from 'vitest';
import { blockOf, layerCount, layerName } from './layers.ts';

it('layers have names, and each belongs to a block', () => {
  expect(Array.from({ length: layerCount(2) }, (_, l) => layerName(l, 2))).toEqual([
    'patches',
    'block 1 of 2',
    'block 2 of 2',
    'output',
  ]);
  expect([0, 1, 2, 3].map((l) => blockOf(l, 2))).toEqual([1, 1, 2, 2]);
});
