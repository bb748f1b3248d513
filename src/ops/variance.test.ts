import { describe, it } from 'vitest';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { varianceTerm } from './variance.ts';
import { varianceRef } from './variance.ref.ts';

describe('variance term', () => {
  it('value per clip and channel, gradient added to dz', async () => {
    const C = 5;
    const segments: [number, number][] = [
      [0, 4],
      [4, 7],
      [11, 3],
      [14, 1],
    ]; // two sets of two clips, one with a single token
    const n = 15;
    const random = noise(5);
    const z = Float64Array.from({ length: n * C }, (_, i) => Math.fround(random() * (i % C === 0 ? 3 : 0.4))); // channel 0 spreads widely
    const before = Float32Array.from({ length: n * C }, random);
    const coefficient = 0.7;
    const { recorded, read } = await bench(variants[0].variant, {}, ({ plan, input }) => {
      const tz = input('z', n, C, z);
      const dz = input('dz', n, C, before);
      plan.seedGradient(tz, dz);
      return {
        hinge: varianceTerm(plan, tz, input('segments', 4, 2, segments.flat(), 'u32'), 2, coefficient, 'hinge'),
        dz,
      };
    });
    expectClose('hinge', await read(recorded.hinge), varianceRef(z, C, segments, 2).hinge, 2e-6);
    const expected = Array.from(z, (value, i) => {
      const at = (v: number) => {
        const moved = z.slice();
        moved[i] = v;
        return varianceRef(moved, C, segments, 2).value;
      };
      return before[i] + (coefficient * (at(value + 1e-5) - at(value - 1e-5))) / 2e-5;
    });
    expectClose('dz', await read(recorded.dz), expected, 1e-6);
  });

  it('more clips and channels than one row of workgroups', async () => {
    const [B, C] = [9, 116_600]; // 65 588 workgroups of 16
    const segments = Array.from({ length: B }, (_, b): [number, number] => [2 * b, 2]);
    const z = Float32Array.from({ length: 2 * B * C }, (_, i) => ((i * 7919) % 1009) / 1009);
    const { recorded, read, program } = await bench(variants[0].variant, {}, ({ plan, input }) => {
      const tz = input('z', 2 * B, C, z);
      plan.seedGradient(tz, input('dz', 2 * B, C, new Float32Array(z.length)));
      return varianceTerm(plan, tz, input('segments', B, 2, segments.flat(), 'u32'), 1, 0, 'hinge');
    });
    const last = varianceRef(z.subarray(2 * (B - 1) * C), C, [[0, 2]], 1).hinge; // of the last clip
    expectClose('hinge', (await read(recorded)).subarray((B - 1) * C), last, 2e-6);
    program.destroy();
  });
});
