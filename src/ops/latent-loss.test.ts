import { describe, it } from 'vitest';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { latentLoss } from './latent-loss.ts';
import { latentLossRef } from './latent-loss.ref.ts';

describe.each(variants)('latent loss ($label)', ({ variant }) => {
  it.each([1, 1.5, 2, 3])('|z − h|^p / p with p = %d', async (p) => {
    const [n, C, rows] = [19, 13, 30];
    const random = noise(p * 10);
    const z = Float32Array.from({ length: n * C }, random);
    const h = Float32Array.from({ length: rows * C }, random);
    const target = Array.from({ length: n }, (_, i) => (i * 11) % rows);
    const share = Float32Array.from({ length: n }, (_, i) => 1 / (C * (i < 7 ? 14 : 24)));
    h[target[3] * C + 2] = z[3 * C + 2]; // an exact hit has no gradient
    const { recorded, read } = await bench(variant, {}, ({ plan, input }) => {
      const tz = input('z', n, C, z);
      tz.needsGradient = true;
      const tables = { target: input('target', n, 1, target, 'u32'), share: input('share', n, 1, share) };
      return { error: latentLoss(plan, tz, input('h', rows, C, h), tables, p, 'error'), dz: plan.gradientOf(tz) };
    });
    const expected = latentLossRef(z, h, target, share, C, p);
    expectClose('error', await read(recorded.error), expected.error, 2e-6);
    expectClose('dz', await read(recorded.dz), expected.dz, 4e-6);
  });
});
