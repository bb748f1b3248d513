// Commands about kept runs that come while others are on their way.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../protocol/messages.ts';
import { FileLibrary } from '../testing/file-library.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { sampleCheckpoint } from '../testing/samples.ts';
import { roundingOf } from '../core/variant.ts';
import type { Gpu } from './gpu.ts';
import { createKeeping, differences } from './keeping.ts';
import { KeptRuns } from './kept-runs.ts';
import type { OpenRun } from './own-runs.ts';
import { RunFolder } from './run-folder.ts';
import type { Training } from './training.ts';

let origin: MemoryOrigin;
beforeEach(() => {
  origin = new MemoryOrigin();
  vi.stubGlobal('navigator', origin.navigator);
});
afterEach(() => vi.unstubAllGlobals());

/** Kept runs of which some are open here; `closing` waits before a run gives its lock back. */
async function keeping(closing: Promise<void> = Promise.resolve()) {
  const events: Event[] = [];
  const post = (event: Event) => void events.push(event);
  const library = new FileLibrary([]);
  const kept = new KeptRuns(post, library);
  const open = new Map<string, OpenRun>();
  const training = {
    close: async (runId: string) => {
      await closing;
      open.get(runId)?.close();
      open.delete(runId);
    },
  };
  const handle = createKeeping(post, library, {} as Gpu, kept, training as unknown as Training);
  await kept.add(sampleCheckpoint('a', 10));
  const train = async () => void open.set('a', await kept.open('a'));
  const describe = (change: Parameters<RunFolder['describe']>[0]) =>
    handle({ type: 'describeRun', requestId: 'r', runId: 'a', change });
  const lists = () => events.filter((event) => event.type === 'kept').length;
  return { train, describe, kept, training, lists };
}

const note = () => JSON.parse(new TextDecoder().decode(origin.runs.get('a')!.files.get('note.json'))) as object;

it('a deletion that is taken back while its run still ends is taken back', async () => {
  let ended = () => {};
  const { train, describe } = await keeping(new Promise<void>((resolve) => (ended = resolve)));
  await train();
  const deleted = describe({ leaves: Date.now() + 10_000 });
  await describe({ leaves: null });
  ended();
  await deleted;
  expect(note()).toMatchObject({ leaves: null });
});

it('a run that is deleted is closed, also where that cannot be written down', async () => {
  const { train, describe, kept } = await keeping();
  await train();
  vi.spyOn(kept, 'describe').mockRejectedValue(new Error('no folder'));
  await expect(describe({ leaves: Date.now() + 10_000 })).rejects.toThrow('no folder');
  (await kept.open('a')).close();
});

it('changes that come together are both written', async () => {
  const { train, describe } = await keeping();
  await train();
  await Promise.all([describe({ name: 'swing' }), describe({ pinned: true }), describe({ group: 'tries' })]);
  expect(note()).toMatchObject({ name: 'swing', pinned: 10, group: 'tries' });
});

it('a run that is taken up while it leaves stays, and its list is told once', async () => {
  const { kept, train, describe, training, lists } = await keeping();
  await describe({ leaves: Date.now() + 50 });
  await train();
  expect(note()).toMatchObject({ leaves: null });
  await kept.look();
  const told = lists();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lists()).toBe(told);
  await training.close('a');
  await kept.look();
  expect([...origin.runs.keys()]).toEqual(['a']);
});

it('a run goes on bit for bit only on its adapter, with kernels that round as they did', () => {
  const from = sampleCheckpoint('a', 10);
  const found = { clipIds: [], missing: [], otherwise: [] };
  const told = (change: object, features = ['subgroups']) =>
    differences({ ...from, ...change }, { name: from.adapter, features }, found, 0).join();
  const now = roundingOf(from.variant);
  expect(told({})).toBe('');
  expect(told({ rounding: now })).toBe('');
  expect(told({ rounding: now + 1 })).toContain('add up in another order now');
  expect(told({ adapter: 'another', rounding: now + 1 })).toContain('was saved on another');
  expect(told({ variant: { ...from.variant, product: 'quads' } }, [])).toContain('cannot run here');
});
