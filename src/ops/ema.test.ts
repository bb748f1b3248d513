import { describe, it } from 'vitest';
import { createArena } from '../gpu/arena.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readBuffer } from '../gpu/readback.ts';
import { expectClose, noise, runOnce, testPipelines, variants } from '../testing/check-operation.ts';
import { ema } from './ema.ts';

describe('EMA', () => {
  it('of more values than one row of workgroups reaches', async () => {
    const pipelines = await testPipelines();
    const n = 65_535 * 64 + 130; // folds into two rows
    const specs = [{ name: 'w', shape: [n], decay: false, trained: true }];
    const slow = createArena(pipelines.device, 'slow', specs, false);
    const fast = createArena(pipelines.device, 'fast', specs, false);
    const random = noise(2);
    const some = Float32Array.from({ length: 1000 }, random);
    const a = Float32Array.from({ length: n }, (_, i) => some[i % 1000]);
    const b = Float32Array.from({ length: n }, (_, i) => some[(i * 7) % 1000]);
    pipelines.device.queue.writeBuffer(slow.weights.place!.buffer, 0, a);
    pipelines.device.queue.writeBuffer(fast.weights.place!.buffer, 0, b);
    const plan = new Plan({ most: {}, variant: variants[0].variant });
    ema(plan, slow, fast, plan.state('guard', 1, 2, 'u32'), 'momentum', 'rest');
    const program = await compile(plan, pipelines);
    await runOnce(program, { momentum: 0.998, rest: 1 - 0.998 });
    const result = await readBuffer(pipelines.device, slow.weights.place!.buffer, 0, n);
    expectClose(
      'slow',
      result,
      a.map((v, i) => 0.998 * v + 0.002 * b[i]),
      1e-6,
    );
  });
});
