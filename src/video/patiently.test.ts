// Decoders that fall silent, on fakes: what they give after all is closed by whoever asked.

import type { VideoSample } from 'mediabunny';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decodeVideo } from './decode.ts';
import { readFramesAt } from './look.ts';
import { patiently } from './patiently.ts';

type Samples = AsyncGenerator<VideoSample | null, void, unknown>;
const sink = vi.hoisted(() => ({ samples: [] as (() => Samples)[] }));
vi.mock('mediabunny', () => ({
  VideoSampleSink: class {
    samples = () => sink.samples.shift()!();
    samplesAtTimestamps = () => sink.samples.shift()!();
  },
}));
vi.mock('./open.ts', async (original) => ({
  ...(await original<object>()),
  openFile: () =>
    Promise.resolve({ info: { codec: 'VP8', width: 8, height: 8 }, cut: null, input: { dispose: () => undefined } }),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Samples at these times, the last one only when woken; which of them are open. */
function decoder(...times: number[]) {
  const open = new Set<number>();
  let wake = () => {};
  const silence = new Promise<void>((resolve) => (wake = resolve));
  async function* samples(): AsyncGenerator<VideoSample, void, unknown> {
    for (const timestamp of times) {
      if (timestamp === times[times.length - 1]) await silence;
      open.add(timestamp);
      yield { timestamp, duration: 1, close: () => open.delete(timestamp) } as unknown as VideoSample;
    }
  }
  return { open, samples, wake: () => wake() };
}

async function* nothing(): Samples {
  yield await Promise.resolve(null);
}

it('has one sample open at a time', async () => {
  const { open, samples, wake } = decoder(0, 1, 2);
  wake();
  const seen: number[][] = [];
  for await (const sample of patiently(samples(), 'a.mp4')) seen.push([sample.timestamp, ...open]);
  expect(seen).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
  expect([...open]).toEqual([]);
});

it('closes the last one when nobody wants more', async () => {
  const { open, samples } = decoder(0, 1);
  for await (const sample of patiently(samples(), 'a.mp4')) {
    expect(sample.timestamp).toBe(0);
    break;
  }
  expect([...open]).toEqual([]);
});

const file = new Blob([new Uint8Array(16)]);

it.each([
  ['decoding', (s: () => Samples) => [s], () => decodeVideo(file, 'a.mp4')],
  ['frames at their times', (s: () => Samples) => [s], () => readFramesAt(file, 'a.mp4', [0], 8)],
  ['frames in order', (s: () => Samples) => [nothing, s], () => readFramesAt(file, 'a.mp4', [0], 8)],
])('%s: a sample that comes after half a minute of silence is closed', async (_name, given, read) => {
  const { open, samples, wake } = decoder(0);
  sink.samples = given(samples);
  let refused: unknown = null;
  const reading = read().catch((error: unknown) => (refused = error));
  while (sink.samples.length || vi.getTimerCount() === 0) await new Promise(setImmediate);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(refused).toBeNull();
  await vi.advanceTimersByTimeAsync(1000);
  await reading;
  expect(refused).toMatchObject({ message: 'a.mp4: the decoder did not answer for 30 s' });
  wake();
  await new Promise(setImmediate);
  expect([...open]).toEqual([]);
});
