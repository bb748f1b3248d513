import { expect, test } from 'vitest';
import { StudioError } from '../core/errors.ts';
import type { Event } from '../protocol/messages.ts';
import { readCheckpoint } from '../tasks/checkpoint.ts';
import { MemoryFolder } from '../testing/memory-folder.ts';
import type { OpenRun } from './own-runs.ts';
import { inTime } from './patient-folder.ts';
import { RunFolder } from './run-folder.ts';
import { Saver } from './saver.ts';
import { sampleCheckpoint } from '../testing/samples.ts';

const checkpoint = (step: number) => sampleCheckpoint('run-1', step);

function opened(patience?: number, open: (run: OpenRun) => Promise<OpenRun> = (run) => Promise.resolve(run)) {
  const memory = new MemoryFolder();
  const events: Event[] = [];
  let closed = false;
  const folder = new RunFolder(memory, () => {
    throw new Error('the manifest is there');
  });
  const run = { folder, close: () => void (closed = true) };
  const saver = new Saver(
    (event) => events.push(event),
    'run-1',
    () => open(run),
    10,
    1000,
    500,
    patience,
  );
  return { memory, events, folder, saver, isClosed: () => closed };
}

test('is due when the time has come and there is a new step', () => {
  const { saver } = opened();
  expect([saver.due(11, 1499), saver.due(10, 1500), saver.due(11, 1500)]).toEqual([false, false, true]);
  expect([saver.wanted(10), saver.wanted(11)]).toEqual([false, true]);
});

test('saves one behind the other, and gives the lock back after the last', async () => {
  const { saver, events, folder, isClosed } = opened();
  saver.write(checkpoint(11), 500, 0);
  expect(saver.due(12, Infinity)).toBe(false); // one is on its way
  saver.write(checkpoint(12), 500, 0);
  expect(isClosed()).toBe(false);
  await saver.close();
  expect(isClosed()).toBe(true);
  expect(events.map((e) => (e.type === 'saved' ? e.step : e.type))).toEqual([11, 12]);
  expect((await folder.manifest())?.checkpoints.map((c) => c.step)).toEqual([11, 12]);
});

test('a step is saved again when what is kept of it is not all', async () => {
  const { saver, folder } = opened();
  saver.write(checkpoint(11), 500, 0);
  saver.again(11);
  expect(saver.wanted(11)).toBe(true);
  const changes = [{ step: 11, lr: 0.1 }];
  saver.write({ ...checkpoint(11), changes }, 500, 0);
  expect(saver.wanted(11)).toBe(false);
  await saver.close();
  expect((await folder.manifest())?.checkpoints.map((c) => c.step)).toEqual([11]);
  expect(readCheckpoint((await folder.newest()).bytes).changes).toEqual(changes);
});

test('a save that fails is told, and the same step is tried again', async () => {
  const { saver, memory, events, folder } = opened();
  memory.quota = 100;
  saver.write(checkpoint(11), 0, 0);
  await expect.poll(() => events.length).toBe(1);
  expect(events[0]).toMatchObject({ type: 'saveFailed', runId: 'run-1', step: 11, error: { code: 'storage' } });
  expect(saver.wanted(11)).toBe(true);
  memory.quota = Infinity;
  saver.write(checkpoint(11), 0, 0);
  await saver.close();
  expect(events[1]).toMatchObject({ type: 'saved', step: 11 });
  expect((await folder.newest()).kept.step).toBe(11);
});

test('saves take a tenth of the time, with what they take to be read from the GPU', async () => {
  const { saver, events } = opened();
  saver.write(checkpoint(11), 500, 5000);
  await expect.poll(() => events.length).toBe(1);
  const written = performance.now();
  expect([saver.due(12, written + 49_000), saver.due(12, written + 60_000)]).toEqual([false, true]);
});

test('what could not be made is told, and tried again when the time has come', async () => {
  const { saver, events } = opened();
  const before = performance.now();
  saver.missed(11, new StudioError('video', 'a.mp4 is gone.', 'Put it back.'), 60_000);
  expect(events).toMatchObject([
    { type: 'saveFailed', runId: 'run-1', step: 11, error: { message: 'a.mp4 is gone.' } },
  ]);
  expect([saver.wanted(11), saver.due(11, before + 59_000), saver.due(11, before + 70_000)]).toEqual([
    true,
    false,
    true,
  ]);
});

/** The first `lost` questions of this kind are never answered. */
function lose(memory: MemoryFolder, asked: 'create' | 'read' | 'move', lost: number): void {
  const answer = memory[asked].bind(memory) as (...question: unknown[]) => Promise<never>;
  memory[asked] = (...question: unknown[]) => (lost-- > 0 ? new Promise<never>(() => {}) : answer(...question));
}

test.each(['create', 'read', 'move'] as const)(
  'a question to the storage that is never answered (%s) is told and asked again, and the step is saved',
  async (asked) => {
    const { saver, memory, events, folder } = opened(1000);
    lose(memory, asked, 1);
    saver.write(checkpoint(11), 0, 0);
    await expect.poll(() => events.length).toBe(2);
    expect(events).toMatchObject([
      {
        type: 'saveFailed',
        step: 11,
        error: { code: 'storage', message: expect.stringContaining('for 1 seconds') },
      },
      { type: 'saved', step: 11 },
    ]);
    expect((events[1] as Extract<Event, { type: 'saved' }>).milliseconds).toBeLessThan(1000);
    expect(saver.wanted(11)).toBe(false);
    expect((await folder.newest()).kept.step).toBe(11);
    saver.write(checkpoint(12), 0, 0);
    await saver.close();
    expect((await folder.manifest())?.checkpoints.map((c) => c.step)).toEqual([11, 12]);
  },
);

test('storage that answers nothing costs a save, not those after it', async () => {
  const { saver, memory, events, folder, isClosed } = opened(1000);
  lose(memory, 'create', 2);
  saver.write(checkpoint(11), 0, 0);
  await expect.poll(() => events.map((e) => e.type)).toEqual(['saveFailed', 'saveFailed']);
  // time that was waited is none that saving took: the next is due at once
  await expect.poll(() => saver.due(12, performance.now())).toBe(true);
  expect(saver.wanted(11)).toBe(true);
  saver.write(checkpoint(12), 0, 0);
  await saver.close();
  expect(isClosed()).toBe(true);
  expect((await folder.manifest())?.checkpoints.map((c) => c.step)).toEqual([12]);
});

test('a save that is slow but answered is not given up: each answer counts anew', async () => {
  const { saver, memory, events } = opened(1000);
  for (const asked of ['create', 'read', 'move'] as const) {
    const answer = memory[asked].bind(memory) as (...question: unknown[]) => Promise<never>;
    memory[asked] = async (...question: unknown[]) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answer(...question);
    };
  }
  saver.write(checkpoint(11), 0, 0);
  await expect.poll(() => events.length).toBe(1);
  expect(events).toMatchObject([{ type: 'saved', step: 11 }]);
  const { milliseconds } = events[0] as Extract<Event, { type: 'saved' }>;
  expect(milliseconds).toBeGreaterThan(1000);
});

test('a folder that is never opened keeps nobody else waiting', async () => {
  const { saver, isClosed } = opened(20, () => new Promise<never>(() => {}));
  saver.write(checkpoint(11), 0, 0);
  await saver.close();
  expect(isClosed()).toBe(false);
});

test('a folder whose opening is lost is told and opened again', async () => {
  let lost = 2;
  const { saver, events, isClosed } = opened(1000, (run) =>
    lost-- > 0 ? inTime('open the folder of the run', new Promise<never>(() => {}), 20) : Promise.resolve(run),
  );
  await new Promise((resolve) => setTimeout(resolve, 50)); // before the first save is due
  saver.write(checkpoint(11), 0, 0);
  await saver.close();
  expect(events).toMatchObject([
    {
      type: 'saveFailed',
      error: {
        message:
          "What the run had after 11 steps is not saved yet: the browser's storage has not answered for 0.02 seconds when it was asked to open the folder of the run.",
      },
    },
    { type: 'saved', step: 11 },
  ]);
  expect(isClosed()).toBe(true);
});

test('without storage the run goes on, and each save says why there is none', async () => {
  const { saver, events } = opened(undefined, () => Promise.reject(new Error('no storage here')));
  saver.write(checkpoint(11), 0, 0);
  await saver.close();
  expect(events).toMatchObject([{ type: 'saveFailed', error: { message: 'Error: no storage here' } }]);
});
