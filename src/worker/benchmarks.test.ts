import { expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { variants } from '../core/variant.ts';
import type { Event } from '../protocol/messages.ts';
import { Benchmarks } from './benchmarks.ts';
import { Gpu } from './gpu.ts';
import { Library } from './library.ts';

const tune = vi.hoisted(() => vi.fn());
vi.mock('../tasks/tune.ts', async (original) => ({ ...(await original<object>()), tune }));

/** A machine without a device, which takes a moment to say so, and says how many asked at once. */
class Nothing extends Gpu {
  now = 0;
  most = 0;

  override async use(): Promise<never> {
    this.most = Math.max(this.most, ++this.now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.now--;
    throw new Error('there is no device');
  }
}

function machine() {
  const events: Event[] = [];
  const post = (event: Event) => void events.push(event);
  const gpu = new Nothing(post);
  let busy = false;
  const all = new Benchmarks(post, new Library(post), gpu, () => busy);
  return { all, events, most: () => gpu.most, train: () => (busy = true) };
}

const step = { type: 'timeStep' as const, requestId: 't', config: preset('nano'), clipIds: [] };

it('one measurement follows the other, whatever becomes of it', async () => {
  const { all, events, most } = machine();
  const tuned = all.tune({ type: 'tune', requestId: 'r', jobId: 'tuner' });
  const measured = all.benchmark({ type: 'benchmark', jobId: 'all' });
  const timed = all.timeStep(step);
  await expect(tuned).rejects.toThrow('no device');
  await measured;
  await expect(timed).rejects.toThrow('no device');
  expect(most()).toBe(1);
  expect(events.filter(({ type }) => type === 'jobDone')).toHaveLength(2);
});

it('what waits for its turn gives way to a run, and none begins beside one', async () => {
  const { all, train } = machine();
  const tuned = all.tune({ type: 'tune', requestId: 'r', jobId: 'tuner' });
  const timed = all.timeStep(step);
  train();
  await expect(tuned).rejects.toThrow('no device');
  await expect(timed).rejects.toMatchObject({ code: 'cancelled' });
  await expect(all.tune({ type: 'tune', requestId: 's', jobId: 'again' })).rejects.toThrow('A run is training');
});

it('forms that were measured beside a run are not chosen, the last one neither', async () => {
  const events: Event[] = [];
  const post = (event: Event) => void events.push(event);
  const gpu = new Gpu(post);
  vi.spyOn(gpu, 'use').mockResolvedValue({ open: { features: [] }, pipelines: {} } as never);
  const choose = vi.spyOn(gpu, 'choose').mockResolvedValue();
  let busy = false;
  const all = new Benchmarks(post, new Library(post), gpu, () => busy);
  tune.mockImplementation(async () => {
    busy = true;
    return { variant: variants.quads, rows: [] };
  });
  await expect(all.tune({ type: 'tune', requestId: 'r', jobId: 'tuner' })).rejects.toThrow('A run is training');
  expect(choose).not.toHaveBeenCalled();
  expect(events.map(({ type }) => type)).toEqual(['jobDone']);
});
