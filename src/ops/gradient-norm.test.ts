import { describe, it } from 'vitest';
import type { Variant } from '../core/variant.ts';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { gradientNorms } from './gradient-norm.ts';

const normOf = (g: Float32Array) => Math.sqrt(g.reduce((a, v) => a + v * v, 0));

/** Norm and coefficient of one arena. */
async function normsOf(variant: Variant, g: Float32Array, clip: number): Promise<Float32Array> {
  const { recorded, read } = await bench(variant, {}, ({ plan, input }) =>
    gradientNorms(
      plan,
      [input('g', 1, g.length, g)],
      input('error', 2, 1, [0, 1]),
      plan.state('guard', 1, 2, 'u32'),
      clip,
      0,
      'norm',
    ),
  );
  return read(recorded);
}

describe.each(variants)('gradient norm ($label)', ({ variant }) => {
  it.each([1, 63, 1025, 30_001])('of %d values', async (n) => {
    const g = Float32Array.from({ length: n }, noise(n));
    const norm = normOf(g);
    expectClose('norm', await normsOf(variant, g, 1), [norm, Math.min(1, 1 / (norm + 1e-6))], 1e-6);
  });

  it('of more values than a thousand sums should add: none adds more than 8192', async () => {
    const n = 2 ** 24 + 77;
    // equal values round alike, so that errors add up instead of cancelling
    const norms = await normsOf(variant, new Float32Array(n).fill(0.7), 0);
    expectClose('norm', norms, [Math.fround(0.7) * Math.sqrt(n), 1], 4e-5);
  });

  it('two arenas have a norm and a coefficient each', async () => {
    const a = Float32Array.from({ length: 700 }, noise(1));
    const b = Float32Array.from({ length: 2100 }, noise(2)).map((v) => v / 500);
    const { recorded, read } = await bench(variant, {}, ({ plan, input }) =>
      gradientNorms(
        plan,
        [input('a', 1, 700, a), input('b', 1, 2100, b)],
        input('error', 2, 1, [0, 1]),
        plan.state('guard', 1, 2, 'u32'),
        0.5,
        0,
        'norm',
      ),
    );
    expectClose('norms', await read(recorded), [normOf(a), 0.5 / (normOf(a) + 1e-6), normOf(b), 1], 1e-6);
  });
});
