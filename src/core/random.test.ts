import { describe, expect, it } from 'vitest';
import { threefry } from './random.ts';

describe('threefry 2x32, 20 rounds', () => {
  // known answers of Random123 (kat_vectors)
  it.each([
    [
      [0, 0, 0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)('key and counter %j', ([k0, k1, c0, c1], expected) => {
    expect(threefry(k0, k1, c0, c1)).toEqual(expected);
  });
});
