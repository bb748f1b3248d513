import { describe, expect, it } from 'vitest';
import { adamwRef } from '../ops/adamw.ref.ts';
import { binaryCrossEntropyRef } from '../ops/binary-cross-entropy.ref.ts';
import { roiPoolRef } from '../ops/roi-pool.ref.ts';
import { expectClose, likely, noise, testPipelines } from '../testing/check-operation.ts';
import { Detector, poolBoxes } from './detector.ts';

describe('features under all boxes', () => {
  it('are the same however many clips go to the GPU at once', async () => {
    const grid = { t: 2, h: 4, w: 4 };
    const [clips, dim, bodies] = [5, 3, 2];
    const random = noise(2);
    const features = Float32Array.from({ length: clips * 32 * dim }, random);
    // corners at multiples of 1/16 of the frame, so that shares and tokens are exact
    const boxes = Array.from({ length: clips * bodies * grid.t }, (_, i) => {
      const [x, y] = [(i * 3) % 10, (i * 5) % 9];
      return [x / 16, y / 16, (x + 4 + (i % 3)) / 16, (y + 5) / 16];
    }).flat();
    const owner = Array.from({ length: clips * bodies }, (_, r) => Math.floor(r / bodies));
    const expected = roiPoolRef(
      features,
      boxes.map((v) => v * 4),
      owner,
      grid,
      dim,
      200,
    );
    const boxed = { features, grid, dim, bodies, boxes };
    for (const atOnce of [2, 16])
      expectClose('pooled', await poolBoxes(await testPipelines(), boxed, likely, atOnce), expected, 1e-4);
  });
});

describe('the detector', () => {
  it('trains as linear layer, binary cross-entropy and AdamW do in f64', async () => {
    const [dim, classes, B] = [4, 3, 5];
    const detector = await Detector.create(await testPipelines(), { dim, classes, batch: 8 }, 3, likely);
    const random = noise(7);
    const x = Float32Array.from({ length: B * dim }, random);
    const truth = Float32Array.from({ length: B * classes }, (_, i) => Number(i % 4 < 2));
    const start = await detector.weights();
    // PyTorch's start: within ± 1 / √4
    const inUse = [...start.subarray(0, 12), ...start.subarray(64, 67)];
    expect(Math.max(...inUse.map(Math.abs))).toBeLessThanOrEqual(0.5);
    expect(new Set(inUse).size).toBe(15);

    // weight at 0, bias in the next 64 values
    const w = Array.from({ length: classes * dim }, (_, i) => ({ p: start[i], m: 0, v: 0 }));
    const bias = Array.from({ length: classes }, (_, k) => ({ p: start[64 + k], m: 0, v: 0 }));
    const logits = () =>
      Array.from({ length: B * classes }, (_, i) => {
        const [b, k] = [Math.floor(i / classes), i % classes];
        return bias[k].p + w.slice(k * dim, (k + 1) * dim).reduce((sum, { p }, c) => sum + p * x[b * dim + c], 0);
      });
    const share = Array<number>(B).fill(1 / B);
    for (let step = 0; step < 3; step++) {
      detector.step(x, truth, { step, lr: 0.02, weightDecay: 0.1 });
      const { loss, dx } = binaryCrossEntropyRef(logits(), truth, share, classes);
      expect(await detector.loss()).toBeCloseTo(loss.reduce((a, b) => a + b, 0) / B, 5);
      for (let k = 0; k < classes; k++) {
        const of = (b: number) => dx[b * classes + k];
        for (let c = 0; c < dim; c++) {
          const g = share.reduce((sum, _, b) => sum + of(b) * x[b * dim + c], 0);
          w[k * dim + c] = adamwRef(w[k * dim + c], g, step + 1, 0.02, 0.1, [0.9, 0.999], 1e-8);
        }
        const g = share.reduce((sum, _, b) => sum + of(b), 0);
        bias[k] = adamwRef(bias[k], g, step + 1, 0.02, 0, [0.9, 0.999], 1e-8);
      }
    }
    expectClose('answers', await detector.answer(x), logits(), 1e-4);
    detector.load(start);
    expect(await detector.weights()).toEqual(start);
    detector.destroy();
  });

  it('tells which step broke, also when the ones behind it look well', async () => {
    const detector = await Detector.create(await testPipelines(), { dim: 2, classes: 2, batch: 2 }, 0, likely);
    const before = await detector.weights();
    const truth = Float32Array.from([1, 0]);
    detector.step(Float32Array.from([NaN, 1]), truth, { step: 4, lr: 0.1, weightDecay: 0 });
    detector.step(Float32Array.from([1, 1]), truth, { step: 5, lr: 0.1, weightDecay: 0 });
    await expect(detector.loss()).rejects.toMatchObject({
      code: 'non-finite',
      message: expect.stringContaining('step 5'),
    });
    expect(await detector.weights()).toEqual(before);
    detector.destroy();
  });
});
