// Real video files, made here by the browser's own encoders, through the real worker: exact frames, times and sentences.
// The worker is started without the page around it, so this story needs no screen.

import { expect, type Page } from 'playwright/test';
import type { ClipInfo } from '../src/protocol/messages.ts';
import type { ClipPlan } from './encode.ts';
import { test } from './sources.ts';

interface Answer {
  clip?: ClipInfo;
  failed?: { message: string; advice: string; code: string };
  cancelled: boolean;
}

test.beforeEach(async ({ page }) => {
  await page.evaluate(() => {
    const worker = new Worker('/src/worker/worker.ts', { type: 'module' });
    Object.assign(globalThis, { worker });
  });
});

/** Encodes a clip in the page and keeps it there as a File of this name. Returns its size in bytes. */
const encode = (page: Page, name: string, plan: ClipPlan): Promise<number> =>
  page.evaluate(
    async ([file, clip]) => {
      const { encodeClip } = (await import('/e2e/encode.ts' as string)) as typeof import('./encode.ts');
      const bytes = await encodeClip(clip);
      const files = ((globalThis as { files?: Record<string, File> }).files ??= {});
      files[file] = new File([bytes], file);
      return bytes.length;
    },
    [name, plan] as const,
  );

/** Keeps a changed copy of a file under another name: cut to a number of bytes, or replaced by text. */
const derive = (page: Page, from: string, name: string, cut: number | string): Promise<void> =>
  page.evaluate(
    ([source, file, what]) => {
      const { files } = globalThis as unknown as { files: Record<string, File> };
      files[file] = new File([typeof what === 'string' ? what : files[source].slice(0, what)], file);
    },
    [from, name, cut] as const,
  );

/** Drops files on the worker in one job and waits for its end. */
const add = (page: Page, names: string[], cancelAfter = -1): Promise<Record<string, Answer>> =>
  page.evaluate(
    async ([list, cancel]) => {
      const { worker, files } = globalThis as unknown as { worker: Worker; files: Record<string, File> };
      const answers = Object.fromEntries(list.map((name) => [name, { cancelled: false } as Answer]));
      const jobId = list.join();
      await new Promise<void>((resolve) => {
        const listen = ({ data }: MessageEvent<import('../src/protocol/messages.ts').Event>) => {
          if (data.type === 'clip') answers[data.clip.name].clip = data.clip;
          if (data.type === 'clipFailed') answers[data.name].failed = data.error;
          if (data.type === 'jobDone' && data.jobId === jobId) {
            worker.removeEventListener('message', listen);
            for (const answer of Object.values(answers)) answer.cancelled = data.cancelled;
            resolve();
          }
        };
        worker.addEventListener('message', listen);
        worker.postMessage({
          type: 'addFiles',
          jobId,
          files: list.map((name) => ({ clipId: name, file: files[name], labels: {} })),
        });
        if (cancel >= 0) setTimeout(() => worker.postMessage({ type: 'cancel', jobId }), cancel);
      });
      return answers;
    },
    [names, cancelAfter] as const,
  );

/**
 * Reads frames back as squares of 64 pixels: the number on the bars, the time, and the colours of the four corners
 * (k black or white, r red, b blue), clockwise from the upper left.
 */
const look = (page: Page, clipId: string, start: number, stride: number, frames: number) =>
  page.evaluate(
    async ([id, from, step, count]) => {
      const { worker } = globalThis as unknown as { worker: Worker };
      const side = 64;
      const { frames: got } = await new Promise<{ frames: import('../src/protocol/messages.ts').ClipFrames }>(
        (resolve, reject) => {
          worker.onmessage = ({ data }: MessageEvent<import('../src/protocol/messages.ts').Event>) => {
            if (data.type === 'clipFrames') resolve(data);
            if (data.type === 'requestFailed') reject(new Error(data.error.message));
          };
          const requestId = `${id} ${from}`;
          worker.postMessage({
            type: 'readClip',
            requestId,
            clipId: id,
            start: from,
            stride: step,
            frames: count,
            side,
          });
        },
      );
      return got.rgba.map((rgba, i) => {
        const pixel = (x: number, y: number) => rgba.subarray((y * side + x) * 4, (y * side + x) * 4 + 3);
        const bits = Array.from({ length: 8 }, (_, k) => (pixel(k * 8 + 4, 16)[1] > 128 ? 1 << k : 0));
        const colour = ([r, g, b]: Uint8ClampedArray) =>
          Math.abs(r - b) < 60 && Math.abs(r - g) < 60 ? 'k' : r > b ? 'r' : 'b';
        const corners = [pixel(4, 8), pixel(59, 8), pixel(59, 55), pixel(4, 55)].map(colour).join('');
        return { number: bits.reduce((a, b) => a + b), time: got.times[i], corners };
      });
    },
    [clipId, start, stride, frames] as const,
  );

const steady = (frames: number, rate: number) => Array.from({ length: frames }, (_, i) => i / rate);
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

test('every codec that this browser writes is read back frame by frame', async ({ page }) => {
  const codecs = await page.evaluate(async () => {
    const { encodable } = (await import('/e2e/encode.ts' as string)) as typeof import('./encode.ts');
    return encodable();
  });
  expect(codecs).toEqual(expect.arrayContaining(['vp8', 'vp9']));
  const spoken = { vp8: 'VP8', vp9: 'VP9', av1: 'AV1', avc: 'H.264', hevc: 'HEVC (H.265)', prores: 'ProRes' };
  for (const codec of codecs) {
    const container = codec === 'vp8' ? 'webm' : codec === 'vp9' ? 'mkv' : 'mp4';
    const name = `${codec}.${container}`;
    await encode(page, name, {
      container,
      codec,
      width: 128,
      height: 128,
      times: steady(45, 30),
      sound: codec !== 'avc',
    });
    const { clip, failed } = (await add(page, [name]))[name];
    expect(failed, name).toBeUndefined();
    expect(clip).toMatchObject({
      codec: spoken[codec],
      container: { webm: 'WebM', mkv: 'Matroska', mp4: 'MP4' }[container],
      width: 128,
      height: 128,
      frames: 45,
      cachedFrames: 45,
      cacheStride: 1,
      warning: null,
    });
    expect(clip?.seconds).toBeCloseTo(1.5, 2);
    expect(clip?.framesPerSecond).toBeCloseTo(30, 0);
    const frames = await look(page, name, 0, 1, 45);
    expect(frames.map((f) => f.number)).toEqual(range(0, 45));
    expect(new Set(frames.map((f) => f.corners))).toEqual(new Set(['kkbr']));
    frames.forEach((f, i) => expect(Math.abs(f.time - i / 30)).toBeLessThan(0.001));
    // beyond the end the last frame is repeated
    expect((await look(page, name, 40, 2, 5)).map((f) => f.number)).toEqual([40, 42, 44, 44, 44]);
  }
});

test('uneven times, rotation, odd sizes, few frames, no duration', async ({ page }) => {
  const gaps = [1, 3, 1, 1, 7, 2, 1, 5, 1, 1, 2, 2];
  const uneven = gaps.reduce<number[]>((times, gap) => [...times, (times.at(-1) ?? 0) + gap / 30], [0]);
  const square = { width: 128, height: 128 };
  await encode(page, 'uneven.mp4', { container: 'mp4', codec: 'vp9', ...square, times: uneven });
  await encode(page, 'quarter.mp4', { container: 'mp4', codec: 'vp9', ...square, times: steady(4, 10), rotation: 90 });
  await encode(page, 'half.mov', { container: 'mov', codec: 'vp9', ...square, times: steady(4, 10), rotation: 180 });
  await encode(page, 'lying.mp4', {
    container: 'mp4',
    codec: 'vp9',
    width: 320,
    height: 180,
    times: steady(4, 10),
    rotation: 270,
  });
  await encode(page, 'odd.webm', { container: 'webm', codec: 'vp8', width: 131, height: 97, times: steady(5, 25) });
  await encode(page, 'three.webm', { container: 'webm', codec: 'vp8', ...square, times: steady(3, 30) });
  await encode(page, 'one.webm', { container: 'webm', codec: 'vp8', ...square, times: [0] });
  await encode(page, 'live.webm', { container: 'webm', codec: 'vp8', ...square, times: steady(20, 10), live: true });
  const names = [
    'uneven.mp4',
    'quarter.mp4',
    'half.mov',
    'lying.mp4',
    'odd.webm',
    'three.webm',
    'one.webm',
    'live.webm',
  ];
  const clips = await add(page, names);
  for (const name of names) expect(clips[name], name).toMatchObject({ clip: { warning: null } });

  expect(clips['uneven.mp4'].clip?.frames).toBe(13);
  const frames = await look(page, 'uneven.mp4', 0, 1, 13);
  frames.forEach((f, i) => expect(Math.abs(f.time - uneven[i])).toBeLessThan(0.001));
  expect(frames.map((f) => f.number)).toEqual(range(0, 13));

  // clockwise by a quarter: the bars come to the right, red to the upper left, blue below it
  expect(clips['quarter.mp4'].clip).toMatchObject({ rotation: 90, width: 128, height: 128, frames: 4 });
  expect((await look(page, 'quarter.mp4', 2, 1, 1))[0].corners).toBe('rkkb');
  expect((await look(page, 'half.mov', 2, 1, 1))[0].corners).toBe('brkk');
  expect(clips['lying.mp4'].clip).toMatchObject({ rotation: 270, width: 180, height: 320 });
  expect((await look(page, 'lying.mp4', 2, 1, 1))[0].corners).toBe('kbrk');

  expect(clips['odd.webm'].clip).toMatchObject({ width: 131, height: 97, frames: 5 });
  expect(clips['three.webm'].clip).toMatchObject({ frames: 3 });
  expect((await look(page, 'three.webm', 0, 4, 8)).map((f) => f.number)).toEqual([0, 2, 2, 2, 2, 2, 2, 2]);
  expect(clips['one.webm'].clip).toMatchObject({ frames: 1 });
  expect(clips['live.webm'].clip).toMatchObject({ frames: 20 });
  expect(clips['live.webm'].clip?.seconds).toBeCloseTo(2, 1);
});

test('photographs lie as their EXIF orientation says', async ({ page }) => {
  // corners clockwise from the upper left; as stored black is above, red on the lower left, blue beside it
  const lies = ['kkbr', 'kkrb', 'brkk', 'rbkk', 'krbk', 'rkkb', 'bkkr', 'kbrk'];
  await page.evaluate(async (count) => {
    const { encodePhotograph } = (await import('/e2e/encode.ts' as string)) as typeof import('./encode.ts');
    const files = ((globalThis as { files?: Record<string, File> }).files ??= {});
    for (let k = 1; k <= count; k++) files[`${k}.jpg`] = new File([await encodePhotograph(k)], `${k}.jpg`);
  }, lies.length);
  const clips = await add(
    page,
    lies.map((_, i) => `${i + 1}.jpg`),
  );
  for (const [i, corners] of lies.entries()) {
    const name = `${i + 1}.jpg`;
    const [width, height] = i < 4 ? [96, 64] : [64, 96];
    expect(clips[name].clip, name).toMatchObject({ width, height, frames: 1, warning: null });
    expect((await look(page, name, 0, 1, 1))[0].corners, name).toBe(corners);
  }
});

test('damaged files are named with their reason, the others load', async ({ page }) => {
  const plan = { container: 'mp4', codec: 'vp9', width: 128, height: 128, times: steady(60, 30) } as const;
  const size = await encode(page, 'good.mp4', plan);
  await derive(page, 'good.mp4', 'cut.mp4', Math.round(size * 0.6));
  await derive(page, 'good.mp4', 'head.mp4', 40);
  await derive(page, 'good.mp4', 'notes.mp4', 'these are notes about a video, not a video\n'.repeat(20));
  await derive(page, 'good.mp4', 'empty.mp4', 0);
  await encode(page, 'good.webm', { ...plan, container: 'webm' });
  const clips = await add(page, ['cut.mp4', 'head.mp4', 'notes.mp4', 'good.mp4', 'empty.mp4', 'good.webm']);
  expect(clips['good.mp4'].clip).toMatchObject({ frames: 60, warning: null });
  expect(clips['good.webm'].clip).toMatchObject({ frames: 60, warning: null });
  expect(clips['notes.mp4'].failed?.message).toBe('notes.mp4 is not a video: it holds text');
  expect(clips['empty.mp4'].failed?.message).toBe('empty.mp4 is empty: it has 0 bytes');
  expect(clips['head.mp4'].failed?.message).toMatch(
    /^head.mp4 has a broken index \(moov\): the file was cut, 40 bytes of [\d,]+ bytes are there$/,
  );
  for (const name of ['notes.mp4', 'empty.mp4', 'head.mp4']) {
    expect(clips[name].failed?.code).toBe(name === 'notes.mp4' ? 'no-video' : 'video');
    expect(clips[name].failed?.advice).not.toBe('');
  }
  const part = clips['cut.mp4'].clip;
  expect(part?.frames).toBeGreaterThan(20);
  expect(part?.frames).toBeLessThan(50);
  expect(part?.warning).toMatch(
    new RegExp(`^${part?.frames} of 60 frames could be read \\(\\d\\.\\d of 2\\.0 s\\): the file was cut`),
  );
  const frames = await look(page, 'cut.mp4', 0, 1, part?.frames ?? 0);
  expect(frames.map((f) => f.number)).toEqual(range(0, part?.frames ?? 0));
});

test('a cut WebM or MKV gives the frames that are there', async ({ page }) => {
  for (const container of ['webm', 'mkv'] as const)
    for (const live of [false, true]) {
      const plan = { container, codec: 'vp8', width: 128, height: 128, times: steady(60, 30), live } as const;
      const whole = `whole${live ? '-live' : ''}.${container}`;
      const size = await encode(page, whole, plan);
      const name = `cut-${whole}`;
      await derive(page, whole, name, Math.round(size * 0.7));
      const { clip } = (await add(page, [name]))[name];
      const frames = clip?.frames ?? 0;
      expect(frames, name).toBeGreaterThan(30);
      expect(frames, name).toBeLessThan(50);
      const warning = live ? /^\d+ frames could be read: the file was cut/ : /^\d+ of about \d+ frames could be read/;
      expect(clip?.warning).toMatch(warning);
      expect((await look(page, name, 0, 1, frames)).map((f) => f.number)).toEqual(range(0, frames));
    }
});

test('frames before time 0 are not shown', async ({ page }) => {
  await encode(page, 'whole.mp4', { container: 'mp4', codec: 'vp9', width: 128, height: 128, times: steady(30, 30) });
  await page.evaluate(async () => {
    const { shiftClip } = (await import('/e2e/encode.ts' as string)) as typeof import('./encode.ts');
    const { files } = globalThis as unknown as { files: Record<string, File> };
    const bytes = new Uint8Array(await files['whole.mp4'].arrayBuffer());
    files['shifted.mp4'] = new File([await shiftClip(bytes, -5 / 30)], 'shifted.mp4');
  });
  const { clip } = (await add(page, ['shifted.mp4']))['shifted.mp4'];
  expect(clip).toMatchObject({ frames: 25, warning: null });
  const frames = await look(page, 'shifted.mp4', 0, 1, 25);
  expect(frames.map((f) => f.number)).toEqual(range(5, 30));
  expect(frames[0].time).toBeCloseTo(0, 3);
});

test('a long video keeps every k-th frame within its budget, and shows every frame exactly', async ({ page }) => {
  await encode(page, 'long.webm', {
    container: 'webm',
    codec: 'vp8',
    width: 128,
    height: 128,
    times: steady(250, 50),
    keyFrameInterval: 2,
  });
  const kept = await page.evaluate(async () => {
    const { decodeVideo } = (await import('/src/video/decode.ts' as string)) as typeof import('../src/video/decode.ts');
    const { files } = globalThis as unknown as { files: Record<string, File> };
    // room for 62 frames of 72 × 72
    const { store } = await decodeVideo(files['long.webm'], 'long.webm', { byteBudget: 62 * 72 * 72 * 3 });
    const number = (rgb: Uint8Array) => {
      const bits = Array.from({ length: 8 }, (_, k) =>
        rgb[((store.height >> 2) * store.width + Math.floor(((k + 0.5) * store.width) / 8)) * 3] > 128 ? 1 << k : 0,
      );
      return bits.reduce((a, b) => a + b);
    };
    return {
      frames: store.frames,
      stride: store.stride,
      bytes: store.bytes,
      size: [store.width, store.height],
      numbers: Array.from({ length: store.keptFrames }, (_, i) => number(store.rgb(i * store.stride))),
    };
  });
  // 250 frames over 62 places need every eighth
  expect(kept).toMatchObject({ frames: 250, stride: 8, size: [72, 72] });
  expect(kept.bytes).toBeLessThanOrEqual(62 * 72 * 72 * 3);
  expect(kept.numbers).toEqual(range(0, 250, 8));
  const { clip } = (await add(page, ['long.webm']))['long.webm'];
  expect(clip).toMatchObject({ frames: 250, cacheStride: 1 });
  expect((await look(page, 'long.webm', 3, 35, 8)).map((f) => f.number)).toEqual(range(3, 250, 35));
});

test('reading can be cancelled', async ({ page }) => {
  await encode(page, 'slow.webm', { container: 'webm', codec: 'vp9', width: 640, height: 360, times: steady(240, 30) });
  const names = Array.from({ length: 12 }, (_, i) => `slow${i}.webm`);
  for (const name of names) await derive(page, 'slow.webm', name, 1e9);
  const answers = Object.values(await add(page, names, 60));
  expect(answers.every((a) => a.cancelled)).toBe(true);
  expect(answers.every((a) => a.failed === undefined)).toBe(true);
  expect(answers.some((a) => a.clip === undefined)).toBe(true);
  // the worker goes on with what comes next
  await encode(page, 'next.webm', { container: 'webm', codec: 'vp8', width: 128, height: 128, times: steady(10, 10) });
  expect((await add(page, ['next.webm']))['next.webm'].clip?.frames).toBe(10);
});
