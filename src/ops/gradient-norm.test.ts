import { describe, it } from 'vitest';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { gradientNorm } from './gradient-norm.ts';

describe.each(variants)('gradient norm ($label)', ({ variant }) => {
  it.each([1, 63, 1025, 30_001])('of %d values', async (n) => {
    const random = noise(n);
    const g = Float32Array.from({ length: n }, random);
    const { recorded, read } = await bench(variant, {}, ({ plan, input }) =>
      gradientNorm(
        plan,
        input('g', 1, n, g),
        input('error', 2, 1, [0, 1]),
        plan.state('guard', 1, 2, 'u32'),
        1,
        0,
        'norm',
      ),
    );
    const norm = Math.sqrt(g.reduce((a, v) => a + v * v, 0));
    expectClose('norm', await read(recorded.result), [norm, Math.min(1, 1 / (norm + 1e-6))], 1e-6);
  });
});
