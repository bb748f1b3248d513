import { describe, expect, it } from 'vitest';
import { expectClose, likely, noise } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { crossEntropy } from './cross-entropy.ts';
import { crossEntropyRef } from './cross-entropy.ref.ts';

describe('cross-entropy', () => {
  it.each([
    { rows: 70, K: 5, spread: 1 },
    { rows: 3, K: 2, spread: 60 },
    { rows: 2, K: 1, spread: 1 },
  ])('$rows rows of $K classes, logits of about $spread', async ({ rows, K, spread }) => {
    const random = noise(rows);
    const x = Float32Array.from({ length: rows * K }, () => random() * spread);
    const labels = Array.from({ length: rows }, (_, b) => (b * 7) % K);
    const share = Float32Array.from({ length: rows }, (_, b) => (b === 1 ? 0 : 1 / rows));
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const logits = input('x', rows, K, x);
      logits.needsGradient = true;
      const tables = [input('labels', rows, 1, labels, 'u32'), input('share', rows, 1, share)] as const;
      const loss = crossEntropy(plan, logits, ...tables, 'loss');
      return { loss, dx: plan.gradientOf(logits) };
    });
    const expected = crossEntropyRef(x, labels, share, K);
    expectClose('loss', await read(recorded.loss), expected.loss, 2e-6);
    const dx = await read(recorded.dx);
    expectClose('dx', dx, expected.dx, 4e-6);
    expect(Math.max(...dx.subarray(K, 2 * K).map(Math.abs))).toBe(0); // left out
  });
});
