import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import type { Event } from '../protocol/messages.ts';
import { Benchmarks } from './benchmarks.ts';
import type { Gpu } from './gpu.ts';
import { Library } from './library.ts';

/** A machine without a device, which takes a moment to say so, and says how many asked at once. */
function machine() {
  const events: Event[] = [];
  let [now, most] = [0, 0];
  const gpu = {
    use: async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now--;
      throw new Error('there is no device');
    },
  };
  let busy = false;
  const post = (event: Event) => void events.push(event);
  const all = new Benchmarks(post, new Library(post), gpu as unknown as Gpu, () => busy);
  return { all, events, most: () => most, train: () => (busy = true) };
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
