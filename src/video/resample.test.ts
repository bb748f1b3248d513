import { describe, expect, test } from 'vitest';
import { centreSquare, Resampler } from './resample.ts';

/** RGBA picture whose red is the given numbers, row by row. */
const picture = (width: number, reds: number[]) => {
  const rgba = new Uint8Array(reds.length * 4);
  reds.forEach((red, i) => rgba.set([red, 255 - red, 7, 255], i * 4));
  return { rgba, size: { width, height: reds.length / width } };
};
const upright = { rotation: 0, flip: false } as const;

/** Red values of the result, row by row; green and blue are checked on the way. */
function redsOf(
  source: ReturnType<typeof picture>,
  crop: { x: number; y: number; width: number; height: number },
  orientation: ConstructorParameters<typeof Resampler>[2],
  width: number,
  height: number,
): number[] {
  const out = new Uint8Array(width * height * 3 + 2).fill(99);
  new Resampler(source.size, crop, orientation, width, height).resample(source.rgba, source.size.width * 4, out, 1);
  expect([out[0], out.at(-1)]).toEqual([99, 99]);
  return Array.from({ length: width * height }, (_, i) => {
    expect(Math.abs(255 - out[1 + i * 3] - out[2 + i * 3])).toBeLessThanOrEqual(1);
    expect(out[3 + i * 3]).toBe(7);
    return out[1 + i * 3];
  });
}
const whole = (s: ReturnType<typeof picture>) => ({ x: 0, y: 0, ...s.size });

describe('resampling', () => {
  const six = picture(3, [10, 20, 30, 40, 50, 60]);

  test('same size keeps the bytes', () => {
    expect(redsOf(six, whole(six), upright, 3, 2)).toEqual([10, 20, 30, 40, 50, 60]);
  });

  test('rotation is clockwise, mirroring comes after it', () => {
    // 10 20 30      40 10
    // 40 50 60  →   50 20   a quarter turn clockwise
    //               60 30
    expect(redsOf(six, whole(six), { rotation: 90, flip: false }, 2, 3)).toEqual([40, 10, 50, 20, 60, 30]);
    expect(redsOf(six, whole(six), { rotation: 180, flip: false }, 3, 2)).toEqual([60, 50, 40, 30, 20, 10]);
    expect(redsOf(six, whole(six), { rotation: 270, flip: false }, 2, 3)).toEqual([30, 60, 20, 50, 10, 40]);
    expect(redsOf(six, whole(six), { rotation: 0, flip: true }, 3, 2)).toEqual([30, 20, 10, 60, 50, 40]);
    expect(redsOf(six, whole(six), { rotation: 90, flip: true }, 2, 3)).toEqual([10, 40, 20, 50, 30, 60]);
  });

  test('shrinking averages areas, also fractions of pixels', () => {
    const row = picture(4, [0, 40, 80, 120]);
    expect(redsOf(row, whole(row), upright, 2, 1)).toEqual([20, 100]);
    // three pixels to two: 1 + 1/2 pixels each
    const three = picture(3, [0, 60, 120]);
    expect(redsOf(three, whole(three), upright, 2, 1)).toEqual([20, 100]);
    const square = picture(2, [0, 100, 50, 250]);
    expect(redsOf(square, whole(square), upright, 1, 1)).toEqual([100]);
  });

  test('growing interpolates between pixel centres and repeats the edge', () => {
    const row = picture(2, [0, 100]);
    expect(redsOf(row, whole(row), upright, 4, 1)).toEqual([0, 25, 75, 100]);
    const one = picture(1, [77]);
    expect(redsOf(one, whole(one), upright, 3, 2)).toEqual([77, 77, 77, 77, 77, 77]);
  });

  test('a uniform picture stays uniform at any size', () => {
    const flat = picture(
      37,
      Array.from({ length: 37 * 23 }, () => 131),
    );
    for (const [w, h] of [
      [1, 1],
      [5, 7],
      [36, 22],
      [38, 24],
      [100, 3],
      [3, 100],
    ])
      expect(new Set(redsOf(flat, whole(flat), upright, w, h))).toEqual(new Set([131]));
  });

  test('rows may be longer than the picture', () => {
    const rgba = new Uint8Array(2 * 12).fill(200);
    [10, 20, 30, 40].forEach((red, i) => rgba.fill(red, (i >> 1) * 12 + (i & 1) * 4, (i >> 1) * 12 + (i & 1) * 4 + 4));
    const out = new Uint8Array(12);
    const size = { width: 2, height: 2 };
    new Resampler(size, { x: 0, y: 0, ...size }, upright, 2, 2).resample(rgba, 12, out, 0);
    expect([out[0], out[3], out[6], out[9]]).toEqual([10, 20, 30, 40]);
  });
});

describe('the centred square', () => {
  test('of a wide picture', () => {
    const size = { width: 16, height: 10 };
    expect(centreSquare(size, size, upright)).toEqual({ x: 3, y: 0, width: 10, height: 10 });
  });

  test('of a picture that is stored lying down', () => {
    const coded = { width: 16, height: 10 };
    const display = { width: 10, height: 16 };
    expect(centreSquare(coded, display, { rotation: 90, flip: false })).toEqual({ x: 3, y: 0, width: 10, height: 10 });
  });

  test('of pixels twice as wide as high', () => {
    // 10 × 10 stored, shown as 20 × 10: the middle half of each row makes the square
    const coded = { width: 10, height: 10 };
    expect(centreSquare(coded, { width: 20, height: 10 }, upright)).toEqual({ x: 2.5, y: 0, width: 5, height: 10 });
  });
});
