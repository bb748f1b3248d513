// What of the mask lab needs a browser but no screen: the film that it writes, and its worker. How fast masks are measured
// is bounded in src/mask/speed.test.ts, in processor time, which other work on the machine does not change.

import { expect } from 'playwright/test';
import type { MeasureRequest } from '../src/core/mask-statistics.ts';
import type { MaskEvent } from '../src/protocol/messages.ts';
import { test } from './sources.ts';

test('a film has the frames, times and colours that were given', async ({ page }) => {
  const read = await page.evaluate(async () => {
    const { encodeFilm } = (await import(
      '/src/video/mask-film.ts' as string
    )) as typeof import('../src/video/mask-film.ts');
    const { decodeVideo } = (await import('/src/video/decode.ts' as string)) as typeof import('../src/video/decode.ts');
    const [width, height] = [160, 120];
    const told: number[] = [];
    const film = await encodeFilm({
      width,
      height,
      // uneven ones, which begin late
      times: [2, 2.1, 2.2, 2.5, 2.6, 2.7],
      comment: 'eight blocks',
      // frame i is grey of its own on the left, orange on the right
      frame: (i) => {
        const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
        for (let n = 0; n < width * height; n++)
          rgba.set(n % width < width / 2 ? [40 * i, 40 * i, 40 * i] : [230, 120, 20], 4 * n);
        return rgba;
      },
      onProgress: (done) => told.push(done),
    });
    const decoded = await decodeVideo(film, 'film.webm');
    const bytes = new TextDecoder('latin1').decode(await film.arrayBuffer());
    const pixels = Array.from({ length: decoded.store.frames }, (_, i) => {
      const rgb = decoded.store.rgb(i);
      const at = (x: number, y: number) => Array.from(rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
      return { left: at(40, 60), right: at(120, 60) };
    });
    return {
      type: film.type,
      bytes: film.size,
      told,
      comment: bytes.includes('eight blocks'),
      pixels,
      times: [...decoded.store.times],
    };
  });
  console.log(`film of 6 frames: ${read.bytes} bytes`);
  expect(read.type).toBe('video/webm');
  expect(read.told).toEqual([1, 2, 3, 4, 5, 6]);
  expect(read.comment).toBe(true);
  expect(read.pixels).toHaveLength(6);
  read.times.forEach((t, i) => expect(t).toBeCloseTo([0, 0.1, 0.2, 0.5, 0.6, 0.7][i], 2));
  read.pixels.forEach(({ left, right }, i) => {
    for (const v of left) expect(Math.abs(v - 40 * i)).toBeLessThan(8);
    [230, 120, 20].forEach((v, c) => expect(Math.abs(right[c] - v)).toBeLessThan(16));
  });
});

test('a film stops when told, and says what a browser without an encoder lacks', async ({ page }) => {
  const errors = await page.evaluate(async () => {
    const { encodeFilm } = (await import(
      '/src/video/mask-film.ts' as string
    )) as typeof import('../src/video/mask-film.ts');
    const stop = new AbortController();
    const plan = {
      width: 64,
      height: 64,
      times: Array.from({ length: 50 }, (_, i) => i / 8),
      frame: (i: number) => {
        if (i === 3) stop.abort();
        return new Uint8ClampedArray(64 * 64 * 4);
      },
    };
    const outcome = (p: Promise<Blob>) =>
      p.then(
        () => 'finished',
        (e: { code: string; message: string }) => `${e.code}: ${e.message}`,
      );
    const cancelled = await outcome(encodeFilm({ ...plan, signal: stop.signal }));
    Object.assign(globalThis, { VideoEncoder: undefined });
    return [cancelled, await outcome(encodeFilm(plan))];
  });
  expect(errors[0]).toContain('cancelled');
  expect(errors[1]).toContain('no video encoder');
});

test('10 000 clips of the official config are measured with progress, and a cancel is heard', async ({ page }) => {
  const { milliseconds, progress, sets, cancelled } = await page.evaluate(async () => {
    const { preset } = (await import('/src/core/presets.ts' as string)) as typeof import('../src/core/presets.ts');
    const worker = new Worker('/src/worker/masks.ts', { type: 'module' });
    const request: MeasureRequest = {
      sampling: { masks: preset('vit_large').masks, cut: 'official', sequence: 'official', seed: 0 },
      grid: { t: 8, h: 14, w: 14 },
      batch: 24,
      clips: 10_000,
    };
    const run = (jobId: string, clips: number, onProgress: (done: number) => void) =>
      new Promise<MaskEvent>((resolve) => {
        const listen = ({ data }: MessageEvent<MaskEvent>) => {
          if (data.jobId !== jobId) return;
          if (data.type === 'measuring') return onProgress(data.done);
          worker.removeEventListener('message', listen);
          resolve(data);
        };
        worker.addEventListener('message', listen);
        worker.postMessage({ type: 'measure', jobId, request: { ...request, clips } });
      });
    // the worker's script is loaded and warm after a first small job, as it is in the lab
    await run('first', 24, () => {});
    const began = performance.now();
    let progress = 0;
    const measured = await run('all', request.clips, () => progress++);
    const milliseconds = performance.now() - began;
    const ended = await run('long', 900_000, () => worker.postMessage({ type: 'cancelMeasure', jobId: 'long' }));
    return {
      milliseconds,
      progress,
      sets: measured.type === 'measured' ? measured.statistics.sets.length : 0,
      cancelled: ended.type,
    };
  });
  console.log(`10 000 clips × 2 mask sets × 3 cuts: ${milliseconds.toFixed(0)} ms, ${progress} messages of progress`);
  expect(sets).toBe(2);
  expect(cancelled).toBe('measureCancelled');
  expect(progress).toBeGreaterThan(5);
});
