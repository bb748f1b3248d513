import { describe, expect, it } from 'vitest';
import type { AttentionMap } from '../protocol/looking-features.ts';
import { lowestCosine, nearUniform, percent, reachOf, sharesOf, tokenNumbers } from './feature-values.ts';

/** Two blocks, two heads, three tokens. */
const attention: AttentionMap = {
  kind: 'attention',
  token: 0,
  depth: 2,
  heads: 2,
  shares: Float32Array.of(0.5, 0.5, 0, 1, 0, 0, 0.25, 0.25, 0.5, 0.75, 0.25, 0),
  space: Float32Array.of(1, 2, 3, 5),
  time: Float32Array.of(0, 0, 0, 0),
  even: { space: 4, time: 1 },
};

describe('what panes of features show', () => {
  it('attention of a block and head, and the mean of heads', () => {
    expect([...sharesOf(attention, 1, 1)]).toEqual([1, 0, 0]);
    expect([...sharesOf(attention, 2, null)]).toEqual([0.5, 0.25, 0.25]);
    // patches belong to the first block, the output to the last
    expect([...sharesOf(attention, 0, 0)]).toEqual([0.5, 0.5, 0]);
    expect([...sharesOf(attention, 3, 0)]).toEqual([0.25, 0.25, 0.5]);
    expect(reachOf(attention.space, attention, 3, null)).toBe(4);
    expect(reachOf(attention.space, attention, 1, 1)).toBe(2);
  });

  it('attention that is shared out nearly evenly is told from one that looks somewhere', () => {
    expect(nearUniform([0.25, 0.25, 0.2, 0.3])).toBe(true);
    expect(nearUniform([0.1, 0.4, 0.25, 0.25])).toBe(false);
  });

  it('numbers in words', () => {
    expect(tokenNumbers(attention, 2, 2, null)).toBe('25 %');
    expect([0.5, 0.0123, 0.00004].map(percent)).toEqual(['50 %', '1.2 %', '0.0040 %']);
    const map = { kind: 'similarity', layer: 1, token: 0, cosines: Float32Array.of(1, 0.25, -0.5) } as const;
    expect(tokenNumbers(map, 1, 1, null)).toBe('0.250');
    expect(lowestCosine([null, attention, map])).toBe(-0.5);
  });
});
