import { afterEach, expect, it, vi } from 'vitest';
import { decodeVideo } from './decode.ts';
import { overWhite } from './image-file.ts';

afterEach(() => void vi.unstubAllGlobals());

it('what is not opaque is blended over white, what is opaque stays', () => {
  const rgba = Uint8Array.of(9, 8, 7, 255, 200, 0, 100, 0, 0, 255, 100, 51, 255, 255, 255, 8);
  overWhite(rgba);
  // 51 of 255 is a fifth
  expect([...rgba]).toEqual([9, 8, 7, 255, 255, 255, 255, 255, 204, 255, 224, 255, 255, 255, 255, 255]);
});

it('without ImageDecoder a still picture is read through a bitmap, on white; what may move is refused', async () => {
  const bitmap = { width: 2, height: 2, close: vi.fn<() => void>() };
  vi.stubGlobal('createImageBitmap', () => Promise.resolve(bitmap));
  const drawn: unknown[] = [];
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({
        fillRect: (...rect: number[]) => drawn.push(rect),
        drawImage: (image: unknown) => drawn.push(image),
        getImageData: () => ({ data: new Uint8ClampedArray(16).fill(99) }),
      });
    },
  );
  const png = new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)]);
  const { store } = await decodeVideo(png, 'a.png');
  expect([store.frames, store.width, store.height]).toEqual([1, 2, 2]);
  expect([...store.rgb(0)]).toEqual(Array.from({ length: 12 }, () => 99));
  expect(drawn).toEqual([[0, 0, 2, 2], bitmap]);
  expect(bitmap.close).toHaveBeenCalledOnce();
  await expect(decodeVideo(new Blob(['GIF89a', new Uint8Array(10)]), 'a.gif')).rejects.toThrow(
    'a.gif is a GIF file, which this browser cannot take apart (it has no ImageDecoder)',
  );
});
