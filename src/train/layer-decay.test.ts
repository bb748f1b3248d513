import { expect, it } from 'vitest';
import { layoutArena } from '../gpu/arena.ts';
import { encoderParameters } from '../model/parameters.ts';
import { layerNumber, rateFactors } from './layer-decay.ts';

const sizes = { tokens: 8, frames: 4, tubelet: 2, patch: 4, dim: 24, depth: 3, mlpRatio: 4 };

it('factors of a three-layer encoder at 0.75, worked out by hand', () => {
  const arena = layoutArena('encoder', encoderParameters(sizes), true);
  const factors = rateFactors(arena, 3, 0.75);
  expect(factors).toHaveLength(arena.size / 64);
  // 0.75^4, 0.75^3, 0.75^2, 0.75, 1
  const byHand: [RegExp, number][] = [
    [/^(patch_embed|pos_embed)/, 0.31640625],
    [/^blocks\.0\./, 0.421875],
    [/^blocks\.1\./, 0.5625],
    [/^blocks\.2\./, 0.75],
    [/^norm\./, 1],
  ];
  let checked = 0;
  for (const p of arena.parameters.values()) {
    const [, factor] = byHand.find(([pattern]) => pattern.test(p.name)) ?? [null, NaN];
    // the first value of the parameter and its last, each in its stretch of 64
    for (const at of [p.offset, p.offset + p.size - 1]) expect(factors[Math.floor(at / 64)], p.name).toBe(factor);
    checked++;
  }
  expect(checked).toBe(3 + 3 * 12 + 2);
  expect(factors.includes(0)).toBe(false); // every stretch belongs to a parameter
});

it('block 10 is not block 1, and a predictor or head comes last', () => {
  expect(layerNumber('blocks.10.attn.qkv.weight', 12)).toBe(11);
  expect(layerNumber('blocks.1.norm1.bias', 12)).toBe(2);
  expect(layerNumber('norm.weight', 12)).toBe(13);
  expect(layerNumber('pooler.blocks.0.norm1.weight', 12)).toBe(13);
  expect(layerNumber('linear.weight', 12)).toBe(13);
});

it('a decay of 1 leaves every rate alone', () => {
  const arena = layoutArena('encoder', encoderParameters(sizes), true);
  expect(new Set(rateFactors(arena, 3, 1))).toEqual(new Set([1]));
});
