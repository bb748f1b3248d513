import { describe, expect, it } from 'vitest';
import { usualLook } from '../core/drawn-look.ts';
import { StudioError } from '../core/errors.ts';
import { preset } from '../core/presets.ts';
import { heldBytes, limitHeld } from '../gpu/held.ts';
import type { Event } from '../protocol/messages.ts';
import { healthMemory } from '../tasks/health-memory.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { stagingBytes } from '../train/snapshot.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { RunHealth } from './health.ts';
import { Library } from './library.ts';
import { sampleCheck, sampleFeatures, sampleStep } from '../testing/samples.ts';

/** A run small enough for its checks to be made in a test, and what is told of its health. */
async function small() {
  const pipelines = await testPipelines();
  const c = preset('nano');
  c.batchSize = 4;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  const told: Event[] = [];
  const library = new Library(() => {});
  const ids = Array.from({ length: 4 }, (_, i) => library.drawn(7, i));
  const sources = ids.map((id) => library.source(id));
  const run = await Pretraining.create(pipelines, c, sources, { variant });
  const health = new RunHealth((event) => told.push(event), 'r', library, ids, []);
  health.learnsFrom(ids.map((id) => library.clip(id)));
  return { pipelines, c, told, run, health };
}

describe('health of a run in the worker', () => {
  it('begins with random weights though ten steps were taken, earns its checks, tells them', async () => {
    const { pipelines, c, told, run, health } = await small();
    const gpu = () => Promise.resolve({ pipelines });
    // steps that take a minute each: a check is earned at once
    const advance = async () => {
      const metrics = await (await run.advance()).metrics;
      health.trained({ ...metrics, milliseconds: 60_000 }, c.optim);
      health.prepare(gpu, run, variant);
    };
    for (let i = 0; i < 9; i++) await advance();
    expect(health.due(run.step)).toBe(false);
    await advance();
    while (health.rows.length === 0 || !readyOf(health, run.step + 10)) {
      await advance();
      if (run.step > 400) throw new Error('the checks never became ready');
    }
    expect(health.rows[0]).toMatchObject({ step: 0, lag: 0 });
    while (!health.due(run.step)) await advance();
    await health.check(run.step);
    await health.check(run.step); // known already
    expect(health.rows.map(({ step }) => step)).toEqual([0, run.step]);
    expect(health.rows[1].lag).toBeGreaterThan(0);
    const rows = told.flatMap((event) => (event.type === 'health' ? event.rows : []));
    expect(rows).toEqual(health.rows);
    expect(told.every((event) => event.type === 'health' && event.heldOut)).toBe(true);
    await health.close();
    run.destroy();
  });

  it('is looked at with probes when that is asked for, before any check was earned and once for each time', async () => {
    const { pipelines, run, health } = await small();
    await (
      await run.advance()
    ).metrics;
    expect(health.asked).toBe(false);
    await health.ask(() => Promise.resolve({ pipelines }), run, variant);
    expect(health.asked).toBe(true);
    expect(health.due(run.step)).toBe(true);
    await health.check(run.step);
    expect(health.rows.map(({ step, probes }) => [step, probes?.length])).toEqual([
      [0, health.rows[0].probes?.length],
      [1, health.rows[0].probes?.length],
    ]);
    expect(health.rows[0].probes).not.toBeNull();
    expect(health.asked).toBe(false);
    expect(health.due(run.step)).toBe(false);
    // every ten steps, whatever they take: from step 10 on, once
    health.probeEvery = 10;
    while (run.step < 9) await run.advance();
    expect(health.due(run.step)).toBe(false);
    await (
      await run.advance()
    ).metrics;
    expect(health.due(run.step)).toBe(true);
    await health.check(run.step);
    expect(health.rows.at(-1)).toMatchObject({ step: 10, probes: expect.any(Array) as unknown });
    expect(health.due(run.step)).toBe(false);
    await health.close();
    await health.ask(() => Promise.reject(new Error('no more kernels')), run, variant);
    expect(health.asked).toBe(false);
    run.destroy();
  });

  it('checks that it was taken up with are told with the clips that they are of: its own videos, or held-out drawn ones', () => {
    const library = new FileLibrary([new DiskFile('swing.mp4'), new DiskFile('fall.mp4')]);
    const [first, second] = [library.drawn(7, 0), library.drawn(7, 1, { ...usualLook, background: 'textured' })];
    const heldOut = (ids: string[]) => {
      const told: Event[] = [];
      void new RunHealth((event) => told.push(event), 'r', library, ids, [checked]);
      expect(told).toMatchObject([{ type: 'health', rows: [checked] }]);
      return told[0].type === 'health' && told[0].heldOut;
    };
    expect(heldOut(['swing.mp4', 'fall.mp4'])).toBe(false);
    expect(heldOut([first, 'swing.mp4'])).toBe(false);
    expect(heldOut([first, second])).toBe(true);
  });

  it('a failure is told and ends the checks, not the run', async () => {
    const c = preset('nano');
    const told: Event[] = [];
    const library = new Library(() => {});
    const ids = [library.drawn(7, 0)];
    const pipelines = await testPipelines();
    const run = await Pretraining.create(pipelines, c, [library.source(ids[0])], { variant });
    const health = new RunHealth((event) => told.push(event), 'r', library, ids, []);
    health.learnsFrom(ids.map((id) => library.clip(id)));
    for (let i = 0; i < 10; i++) {
      health.trained(sampleStep(i), c.optim);
    }
    health.prepare(() => Promise.reject(new StudioError('gpu-lost', 'no adapter any more')), run, variant);
    while (!told.length) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(told).toMatchObject([
      { type: 'healthFailed', runId: 'r', error: { code: 'gpu-lost', message: 'no adapter any more' } },
    ]);
    expect(health.due(1000)).toBe(false);
    await health.check(run.step);
    await health.close();
    run.destroy();
  });

  it('of one video it says that there is nothing to tell it from', async () => {
    const c = preset('nano');
    const told: Event[] = [];
    const library = new FileLibrary([new DiskFile('swing.mp4')]);
    const pipelines = await testPipelines();
    const run = await Pretraining.create(pipelines, c, [library.source('swing.mp4')], { variant });
    const health = new RunHealth((event) => told.push(event), 'r', library, ['swing.mp4'], []);
    health.learnsFrom([library.clip('swing.mp4')]);
    for (let i = 0; i < 10; i++) health.trained(sampleStep(i), c.optim);
    health.prepare(() => Promise.resolve({ pipelines }), run, variant);
    await expect.poll(() => told.length).toBe(1);
    expect(told).toMatchObject([
      { type: 'healthFailed', error: { message: expect.stringMatching(/^One clip alone/) } },
    ]);
    await health.close();
    run.destroy();
  });

  it('videos that leave the library while it trains on them are looked at all the same', async () => {
    const c = preset('nano');
    const told: Event[] = [];
    const names = ['swing.mp4', 'fall.mp4'];
    const library = new FileLibrary(names.map((name) => new DiskFile(name)));
    const pipelines = await testPipelines();
    const run = await Pretraining.create(
      pipelines,
      c,
      names.map((name) => library.source(name)),
      { variant },
    );
    const health = new RunHealth((event) => told.push(event), 'r', library, names, []);
    health.learnsFrom(names.map((name) => library.clip(name)));
    library.clip = () => {
      throw new StudioError('video', 'not in the library');
    };
    for (let i = 0; i < 10; i++) health.trained(sampleStep(i), c.optim);
    let asked = false;
    health.prepare(
      () => {
        asked = true;
        return new Promise(() => {});
      },
      run,
      variant,
    );
    await expect.poll(() => asked || told.length > 0).toBe(true);
    expect(told).toEqual([]);
    health.abandon();
    run.destroy();
  });

  it('a run on videos without labels is checked as its checks are earned, whatever was chosen for labels', async () => {
    const { pipelines, c } = await small();
    const files = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].map((name) => new DiskFile(name));
    const library = new FileLibrary(files);
    const names = files.map(({ name }) => name);
    const sources = names.map((name) => library.source(name));
    const run = await Pretraining.create(pipelines, c, sources, { variant });
    const health = new RunHealth(() => {}, 'r', library, names, []);
    health.probeEvery = 10;
    health.learnsFrom(names.map((name) => library.clip(name)));
    await (
      await run.advance()
    ).metrics;
    await health.ask(() => Promise.resolve({ pipelines }), run, variant);
    await health.check(run.step);
    expect(health.rows.map(({ probes }) => probes)).toEqual([null, null]);
    health.probeEvery = 10;
    expect([10, 20, 30].map((step) => health.due(step))).toEqual([false, false, false]);
    await health.close();
    run.destroy();
  });

  it('a run that ends does not wait until all its checks are compiled and made', async () => {
    const { pipelines, c, told, run, health } = await small();
    for (let i = 0; i < 10; i++) {
      const metrics = await (await run.advance()).metrics;
      health.trained({ ...metrics, milliseconds: 60_000 }, c.optim);
    }
    let asked = () => {};
    const begun = new Promise<void>((resolve) => (asked = resolve));
    const gpu = () => {
      asked();
      return Promise.resolve({ pipelines });
    };
    health.prepare(gpu, run, variant);
    await begun;
    await health.close();
    expect(health.rows).toEqual([]); // not even the first was made
    expect(told).toEqual([]);
    expect(health.due(run.step)).toBe(false);
    run.destroy();
  });

  it('what does not fit beside its run is told with its bytes, before anything is allocated', async () => {
    const c = preset('nano');
    const told: Event[] = [];
    const library = new Library(() => {});
    const ids = [library.drawn(7, 0), library.drawn(7, 1)];
    const pipelines = await testPipelines();
    const sources = ids.map((id) => library.source(id));
    const run = await Pretraining.create(pipelines, c, sources, { variant });
    const checks = healthMemory(c, variant, true);
    const rows = () => Array.from({ length: 10 }, (_, step) => sampleStep(step));
    const device = pipelines.device;
    const begin = (room: number) => {
      limitHeld(device, heldBytes(device) + room);
      const health = new RunHealth((event) => told.push(event), 'r', library, ids, []);
      health.learnsFrom(ids.map((id) => library.clip(id)));
      for (const one of rows()) health.trained(one, c.optim);
      return health;
    };
    const small = begin(checks - 1);
    let asked = 0;
    small.prepare(() => Promise.reject(new Error(`asked ${++asked} times`)), run, variant);
    await expect.poll(() => told.length).toBe(1);
    expect(told).toMatchObject([{ type: 'healthFailed', error: { code: 'gpu-memory' } }]);
    expect(asked).toBe(0);
    await small.close();

    // just enough: the checks are made, and take no more than was said
    const made = device.createBuffer.bind(device);
    let bytes = 0;
    device.createBuffer = (descriptor) => {
      if (!(descriptor.usage & GPUBufferUsage.MAP_READ)) bytes += descriptor.size;
      return made(descriptor);
    };
    const large = begin(checks);
    large.prepare(() => Promise.resolve({ pipelines }), run, variant);
    await expect.poll(() => readyOf(large, run.step + 10), { timeout: 150_000 }).toBe(true);
    expect(large.rows).toHaveLength(1);
    await large.close();
    device.createBuffer = made;
    limitHeld(device, Infinity);
    const held = checks - stagingBytes;
    // readers are made twice, first for the random weights; those are freed before the others are there
    const twin = (run.nets.encoder.size + run.nets.predictor.size + run.nets.target.size) * 4;
    expect(bytes).toBe(2 * (held - twin) + twin);
    run.destroy();
  });
});

const checked = sampleCheck(0, sampleFeatures);

/** Whether a check could be due at that step: its kernels are there. */
const readyOf = (health: RunHealth, step: number): boolean => health.due(step);
