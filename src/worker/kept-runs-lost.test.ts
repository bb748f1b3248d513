// Storage that loses a question about a kept run, or answers none any more.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileLibrary } from '../testing/file-library.ts';
import { keeping } from '../testing/kept-runs.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { sampleCheckpoint } from '../testing/samples.ts';

let origin: MemoryOrigin;
beforeEach(() => {
  origin = new MemoryOrigin();
  vi.stubGlobal('navigator', origin.navigator);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const checkpoint = (runId: string, step = 10) => sampleCheckpoint(runId, step);

it('a question that the storage loses is asked again: the list, what is said of a run, a run that is read or opened', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  for (const runId of ['a', 'b']) await kept.add(checkpoint(runId));
  vi.useFakeTimers();
  const folder = origin.runs.get('a') as unknown as Record<'read' | 'create' | 'move', () => Promise<unknown>>;
  /** The next question of this kind is lost; half a minute passes. */
  const losing = async <T>(asked: 'read' | 'create' | 'move', work: () => Promise<T>): Promise<T> => {
    const answer = folder[asked];
    let lost = false;
    folder[asked] = () => {
      folder[asked] = answer;
      lost = true;
      return new Promise<never>(() => {});
    };
    const done = work();
    done.catch(() => {});
    await vi.waitFor(() => expect(lost).toBe(true));
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    const result = await done;
    vi.useFakeTimers();
    return result;
  };
  const { runs, error } = await losing('read', look);
  expect(runs.map(({ runId }) => runId).sort()).toEqual(['a', 'b']);
  expect(error).toBeNull();
  await losing('create', () => kept.describe('a', { name: 'first' }));
  await losing('move', () => kept.describe('a', { group: 'mine' }));
  expect((await losing('read', () => kept.outline('a'))).step).toBe(10);
  expect((await losing('read', () => kept.newest('a'))).passed).toBe(0);
  const open = await losing('read', () => kept.open('a'));
  expect(await open.folder.note()).toMatchObject({ name: 'first', group: 'mine' });
  open.close();
  vi.useRealTimers();
});

/** Lets half minutes pass until the work has ended; the storage in memory answers in between. */
async function waited<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let over = false;
  const done = work().finally(() => (over = true));
  done.catch(() => {}); // told by the result
  while (!over) {
    await vi.advanceTimersByTimeAsync(5000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  vi.useRealTimers();
  return done;
}

it.each(['taken back', 'opened'] as const)(
  'a run whose deletion was written and not answered stays once it is %s',
  async (how) => {
    const { kept, look } = keeping(new FileLibrary([]));
    await kept.add(checkpoint('a'));
    const folder = origin.runs.get('a')!;
    const move = folder.move.bind(folder);
    folder.move = async (from, to) => {
      await move(from, to);
      return new Promise<never>(() => {});
    };
    await waited(() => kept.describe('a', { leaves: Date.now() - 1 }));
    folder.move = move;
    if (how === 'opened') (await kept.open('a')).close();
    else await kept.describe('a', { leaves: null });
    const { runs } = await look();
    expect(runs.map(({ runId, note }) => [runId, note.leaves])).toEqual([['a', null]]);
  },
);

it('an import that the storage does not answer gives its run free again', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  const all = await (await origin.navigator.storage.getDirectory()).getDirectoryHandle();
  const handle = all.getDirectoryHandle;
  all.getDirectoryHandle = async (...asked) => ({
    ...(await handle(...asked)),
    keys: async function* () {
      await new Promise(() => {});
      yield '';
    },
  });
  await expect(waited(() => kept.add(checkpoint('a')))).rejects.toThrow('list the files of a run');
  all.getDirectoryHandle = handle;
  expect((await look()).runs).toEqual([]); // and the list clears what was begun
  expect(await kept.add(checkpoint('a'))).toBe('a');
  expect((await look()).runs.map(({ runId }) => runId)).toEqual(['a']);
});

it('what was said of a kept run goes out with it, or the export says why not', async () => {
  const { kept } = keeping(new FileLibrary([]));
  await kept.add(checkpoint('a'));
  await kept.describe('a', { name: 'mine' });
  const folder = origin.runs.get('a')!;
  const read = folder.read.bind(folder);
  folder.read = (name, ...part) => (name === 'note.json' ? new Promise<never>(() => {}) : read(name, ...part));
  await expect(waited(() => kept.exported('a', null))).rejects.toThrow('read note.json');
  // one that trains here can be taken away all the same
  expect((await waited(() => kept.exported('a', checkpoint('a', 20)))).step).toBe(20);
});

it('storage that goes on saying nothing is told, and takes no other run out of the list', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  for (const runId of ['a', 'b']) await kept.add(checkpoint(runId));
  origin.runs.get('a')!.read = () => new Promise<never>(() => {});
  vi.useFakeTimers();
  const looking = look();
  for (let i = 0; i < 2; i++) await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  const { runs, error } = await looking;
  expect(runs.map(({ runId }) => runId)).toEqual(['b']);
  expect(error?.message).toMatch(
    /The browser's storage has not answered for 30 seconds when it was asked to read \w+\.json/,
  );
});
