import { describe, expect, it } from 'vitest';
import { expectClose, likely, noise } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { boxesInTokens, roiPool } from './roi-pool.ts';
import { roiPoolRef } from './roi-pool.ref.ts';

async function pool(
  features: ArrayLike<number>,
  boxes: number[],
  owner: number[],
  grid: { t: number; h: number; w: number },
  C: number,
): Promise<Float32Array> {
  const { recorded, read } = await bench(likely, {}, ({ plan, input }) =>
    roiPool(
      plan,
      input('x', features.length / C, C, features),
      input('boxes', boxes.length / 4, 4, boxes),
      input('owner', owner.length, 1, owner, 'u32'),
      grid,
      'out',
    ),
  );
  return read(recorded);
}

describe('features under a box', () => {
  // 3 × 4 tokens whose values are their column, and ten times their row
  const grid = { t: 1, h: 3, w: 4 };
  const slope = Float32Array.from({ length: 12 * 2 }, (_, i) => {
    const token = Math.floor(i / 2);
    return i % 2 ? 10 * Math.floor(token / 4) : token % 4;
  });

  it('worked out by hand: a slope between the centres of the tokens, level beyond the outermost', async () => {
    const boxes = [
      [0, 0, 4, 3], // all: the average of all tokens
      [1, 1, 2, 2], // token (1, 1): between its neighbours on a slope, so its own value
      [1.5, 0.5, 2.5, 1.5], // from centre to centre: the middle
      [0, 0, 0.5, 0.5], // corner beyond the centres: token (0, 0)
      [0, 1, 1, 2], // half level at 0, half rising from 0 to 1/2
      [-2, 1, 1, 2], // the same, for what lies outside is cut away
      [3, 2, 9, 9], // the last token, in the same way
    ].flat();
    const out = await pool(slope, boxes, [0, 0, 0, 0, 0, 0, 0], grid, 2);
    // averages of (column, 10 row): in the last case (2.5 … 3 rising, then 3) → 2.875, and 10 · (1.5 … 2, then 2) → 18.75
    expectClose('out', out, [1.5, 10, 1, 10, 1.5, 5, 0, 0, 0.125, 10, 0.125, 10, 2.875, 18.75], 1e-6);
  });

  it('tubelets have boxes of their own, clips features of their own', async () => {
    const two = { t: 2, h: 2, w: 2 };
    const x = [1, 2, 3, 4, 10, 20, 30, 40, 5, 5, 5, 5, 7, 7, 7, 7];
    const corner = (j: number, i: number) => [i ? 1.5 : 0, j ? 1.5 : 0, i ? 2 : 0.5, j ? 2 : 0.5];
    const out = await pool(x, [...corner(0, 1), ...corner(1, 0), ...corner(1, 1), ...corner(0, 0)], [0, 1], two, 1);
    expectClose('out', out, [(2 + 30) / 2, (5 + 7) / 2], 1e-6);
  });

  it('equals a lattice of bilinear samples, for any box, within, across and over all', async () => {
    const wide = { t: 2, h: 5, w: 7 };
    const [C, clips, rows] = [9, 3, 40];
    const random = noise(6);
    const features = Float32Array.from({ length: clips * 70 * C }, random);
    const owner = Array.from({ length: rows }, (_, r) => (r * 2) % clips);
    const boxes = Array.from({ length: rows * 2 }, () => {
      const [x, y] = [3.5 + 2 * random(), 2.5 + 1.5 * random()].map((v) => Math.fround(v));
      const [w, h] = [Math.exp(random()), Math.exp(random())].map((v) => Math.fround(v));
      // at least half a token stays within the frame
      const cut = (v: number, most: number) => Math.min(Math.max(v, 0), most - 0.5);
      const [x0, y0] = [cut(x, 7), cut(y, 5)];
      return [x0 - w, y0 - h, x0 + 0.5 + w, y0 + 0.5 + h].map((v) => Math.fround(v));
    }).flat();
    const expected = roiPoolRef(features, boxes, owner, wide, C, 200);
    // a lattice of 200 × 200 points is a few 1e-5 off the integral
    expectClose('out', await pool(features, boxes, owner, wide, C), expected, 1e-4);
  });
});

describe('boxes in tokens', () => {
  it('are shares of the frame times its tokens', () => {
    const boxes = boxesInTokens([0.25, 0.5, 0.5, 1.25], { t: 1, h: 4, w: 8 });
    expect([...boxes]).toEqual([2, 2, 4, 5]);
  });

  it.each([
    [[0.5, 0.5, 0.5, 0.9], '0.00 × 3.20'],
    [[1.2, 0, 1.4, 1], '-1.60 × 8.00'],
    [[0.4, 0.4, 0.3, 0.6], '-0.80 × 1.60'],
    [[NaN, 0, 1, 1], 'NaN'],
  ])('refuses %j, of which nothing lies within the frame', (box, says) => {
    expect(() => boxesInTokens([0, 0, 1, 1, ...box], { t: 1, h: 8, w: 8 })).toThrow(/^box 1 reaches/);
    expect(() => boxesInTokens(box, { t: 1, h: 8, w: 8 })).toThrow(says);
  });
});
