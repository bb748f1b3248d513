import { afterEach, expect, it, vi } from 'vitest';
import type { VideoSample } from 'mediabunny';
import { PictureReader } from './pictures.ts';

/** 8 × 8 pixels that grow redder to the right, shown `displayWidth` wide. */
const sample = (displayWidth: number) =>
  ({
    format: 'RGBA',
    visibleRect: { width: 8, height: 8 },
    displayWidth,
    displayHeight: 8,
    rotation: 0,
    flip: false,
    allocationSize: () => 256,
    copyTo: async (bytes: Uint8Array) => {
      for (let i = 0; i < 64; i++) bytes.set([(i % 8) * 30, 0, 0, 255], i * 4);
      return [{ offset: 0, stride: 32 }];
    },
  }) as unknown as VideoSample;

it('a square is cut anew where the pixels of a stream change their shape midway', async () => {
  const reader = new PictureReader(4, 4, 'square');
  const read = async (displayWidth: number) => {
    const out = new Uint8Array(4 * 4 * 3);
    await reader.read(sample(displayWidth), out, 0);
    return [0, 3, 6, 9].map((i) => out[i]);
  };
  // all eight columns, two each
  expect(await read(8)).toEqual([15, 75, 135, 195]);
  // twice as wide as high: the four columns of the middle
  expect(await read(16)).toEqual([60, 90, 120, 150]);
  expect(await read(8)).toEqual([15, 75, 135, 195]);
});

afterEach(() => void vi.unstubAllGlobals());

/** A canvas of the browser on which whatever is drawn is painted by `paint`. */
const stubCanvas = (paint: (x: number) => number[]) =>
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({
        getImageData: (_x: number, _y: number, width: number, height: number) => ({
          data: new Uint8ClampedArray(Array.from({ length: width * height }, (_, i) => paint(i % width)).flat()),
        }),
      });
    },
  );

it.each([
  // WebKit: `format` is not known, the planes of the decoder are copied as they lie
  ['NV12', 96, [8, 8]],
  ['I420', 96, [8, 4, 4]],
  // one plane of four bytes a pixel, in another order
  ['BGRA', 256, [32]],
])('a browser that copies %s as it lies is asked for a canvas', async (format, size, strides) => {
  stubCanvas((x) => [x * 30, 0, 0, 255]);
  const copied = {
    format,
    visibleRect: { width: 8, height: 8 },
    displayWidth: 8,
    displayHeight: 8,
    rotation: 0,
    flip: false,
    draw: () => {},
    allocationSize: () => size,
    copyTo: (bytes: Uint8Array) => {
      bytes.fill(200);
      return Promise.resolve(strides.map((stride) => ({ offset: 0, stride })));
    },
  };
  const copies = vi.spyOn(copied, 'copyTo');
  const reader = new PictureReader(4, 4, 'square');
  for (let again = 0; again < 2; again++) {
    const out = new Uint8Array(4 * 4 * 3);
    await reader.read(copied as unknown as VideoSample, out, 0);
    expect([0, 1, 3, 6, 9].map((i) => out[i])).toEqual([15, 0, 75, 135, 195]);
  }
  // that a browser does not convert is found once; of four bytes a pixel nothing could tell it
  expect(copies).toHaveBeenCalledTimes(format === 'BGRA' ? 0 : 1);
});
