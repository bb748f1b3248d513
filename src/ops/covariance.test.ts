import { describe, expect, it } from 'vitest';
import { expectClose, expectGuards, noise, runOnce, testPipelines, variants } from '../testing/check-operation.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { covariance } from './covariance.ts';

/** f64, all entries, no symmetry used. */
function reference(x: Float32Array, N: number, C: number) {
  const mean = new Float64Array(C);
  for (let i = 0; i < N * C; i++) mean[i % C] += x[i] / N;
  const out = new Float64Array(C * C);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let e = 0; e < C; e++) out[c * C + e] += ((x[n * C + c] - mean[c]) * (x[n * C + e] - mean[e])) / N;
  return { mean, out };
}

// the two product forms; quads take the one of registers
const forms = variants.filter(({ label }) => label !== 'quads');

describe.each(forms)('covariance of tokens ($label)', ({ variant }) => {
  // widths that neither 4 nor 64 divides, one token, slabs that are full, begun and one token over
  it.each([
    [1, 5],
    [37, 3],
    [129, 66],
    [515, 37],
    [64, 130],
  ])('%d tokens of %d channels, with a large common part', async (N, C) => {
    const pipelines = await testPipelines();
    const random = noise(N + C);
    const values = Float32Array.from({ length: N * C }, (_, i) => 20 * Math.cos(i % C) + random());
    const plan = new Plan({ most: {}, variant, keepAll: true });
    const x = plan.input('x', N, C);
    const made = covariance(plan, x, 'covariance');
    const program = await compile(plan, pipelines, { guardFloats: 64 });
    program.put(x, values);
    const read = async () => {
      await runOnce(program, {});
      return {
        mean: await readTensor(pipelines.device, made.mean, C),
        covariance: await readTensor(pipelines.device, made.covariance, C * C),
      };
    };
    const first = await read();
    const expected = reference(values, N, C);
    expectClose('mean', first.mean, expected.mean, 1e-6);
    if (N > 1) expectClose('covariance', first.covariance, expected.out, 1e-5);
    else expect(Math.max(...first.covariance.map(Math.abs))).toBeLessThan(1e-9);
    expect(await read()).toEqual(first); // bit for bit
    await expectGuards(program, 64);
    program.destroy();
  });
});
