import { expect, test } from 'vitest';
import type { Event } from '../protocol/messages.ts';
import { drawProceduralClip, proceduralLabels } from '../video/procedural.ts';
import { DrawnCache } from './clips.ts';
import { Library } from './library.ts';

/** A library and the events it has posted. */
function opened() {
  const events: Event[] = [];
  return { events, library: new Library((event) => events.push(event)) };
}

test('a drawn set comes as clips with exact labels and ends with jobDone', async () => {
  const { events, library } = opened();
  await library.addProcedural({ type: 'addProcedural', jobId: 'job', count: 5, seed: 3 });
  const clips = events.flatMap((e) => (e.type === 'clip' ? [e.clip] : []));
  expect(events.at(-1)).toEqual({ type: 'jobDone', jobId: 'job', cancelled: false });
  expect(clips.map((c) => c.labels)).toEqual([0, 1, 2, 3, 4].map((i) => proceduralLabels(3, i)));
  expect(new Set(clips.map((c) => c.clipId)).size).toBe(5);
  for (const clip of clips) {
    expect(clip).toMatchObject({
      source: 'procedural',
      frames: 64,
      framesPerSecond: 24,
      cacheStride: 1,
      warning: null,
    });
    expect(clip.poster.rgba).toHaveLength(clip.poster.width * clip.poster.height * 4);
  }
});

test('a set of another look comes with other ids, names and labels as before, and other pictures', async () => {
  const { events, library } = opened();
  const look = { noise: 0, background: 'textured', colours: 'full' } as const;
  await library.addProcedural({ type: 'addProcedural', jobId: 'usual', count: 3, seed: 3 });
  await library.addProcedural({ type: 'addProcedural', jobId: 'other', count: 3, seed: 3, look });
  const clips = events.flatMap((e) => (e.type === 'clip' ? [e.clip] : []));
  const [usual, other] = [clips.slice(0, 3), clips.slice(3)];
  expect(other.map((c) => c.clipId)).toEqual([0, 1, 2].map((i) => `drawn-3-${i}-0-textured-full`));
  expect(other.map(({ name, labels }) => [name, labels])).toEqual(usual.map(({ name, labels }) => [name, labels]));
  other.forEach((clip, i) => expect(clip.poster.rgba).not.toEqual(usual[i].poster.rgba));
  await library.readClip({
    type: 'readClip',
    requestId: 'r',
    clipId: other[0].clipId,
    start: 5,
    stride: 0,
    frames: 2,
    side: 16,
  });
  const answer = events.at(-1);
  if (answer?.type !== 'clipFrames') throw new Error(`answered ${answer?.type}`);
  const { rgb } = drawProceduralClip(3, 0, { frames: 1, start: 5, side: 16, ...look });
  const green = Array.from({ length: 256 }, (_, i) => answer.frames.rgba[1][i * 4 + 1]);
  expect(green).toEqual(Array.from({ length: 256 }, (_, i) => rgb[i * 3 + 1]));
});

test('the trainer reads the frames that the set draws', async () => {
  const { events, library } = opened();
  await library.addProcedural({ type: 'addProcedural', jobId: 'job', count: 3, seed: 8 });
  const third = events.flatMap((e) => (e.type === 'clip' ? [e.clip.clipId] : []))[2];
  const source = library.source(third);
  const { width: side } = source;
  expect([source.height, source.frames]).toEqual([side, 64]);
  for (const frame of [63, 0, 17])
    expect(source.rgb(frame)).toEqual(drawProceduralClip(8, 2, { frames: 1, start: frame, side }).rgb);
});

test('frames for looking at have their size and times, and repeat the last one beyond the end', async () => {
  const { events, library } = opened();
  await library.addProcedural({ type: 'addProcedural', jobId: 'job', count: 1, seed: 1 });
  const [{ clipId }] = events.flatMap((e) => (e.type === 'clip' ? [e.clip] : []));
  await library.readClip({ type: 'readClip', requestId: 'r', clipId, start: 48, stride: 6, frames: 4, side: 20 });
  const answer = events.at(-1);
  if (answer?.type !== 'clipFrames') throw new Error(`answered ${answer?.type}`);
  expect(answer.requestId).toBe('r');
  const { frames } = answer;
  expect(frames).toMatchObject({ clipId, start: 48, stride: 6, side: 20, times: [48 / 24, 54 / 24, 60 / 24, 63 / 24] });
  const { rgb } = drawProceduralClip(1, 0, { frames: 1, start: 63, side: 20 });
  const red = Array.from({ length: 400 }, (_, i) => frames.rgba[3][i * 4]);
  expect(red).toEqual(Array.from({ length: 400 }, (_, i) => rgb[i * 3]));
  expect(frames.rgba[3].filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
});

test('a removed or unknown clip is refused by name', async () => {
  const { events, library } = opened();
  await library.addProcedural({ type: 'addProcedural', jobId: 'job', count: 1, seed: 1 });
  const [{ clipId }] = events.flatMap((e) => (e.type === 'clip' ? [e.clip] : []));
  library.remove({ type: 'removeClip', clipId });
  expect(() => library.source(clipId)).toThrow(`clip ${clipId} is not in the library`);
  await library.readClip({ type: 'readClip', requestId: 'r', clipId, start: 0, stride: 1, frames: 1, side: 8 });
  expect(events.at(-1)).toMatchObject({ type: 'requestFailed', requestId: 'r', error: { code: 'video' } });
});

test('a cancelled set stops', async () => {
  const { events, library } = opened();
  const job = library.addProcedural({ type: 'addProcedural', jobId: 'job', count: 500, seed: 1 });
  library.cancel({ type: 'cancel', jobId: 'job' });
  await job;
  expect(events.filter((e) => e.type === 'clip').length).toBeLessThan(500);
  expect(events.at(-1)).toEqual({ type: 'jobDone', jobId: 'job', cancelled: true });
});

test('a file that is no video fails alone, with its sentence', async () => {
  const { events, library } = opened();
  const files = ['a.mp4', 'b.mp4', 'c.mp4'].map((name) => ({ clipId: name, file: new File([], name), labels: {} }));
  await library.addFiles({ type: 'addFiles', jobId: 'job', files });
  const failures = events.flatMap((e) => (e.type === 'clipFailed' ? [e] : []));
  expect(failures.map((e) => e.error.message).sort()).toEqual([
    'a.mp4 is empty: it has 0 bytes',
    'b.mp4 is empty: it has 0 bytes',
    'c.mp4 is empty: it has 0 bytes',
  ]);
  expect(events.at(-1)).toEqual({ type: 'jobDone', jobId: 'job', cancelled: false });
});

test('drawn pictures are kept within their limit and drawn again when gone', () => {
  const cache = new DrawnCache(10);
  let drawn = 0;
  const get = (key: string) => cache.get(key, () => new Uint8Array(4).fill(++drawn))[0];
  expect([get('a'), get('b'), get('a')]).toEqual([1, 2, 1]);
  // the third picture does not fit: the oldest goes
  expect([get('c'), get('b'), get('a')]).toEqual([3, 2, 4]);
});
