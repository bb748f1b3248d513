// A film on a fake encoder; what a real one makes is read again in e2e/mask-engine.spec.ts.

import { afterEach, expect, it, vi } from 'vitest';
import { encodeFilm } from './mask-film.ts';

const told = vi.hoisted(() => ({ open: 0, made: 0, cancelled: false }));
vi.mock('mediabunny', () => ({
  BufferTarget: Object,
  Quality: Object,
  WebMOutputFormat: Object,
  getFirstEncodableVideoCodec: () => Promise.resolve('vp9'),
  Output: class {
    addVideoTrack() {}
    start = () => Promise.resolve();
    cancel() {
      told.cancelled = true;
      return Promise.resolve();
    }
  },
  VideoSampleSource: class {
    add = () => (told.made === 2 ? Promise.reject(new Error('the encoder gave up')) : Promise.resolve());
  },
  VideoSample: class {
    constructor() {
      told.open++;
      told.made++;
    }
    close() {
      told.open--;
    }
  },
}));
afterEach(() => {
  vi.unstubAllGlobals();
});

it('closes every frame, also the one at which the encoder gives up', async () => {
  vi.stubGlobal('VideoEncoder', Object);
  const plan = { width: 2, height: 2, times: [0, 1, 2, 3, 4], frame: () => new Uint8ClampedArray(16) };
  await expect(encodeFilm(plan)).rejects.toThrow('the film could not be encoded: the encoder gave up');
  expect(told).toEqual({ open: 0, made: 2, cancelled: true });
});
