import { describe, expect, it } from 'vitest';
import { likely, noise, testPipelines } from '../testing/check-operation.ts';
import { colourNames, drawProceduralClip, pairLabels } from '../video/procedural.ts';
import { tubeletBoxes } from '../video/procedural-boxes.ts';
import { detect, detectRecipe, type DetectRequest } from './detect.ts';

const span = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);

const grid = { t: 2, h: 4, w: 4 };
const dim = 5;
const clips = 60;
/** one body in the left half, one in the right; boxes (clips, 2, 4) */
const boxes = Array.from({ length: clips }, () => [0.05, 0.3, 0.3, 0.7, 0.7, 0.3, 0.95, 0.7]).flat();
const classOf = (clip: number, body: number) => (body ? Math.floor(clip / 3) % 3 : clip % 3);
const labels = Array.from({ length: clips * 2 * 3 }, (_, i) => {
  const row = Math.floor(i / 3);
  return Number(classOf(Math.floor(row / 2), row % 2) === i % 3);
});

/** Noise, with channel k raised in the half of the frame where the body is of class k. */
function features(): Float32Array<ArrayBuffer> {
  const random = noise(4);
  return Float32Array.from({ length: clips * 32 * dim }, (_, i) => {
    const [channel, token] = [i % dim, Math.floor(i / dim) % 32];
    const body = token % 4 < 2 ? 0 : 1;
    return random() + (channel === classOf(Math.floor(i / (dim * 32)), body) ? 2 : 0);
  });
}

const request = (changes: Partial<DetectRequest> = {}): DetectRequest => ({
  features: features(),
  grid,
  dim,
  boxes,
  labels,
  classes: 3,
  train: span(0, 30),
  validation: span(30, 42),
  test: span(42, 60),
  recipe: detectRecipe(),
  seed: 0,
  ...changes,
});

describe('detection with given boxes', () => {
  it('finds what is in each box, and only with the box that it is in', async () => {
    const pipelines = await testPipelines();
    const result = await detect(pipelines, likely, request());
    expect(result.test).toBeGreaterThan(0.95);
    expect(result.validation).toBeGreaterThan(0.95);
    expect(result.perClass).toHaveLength(3);
    expect(result.scores).toHaveLength(18 * 2 * 3);
    // three classes, equally frequent; orders by chance put some of twelve to the front
    expect(result.chance).toBeGreaterThan(1 / 3);
    expect(result.chance).toBeLessThan(0.5);
    // two boxes with a class each: by chance the right one comes first (1) or second (1/2)
    const pair = await detect(pipelines, likely, request({ test: [42] }));
    expect([classOf(42, 0), classOf(42, 1)]).toEqual([0, 2]);
    expect(Math.abs(pair.chance - 0.75)).toBeLessThan(0.08);
    // the same features read where the other body is
    const swapped = boxes.map((_, i) => boxes[Math.floor(i / 8) * 8 + ((i + 4) % 8)]);
    expect((await detect(pipelines, likely, request({ boxes: swapped }))).test).toBeLessThan(0.6);
    // one box for the clip is the same box for every tubelet
    const each = boxes.map((_, i) => i).filter((i) => i % 4 === 0);
    const repeated = each.flatMap((at) => [...boxes.slice(at, at + 4), ...boxes.slice(at, at + 4)]);
    expect(await detect(pipelines, likely, request({ boxes: repeated }))).toEqual(result);
    expect((await detect(pipelines, likely, request({ seed: 1 }))).scores).not.toEqual(result.scores);
  });

  it('boxes that slip: hits down to an overlap of 0.5, misses below', async () => {
    const pipelines = await testPipelines();
    /** the bodies are really this share of their width further to the right: overlap (1 − s) / (1 + s) */
    const moved = (s: number) => boxes.map((v, i) => v + (i % 2 ? 0 : 0.25 * s));
    const at = async (s: number) => (await detect(pipelines, likely, request({ truth: moved(s) }))).test;
    const given = await at(0);
    expect(await at(0.3)).toBe(given); // 0.54
    expect(await at(0.35)).toBe(0); // 0.48
    // half of the test clips slipped: their boxes can never be found, and stand in the way of the others
    const half = boxes.map((v, i) => (Math.floor(i / 8) % 2 ? v : moved(0.4)[i]));
    const some = (await detect(pipelines, likely, request({ truth: half }))).test;
    expect(some).toBeGreaterThan(0.15);
    expect(some).toBeLessThanOrEqual(0.5);
  });

  it('classes need not exclude each other', async () => {
    // a fourth class that every second body of the others has too: the channel after its own is raised as well
    const x = features();
    const four = Array.from({ length: clips * 2 * 4 }, (_, i) => {
      const row = Math.floor(i / 4);
      return i % 4 < 3 ? labels[row * 3 + (i % 4)] : Number(row % 4 < 2);
    });
    x.forEach((v, i) => {
      const clip = Math.floor(i / (dim * 32));
      if (i % dim === 4 && clip % 2 === 0) x[i] = v + 2;
    });
    const result = await detect(await testPipelines(), likely, request({ features: x, labels: four, classes: 4 }));
    expect(result.perClass[3]).toBeGreaterThan(0.95);
    expect(result.test).toBeGreaterThan(0.95);
  });

  it('tells the colours of drawn pairs from nothing but mean colours of patches', async () => {
    const [side, count, frames] = [64, 90, [0, 4, 8, 12]];
    const pairGrid = { t: 2, h: 8, w: 8 };
    const pixels = new Float32Array(count * 128 * 3);
    const drawnBoxes = new Float32Array(count * 2 * 2 * 4);
    const colours: number[] = [];
    for (let i = 0; i < count; i++) {
      const { rgb } = drawProceduralClip(5, i, { frames: 4, stride: 4, side, scene: 'pair', colours: 'full' });
      drawnBoxes.set(tubeletBoxes(5, i, frames, 2, 'pair'), i * 16);
      for (const body of pairLabels(5, i)) colours.push(...colourNames.map((name) => Number(name === body.colour)));
      // the later frame of each tubelet is the one that its boxes are of
      for (let n = 0; n < 128; n++)
        for (let k = 0; k < 3; k++) {
          const [t, y, x] = [Math.floor(n / 64) * 2 + 1, Math.floor(n / 8) % 8, n % 8];
          let sum = 0;
          for (let p = 0; p < 64; p++) {
            const at = (t * side + y * 8 + Math.floor(p / 8)) * side + x * 8 + (p % 8);
            sum += rgb[at * 3 + k] / 255;
          }
          pixels[(i * 128 + n) * 3 + k] = sum / 64;
        }
    }
    const parts = { train: span(0, 54), validation: span(54, 66), test: span(66, 90) };
    const drawn = {
      features: pixels,
      grid: pairGrid,
      dim: 3,
      boxes: drawnBoxes,
      labels: colours,
      classes: 6,
      ...parts,
    };
    const pipelines = await testPipelines();
    const result = await detect(pipelines, likely, request(drawn));
    expect(result.test).toBeGreaterThan(Math.max(0.6, 2 * result.chance));
    // the whole frame for both bodies cannot tell them apart
    const whole = drawnBoxes.map((_, i) => (i % 4 < 2 ? 0 : 1));
    const blind = await detect(
      pipelines,
      likely,
      request({ ...drawn, boxes: whole, truth: drawnBoxes.map((_, i) => (i % 4 < 2 ? 0 : 1)) }),
    );
    expect(blind.test).toBeLessThan(result.test - 0.15);
  });

  it('stops when asked to, and refuses what does not fit', async () => {
    const pipelines = await testPipelines();
    const abort = new AbortController();
    const onProgress = (stage: string, done: number) => {
      if (stage === 'Training' && done === 2) abort.abort();
    };
    await expect(detect(pipelines, likely, request({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(detect(pipelines, likely, request({ test: [] }))).rejects.toThrow('0 for the test');
    await expect(detect(pipelines, likely, request({ labels: [1] }))).rejects.toThrow('60 clips, 1 labels');
    await expect(detect(pipelines, likely, request({ boxes: boxes.slice(4) }))).rejects.toThrow('120 boxes');
    await expect(detect(pipelines, likely, request({ boxes: boxes.map((v) => v + 1) }))).rejects.toThrow(
      'box 0 reaches',
    );
  });
});
