import { describe, expect, it } from 'vitest';
import { layTokens, takeTokens } from './token-layout.ts';

const clip = { frames: 16, side: 224 };
const picture = { frames: 1, side: 224 };

describe('which numbers of an output are tokens', () => {
  it.each<[string, number[], { frames: number; side: number }, number[][], object]>([
    ['V-JEPA', [1, 1568, 8], clip, [[2, 16, 16]], { grid: { t: 8, h: 14, w: 14 }, extra: 0, guessed: false }],
    ['without a patch embedding', [1, 1568, 8], clip, [], { grid: { t: 8, h: 14, w: 14 }, extra: 0, guessed: true }],
    ['a class token', [1, 197, 8], picture, [[16, 16]], { grid: { t: 1, h: 14, w: 14 }, extra: 1, guessed: false }],
    ['registers', [1, 261, 8], picture, [[14, 14]], { grid: { t: 1, h: 16, w: 16 }, extra: 5 }],
    ['patches of 32', [1, 50, 8], picture, [], { grid: { t: 1, h: 7, w: 7 }, extra: 1, guessed: true }],
    ['a hierarchy', [1, 49, 8], picture, [[4, 4]], { grid: { t: 1, h: 7, w: 7 }, extra: 0, guessed: true }],
    ['planes', [1, 384, 7, 7], picture, [], { grid: { t: 1, h: 7, w: 7 }, channels: 384, form: 'first' }],
    ['planes, last', [1, 14, 14, 384], picture, [[16, 16]], { channels: 384, form: 'last' }],
    ['volumes', [1, 384, 8, 14, 14], clip, [[2, 16, 16]], { channels: 384, form: 'first' }],
  ])('%s', (_, sizes, fed, patches, wanted) => {
    expect(layTokens('y', sizes, fed, patches)).toMatchObject(wanted);
  });

  it.each<[number[], string]>([
    [[1, 1000], 'one answer for the whole clip'],
    [[16, 197, 8], 'it holds 16 clips where one went in'],
    [[1, 12, 197, 197], 'fits no grid'],
    [[1, 1600, 8], 'fits no grid of tokens. A clip of 16 frames of 224 × 224 pixels would have 1568 of them'],
    [[1, 2, 3, 4, 5, 6], 'fits no grid'],
  ])('refuses %j', (sizes, sentence) => {
    expect(() => layTokens('y', sizes, clip, [[2, 16, 16]])).toThrow(sentence);
  });

  it('takes tokens from behind the class token, and from planes', () => {
    const grid = { t: 1, h: 1, w: 2 };
    const common = { grid, channels: 3, guessed: false };
    expect([...takeTokens([9, 9, 9, 1, 2, 3, 4, 5, 6], { ...common, extra: 1, form: 'tokens' })]).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect([...takeTokens([1, 4, 2, 5, 3, 6], { ...common, extra: 0, form: 'first' })]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...takeTokens([1, 2, 3, 4, 5, 6], { ...common, extra: 0, form: 'last' })]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
