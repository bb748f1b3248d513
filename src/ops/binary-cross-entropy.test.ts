import { describe, expect, it } from 'vitest';
import { expectClose, likely, noise } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { binaryCrossEntropyRef } from './binary-cross-entropy.ref.ts';

async function run(x: ArrayLike<number>, truth: number[], share: number[]) {
  const K = x.length / share.length;
  const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
    const logits = input('x', share.length, K, x);
    logits.needsGradient = true;
    const loss = binaryCrossEntropy(
      plan,
      logits,
      input('truth', share.length, K, truth),
      input('share', share.length, 1, share),
      'loss',
    );
    return { loss, dx: plan.gradientOf(logits) };
  });
  return { loss: await read(recorded.loss), dx: await read(recorded.dx) };
}

describe('binary cross-entropy', () => {
  it.each([
    { rows: 70, K: 5, spread: 1 },
    { rows: 3, K: 2, spread: 20 },
    { rows: 2, K: 1, spread: 1 },
  ])('$rows rows of $K classes, logits of about $spread', async ({ rows, K, spread }) => {
    const random = noise(rows);
    const x = Float32Array.from({ length: rows * K }, () => random() * spread);
    const truth = Array.from({ length: rows * K }, (_, i) => Number((i * 7) % 5 < 2));
    const share = Array.from({ length: rows }, (_, b) => (b === 1 ? 0 : 1 / rows));
    const { loss, dx } = await run(x, truth, share);
    const expected = binaryCrossEntropyRef(x, truth, share, K);
    expectClose('loss', loss, expected.loss, 2e-6);
    expectClose('dx', dx, expected.dx, 4e-6);
    expect(Math.max(...dx.subarray(K, 2 * K).map(Math.abs))).toBe(0); // left out
  });

  it('worked out by hand, and finite far out', async () => {
    // log 2; log 2 − 0; a thousand wrong, a thousand right
    const { loss, dx } = await run([0, 0, 1000, -1000], [0, 1, 0, 0], [1, 1, 1, 1]);
    expectClose('loss', loss, [Math.LN2, Math.LN2, 1000, 0], 1e-7);
    expectClose('dx', dx, [0.5, -0.5, 1, 0], 1e-6);
  });
});
