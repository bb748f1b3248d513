import { describe, expect, it } from 'vitest';
import type { InputLayout } from '../core/input-layout.ts';
import { framesFor, packPictures } from './encoder-input.ts';

const layout: InputLayout = {
  order: 'BCTHW',
  frames: 4,
  side: 1,
  normalisation: 'bytes',
  pictures: 'tubelets',
  output: 'y',
};
const shown = { start: 10, frames: 8, stride: 4, tubelet: 2 };

describe('pictures of a clip for an encoder', () => {
  it('as many frames as it takes, from the first shown one to the last', () => {
    expect(framesFor({ ...layout, frames: 8 }, shown)).toEqual([[10, 14, 18, 22, 26, 30, 34, 38]]);
    expect(framesFor({ ...layout, frames: 3 }, shown)).toEqual([[10, 24, 38]]);
    // 28 frames in 15 steps of 1.8667
    expect(framesFor({ ...layout, frames: 16 }, shown)[0].slice(0, 5)).toEqual([10, 12, 14, 16, 17]);
    expect(framesFor({ ...layout, frames: 2 }, { ...shown, frames: 1 })).toEqual([[10, 10]]);
    expect(framesFor({ ...layout, frames: 1 }, shown)).toEqual([[24]]);
  });

  it('an encoder of pictures sees every frame, or the middle one of each tubelet', () => {
    expect(framesFor({ ...layout, order: 'BCHW', pictures: 'frames' }, { ...shown, frames: 3 })).toEqual([
      [10],
      [14],
      [18],
    ]);
    expect(framesFor({ ...layout, order: 'BCHW' }, shown)).toEqual([[14], [22], [30], [38]]);
    expect(framesFor({ ...layout, order: 'BCHW' }, { ...shown, frames: 1 })).toEqual([[10]]);
  });

  it('colours and time in the order of the axes', () => {
    const pictures = [Uint8ClampedArray.of(1, 2, 3, 255), Uint8ClampedArray.of(4, 5, 6, 255)];
    expect([...packPictures(pictures, layout)]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...packPictures(pictures, { ...layout, order: 'BTCHW' })]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...packPictures([pictures[1]], { ...layout, order: 'BCHW' })]).toEqual([4, 5, 6]);
  });

  it('colours in their range', () => {
    const picture = [Uint8ClampedArray.of(0, 51, 255, 255)];
    const near = (numbers: Float32Array, wanted: number[]) =>
      wanted.forEach((w, i) => expect(numbers[i]).toBeCloseTo(w, 6));
    near(packPictures(picture, { ...layout, normalisation: 'unit' }), [0, 0.2, 1]);
    near(packPictures(picture, { ...layout, normalisation: 'signed' }), [-1, -0.6, 1]);
    near(packPictures(picture, { ...layout, normalisation: 'imagenet' }), [
      -0.485 / 0.229,
      (0.2 - 0.456) / 0.224,
      (1 - 0.406) / 0.225,
    ]);
  });
});
