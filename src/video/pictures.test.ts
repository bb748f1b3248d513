import { expect, it } from 'vitest';
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
