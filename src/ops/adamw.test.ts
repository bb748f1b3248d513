import { describe, expect, it } from 'vitest';
import { type Arena, createArenas, destroyArena, trainArena } from '../gpu/arena.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readBuffer } from '../gpu/readback.ts';
import { expectClose, noise, runOnce, testPipelines, variants } from '../testing/check-operation.ts';
import { adamw, adamwValues } from './adamw.ts';
import { adamwRef } from './adamw.ref.ts';
import { gradientNorms } from './gradient-norm.ts';

const specs = [
  { name: 'table', shape: [1, 7], decay: false, trained: false },
  { name: 'w', shape: [9, 13], decay: true, trained: true },
  { name: 'b', shape: [13], decay: false, trained: true },
  { name: 'tokens', shape: [1, 1, 5], decay: true, trained: true, stack: 2 },
];

/** Optimiser, guard and momentum update on a small arena; values are written through queue.writeBuffer. */
async function optimiser(variant: (typeof variants)[number]['variant'], betas: [number, number], rates?: number[]) {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const [arena, slow] = await createArenas(device, 'a test', (create) => [
    create('net', specs, true),
    create('slow', specs, false),
  ]);
  const plan = new Plan({ most: {}, variant });
  trainArena(plan, arena);
  const error = plan.input('error', 3, 1);
  const guard = plan.state('guard', 1, 2, 'u32');
  const norm = gradientNorms(plan, [arena.gradients!], error, guard, 'clip', 'step', 'norm');
  const follow = { arena: slow, momentum: 'momentum', rest: 'rest' };
  const factors = rates ? plan.input('factors', 1, rates.length) : null;
  adamw(plan, arena, { tensor: norm, row: 0 }, guard, betas, 1e-8, follow, factors);
  const program = await compile(plan, pipelines);
  if (factors && rates) device.queue.writeBuffer(factors.place!.buffer, 0, Float32Array.from(rates));
  const write = (buffer: GPUBuffer, values: Float32Array<ArrayBuffer>) => device.queue.writeBuffer(buffer, 0, values);
  const whole = (a: Arena) => readBuffer(device, a.weights.place!.buffer, 0, a.size);
  return { device, arena, slow, program, error, guard, norm, write, whole };
}

/** Arena-sized noise that is zero in the gaps between parameters. */
function filled(arena: Arena, random: () => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(arena.size);
  for (const p of arena.parameters.values()) for (let i = 0; i < p.size; i++) values[p.offset + i] = random();
  return values;
}

describe.each(variants)('AdamW, clipping and EMA ($label)', ({ variant }) => {
  // rates of w (two of 64 values), tokens, b and the fixed table behind them
  it.each([
    { clip: 0, rates: null },
    { clip: 0.5, rates: null },
    { clip: 0.5, rates: { w: 0.25, tokens: 1, b: 0.5625, table: 7 } },
  ])('five steps equal torch.optim.AdamW in f64, clip $clip, rates $rates', async ({ clip, rates }) => {
    const betas: [number, number] = [0.9, 0.999];
    const o = await optimiser(
      variant,
      betas,
      rates ? [rates.w, rates.w, rates.tokens, rates.b, rates.table] : undefined,
    );
    const rateOf = (name: string) =>
      rates ? ({ w: rates.w, b: rates.b, table: rates.table }[name] ?? rates.tokens) : 1;
    const random = noise(21);
    const start = filled(o.arena, random);
    o.write(o.arena.weights.place!.buffer, start);
    o.write(o.slow.weights.place!.buffer, start);
    const state = Array.from(start, (p) => ({ p, m: 0, v: 0 }));
    const target = Array.from(start);
    for (let t = 1; t <= 5; t++) {
      const g = filled(o.arena, random);
      for (const p of o.arena.parameters.values()) if (!p.trained) g.fill(0, p.offset, p.offset + p.size);
      o.write(o.arena.gradients!.place!.buffer, g);
      const [lr, wd, momentum] = [1e-2 / t, 0.04 * t, 0.9 + t / 100];
      await runOnce(o.program, { step: t - 1, clip, momentum, rest: 1 - momentum, ...adamwValues(t, lr, wd, betas) });
      const norm = Math.sqrt(g.reduce((a, v) => a + v * v, 0));
      const coefficient = clip ? Math.min(1, clip / (norm + 1e-6)) : 1;
      for (const p of o.arena.parameters.values())
        for (let i = p.offset; i < p.offset + p.size; i++) {
          if (p.trained)
            state[i] = adamwRef(state[i], g[i] * coefficient, t, lr * rateOf(p.name), p.decay ? wd : 0, betas, 1e-8);
          target[i] = momentum * target[i] + (1 - momentum) * state[i].p;
        }
      expectClose(
        'norm',
        await readBuffer(o.device, o.norm.place!.buffer, o.norm.place!.offset, 2),
        [norm, coefficient],
        2e-6,
      );
    }
    expectClose(
      'weights',
      await o.whole(o.arena),
      state.map((s) => s.p),
      2e-6,
    );
    expectClose('slow copy', await o.whole(o.slow), target, 2e-6);
    o.program.destroy();
  });

  it.each(['a gradient', 'an error'])(
    'NaN in %s leaves weights and slow copy alone, also in the steps behind it',
    async (where) => {
      const o = await optimiser(variant, [0.9, 0.999]);
      const random = noise(4);
      const start = filled(o.arena, random);
      o.write(o.arena.weights.place!.buffer, start);
      o.write(o.slow.weights.place!.buffer, start);
      const values = { clip: 0, momentum: 0.5, rest: 0.5, ...adamwValues(1, 1e-2, 0, [0.9, 0.999]) };
      const g = filled(o.arena, random);
      const broken = g.slice();
      if (where === 'a gradient') broken[o.arena.trained - 64] = NaN;
      else o.device.queue.writeBuffer(o.error.place!.buffer, 8, new Float32Array([Infinity]));
      o.write(o.arena.gradients!.place!.buffer, broken);
      await runOnce(o.program, { step: 6, ...values });
      o.write(o.arena.gradients!.place!.buffer, g);
      o.device.queue.writeBuffer(o.error.place!.buffer, 8, new Float32Array([0]));
      await runOnce(o.program, { step: 7, ...values });
      const guard = new Uint32Array((await readBuffer(o.device, o.guard.place!.buffer, 0, 2)).buffer);
      expect([...guard]).toEqual([1, 6]);
      expect([...(await o.whole(o.arena))]).toEqual([...start]);
      expect([...(await o.whole(o.slow))]).toEqual([...start]);
      o.program.destroy();
    },
  );

  it('reaches every value of an arena that folds into two rows of workgroups, without a slow copy too', async () => {
    const pipelines = await testPipelines();
    const { device } = pipelines;
    const n = 65_535 * 256 + 520;
    const one = [{ name: 'w', shape: [n], decay: false, trained: true }];
    const arena = await createArenas(device, 'a test', (create) => create('net', one, true));
    const plan = new Plan({ most: {}, variant });
    const norm = gradientNorms(
      plan,
      [arena.gradients!],
      plan.input('error', 1, 1),
      plan.state('guard', 1, 2, 'u32'),
      0,
      0,
      'norm',
    );
    adamw(plan, arena, { tensor: norm, row: 0 }, plan.find('guard'), [0.9, 0.999], 1e-8, null);
    const program = await compile(plan, pipelines);
    const signs = Float32Array.from({ length: arena.size }, (_, i) => (i % 3 === 0 ? -1 : 1));
    device.queue.writeBuffer(arena.gradients!.place!.buffer, 0, signs);
    await runOnce(program, adamwValues(1, 0.5, 0, [0.9, 0.999]));
    // the first step of Adam is lr · sign(g)
    const tail = await readBuffer(device, arena.weights.place!.buffer, (n - 600) * 4, 600);
    expectClose(
      'last values',
      tail,
      Float32Array.from({ length: 600 }, (_, i) => -0.5 * signs[n - 600 + i]),
      1e-5,
    );
    program.destroy();
    destroyArena(arena);
  });
});
