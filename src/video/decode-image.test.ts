// Animated pictures on a fake decoder: how long they may take.

import { afterEach, expect, it, vi } from 'vitest';
import { decodeVideo } from './decode.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** An animation of many frames, each of which takes so long; the one that never comes. */
function fakeDecoder(frames: number, milliseconds: number, silent = Infinity) {
  const told = { decoded: 0, open: 0, closed: false };
  class FakeDecoder {
    tracks = { ready: Promise.resolve(), selectedTrack: { frameCount: frames } };
    async decode({ frameIndex }: { frameIndex: number }) {
      if (frameIndex === silent) await new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      told.decoded++;
      told.open++;
      const image = {
        visibleRect: { width: 2, height: 2 },
        duration: 1e5,
        allocationSize: () => 16,
        copyTo: () => Promise.resolve([]),
        close: () => told.open--,
      };
      return { image };
    }
    close() {
      told.closed = true;
    }
  }
  vi.stubGlobal('ImageDecoder', FakeDecoder);
  return told;
}

const gif = new Blob(['GIF89a', new Uint8Array(10)]);

it('an animation that takes longer than a video may is stopped, and what is there is kept', async () => {
  const told = fakeDecoder(1000, 4);
  const { store, warning } = await decodeVideo(gif, 'a.gif', { timeLimit: 100 });
  expect(store.frames).toBeGreaterThan(0);
  expect(store.frames).toBeLessThan(100);
  expect(warning).toBe(`${store.frames} of 1000 frames could be read: reading was stopped after 0 s`);
  expect(told).toEqual({ decoded: store.frames + 1, open: 0, closed: true });
});

it('one that falls silent keeps what it gave', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const told = fakeDecoder(9, 0, 3);
  const reading = decodeVideo(gif, 'a.gif');
  while (told.decoded < 3) {
    await vi.advanceTimersByTimeAsync(1);
    await new Promise(setImmediate);
  }
  for (let i = 0; i < 4; i++) {
    await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(10_000);
  }
  const { store, warning } = await reading;
  expect(store.frames).toBe(3);
  expect(warning).toBe('3 of 9 frames could be read: the rest is damaged (a.gif: the decoder did not answer for 30 s)');
  expect(told).toEqual({ decoded: 3, open: 0, closed: true });
});
