import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runName } from '../core/run-name.ts';
import { mostNotes, noNote, readToldNote } from '../core/run-note.ts';
import { readMetadata, withMetadata } from '../formats/safetensors.ts';
import type { Event } from '../protocol/messages.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../tasks/checkpoint.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { nameClips } from './clip-refs.ts';
import { keep } from './kept-checkpoint.ts';
import { KeptRuns } from './kept-runs.ts';
import { keeping } from '../testing/kept-runs.ts';
import { sampleCheckpoint, sampleStep } from '../testing/samples.ts';

let origin: MemoryOrigin;
beforeEach(() => {
  origin = new MemoryOrigin();
  vi.stubGlobal('navigator', origin.navigator);
});
afterEach(() => vi.unstubAllGlobals());

const checkpoint = (runId: string, step = 10, clips?: Checkpoint['clips']): Checkpoint => ({
  ...sampleCheckpoint(runId, step),
  ...(clips && { clips }),
});

/** Leaves a run one checkpoint, whole and under its hash, of which this version understands nothing; and its note. */
async function makeOdd(runId: string): Promise<void> {
  const { files } = origin.runs.get(runId)!;
  for (const name of files.keys()) if (name !== 'note.json') files.delete(name);
  const bytes = new TextEncoder().encode('of another version');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  files.set(`step-10-${Buffer.from(hash).toString('hex')}.safetensors`, bytes);
}

it('a run that cannot be read takes no other one out of the list, and is told by its name', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  for (const runId of ['sound', 'odd', 'other']) await kept.add(checkpoint(runId));
  await makeOdd('odd');
  const { runs, error } = await look();
  expect(runs.map(({ runId }) => runId).sort()).toEqual(['other', 'sound']);
  expect(error).toMatchObject({
    code: 'format',
    message: expect.stringContaining(`The kept run ${runName('odd')} could not be read`),
    advice: expect.stringContaining('Nothing of it was removed.'),
  });
  expect(origin.runs.get('odd')!.files.size).toBe(1);
});

it('of two lists at once only the newer is told: the older was read before a run was renamed', async () => {
  const events: Event[] = [];
  const kept = new KeptRuns((event) => events.push(event), new FileLibrary([]));
  for (const runId of ['a', 'slow']) await kept.add(checkpoint(runId));
  const folder = origin.runs.get('slow')!;
  const read = folder.read.bind(folder);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  folder.read = async (...asked) => {
    await held;
    return read(...asked);
  };
  const older = kept.look();
  await new Promise((resolve) => setTimeout(resolve, 20)); // it has read the other run
  await kept.describe('a', { name: 'after' });
  const newer = kept.look();
  answer();
  await Promise.all([older, newer]);
  const lists = events.flatMap((event) => (event.type === 'kept' ? [event.runs] : []));
  expect(lists.map((runs) => runs.find(({ runId }) => runId === 'a')?.note.name)).toEqual(['after']);
});

it('a copy of a run with a long name has its number all the same', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  const note = { name: 'x'.repeat(80), notes: '', group: '' };
  for (let i = 0; i < 3; i++) await kept.add(checkpoint('a'), note);
  const names = (await look()).runs.map((run) => run.note.name).sort();
  expect(names).toEqual(['x'.repeat(76) + ' (2)', 'x'.repeat(76) + ' (3)', note.name]);
});

it('a copy of a run without a name is called as what it is a copy of', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  for (let i = 0; i < 2; i++) await kept.add(checkpoint('a'));
  expect((await look()).runs.map((run) => run.note.name).sort()).toEqual(['', `${runName('a')} (2)`]);
});

it('other tabs are told when a run comes, is described, taken, and given back', async () => {
  let told = 0;
  const kept = new KeptRuns(
    () => {},
    new FileLibrary([]),
    () => told++,
  );
  const since = async (work: () => Promise<unknown>) => {
    const before = told;
    await work();
    return told > before;
  };
  expect(await since(() => kept.add(checkpoint('a')))).toBe(true);
  expect(await since(() => kept.describe('a', { name: 'mine' }))).toBe(true);
  const taken = await kept.open('a');
  expect(await since(async () => taken.close())).toBe(true);
  expect(await since(() => kept.look())).toBe(false);
});

it('a file of the library that cannot be read is missing from its run, and the list is there', async () => {
  const file = new DiskFile('swing.mp4');
  const library = new FileLibrary([file, new DiskFile('other.mp4')]);
  const { kept, look } = keeping(library);
  await kept.add(
    checkpoint('of a file', 10, await nameClips(new FileLibrary([new DiskFile('swing.mp4')]), ['swing.mp4'])),
  );
  await kept.add(checkpoint('drawn'));
  file.gone = true;
  const missing = async () => {
    const { runs, error } = await look();
    expect(error).toBeNull();
    return Object.fromEntries(runs.map((run) => [run.runId, run.missing.map(({ name }) => name)]));
  };
  expect(await missing()).toEqual({ 'of a file': ['swing.mp4'], drawn: [] });
  file.gone = false;
  expect(await missing()).toEqual({ 'of a file': [], drawn: [] });
});

it('a run of another tab is listed as such', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  await kept.add(checkpoint('mine'));
  await kept.add(checkpoint('theirs'));
  origin.elsewhere.add('theirs');
  const { runs } = await look();
  expect(Object.fromEntries(runs.map(({ runId, elsewhere }) => [runId, elsewhere]))).toEqual({
    mine: false,
    theirs: true,
  });
});

it('looking at the list draws no clips', async () => {
  const library = new FileLibrary([]);
  const drawn = vi.spyOn(library, 'drawn');
  const { kept, look } = keeping(library);
  await kept.add(checkpoint('large', 10, [{ kind: 'drawn', seed: 1, first: 0, count: 65_536 }]));
  expect((await look()).runs).toMatchObject([{ runId: 'large', missing: [] }]);
  expect(drawn).not.toHaveBeenCalled();
});

it('a kept run that names clips without end is not taken for one, and the list stays alive', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  await kept.add(checkpoint('sound'));
  const many: Checkpoint['clips'] = Array.from({ length: 20 }, () => ({
    kind: 'drawn',
    seed: 1,
    first: 0,
    count: 60_000,
  }));
  // as an earlier version of the studio took it in
  await kept.add(checkpoint('endless', 10, many));
  const { runs, error } = await look();
  expect(runs.map(({ runId }) => runId)).toEqual(['sound']);
  expect(error?.message).toContain('it names 1200000 clips, a run has at most 65536');
});

it('a run whose manifest was lost is listed as before, its loss from its own numbers', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  const metrics = Array.from({ length: 30 }, (_, step) => sampleStep(step, step));
  await kept.add({ ...checkpoint('a', 30), metrics });
  const [before] = (await look()).runs;
  expect(before.loss).toBe(19.5); // mean of 10 to 29
  origin.runs.get('a')!.files.delete('manifest.json');
  // in a page that was opened since
  const again = keeping(new FileLibrary([]));
  expect((await again.look()).runs).toEqual([before]);
  expect(origin.runs.get('a')!.files.has('manifest.json')).toBe(true);
});

it('what whoever looks at a step finds to be damaged goes with the next save of the run', async () => {
  const { kept } = keeping(new FileLibrary([]));
  await kept.add({ ...checkpoint('a', 10), metrics: [sampleStep(0, 0.1)] }); // the best one
  const open = await kept.open('a');
  const save = (step: number) => keep(open.folder.patient(), { ...checkpoint('a', step), metrics: [sampleStep(0, 9)] });
  await save(20);
  const { files } = origin.runs.get('a')!;
  for (const [name, bytes] of files) if (name.startsWith('step-10')) bytes[99] ^= 1;
  await expect(kept.at('a', 10)).rejects.toThrow('is damaged');
  expect((await save(30)).steps).toEqual([20, 30]);
  expect([...files.keys()].some((name) => name.startsWith('step-10'))).toBe(false);
  open.close();
});

it('two files of one run that come together are two runs, whole, in one tab and in two', async () => {
  const [page, tab] = [keeping(new FileLibrary([])), keeping(new FileLibrary([]))];
  const stepsOf = async () => (await page.look()).runs.map(({ runId, steps }) => `${runId}: ${steps.join()}`).sort();
  await Promise.all([page.kept.add(checkpoint('a', 20)), page.kept.add(checkpoint('a', 10))]);
  expect(await stepsOf()).toEqual(['a-2: 10', 'a: 20']);
  await Promise.all([page.kept.add(checkpoint('b', 20)), tab.kept.add(checkpoint('b', 10))]);
  expect(
    (await stepsOf())
      .slice(2)
      .map((line) => line.replace(/.*: /, ''))
      .sort(),
  ).toEqual(['10', '20']);
});

it('an import that fails takes nothing with it that was there, nor the import before it', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  const first = kept.add(checkpoint('a', 20));
  const second = kept.add({ ...checkpoint('a', 10), metrics: null as never });
  await first;
  await expect(second).rejects.toThrow();
  expect((await look()).runs.map(({ runId, step }) => [runId, step])).toEqual([['a', 20]]);
});

it('a run that this page takes while the list is made is not in another tab', async () => {
  const [page, tab] = [keeping(new FileLibrary([])), keeping(new FileLibrary([]))];
  await page.kept.add(checkpoint('a'));
  const held = await tab.kept.open('a');
  expect((await page.look()).runs[0].elsewhere).toBe(true);
  const waiting = () => new Promise((resolve) => setTimeout(resolve, 20));
  const opening = page.kept.open('a');
  await waiting();
  const list = page.look(); // waits for the lock behind it
  await waiting();
  held.close();
  const { close } = await opening;
  expect((await list).runs[0].elsewhere).toBe(false);
  close();
});

it('what was written about a run goes out with it and comes in with it; the weights are the same', async () => {
  const { kept } = keeping(new FileLibrary([]));
  await kept.add(checkpoint('a', 30));
  const note = { name: 'with noise', notes: 'Two\nlines, "quoted"', group: 'noise' };
  await kept.describe('a', { ...note, pinned: true, hidden: true });
  const { step, bytes } = await kept.exported('a', null);
  expect(step).toBe(30);
  expect(readCheckpoint(bytes)).toEqual(readCheckpoint(writeCheckpoint(checkpoint('a', 30))));
  // on another device: what was said comes with it, what was done with it there does not
  origin = new MemoryOrigin();
  vi.stubGlobal('navigator', origin.navigator);
  const other = keeping(new FileLibrary([]));
  await other.kept.add(readCheckpoint(bytes), readToldNote(readMetadata(bytes).note));
  expect((await other.look()).runs[0].note).toEqual({ ...noNote, ...note });
  // a run that trains is exported as it is now, also where nothing of it is kept yet
  const live = await other.kept.exported('b', checkpoint('b', 7));
  expect([live.step, readToldNote(readMetadata(live.bytes).note)]).toEqual([7, { name: '', notes: '', group: '' }]);
});

it('files from before notes went with them, and those that say what no note could be, come in without', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  const old = writeCheckpoint(checkpoint('old'));
  const odd = ['{', '7', '{"name":"a"}', JSON.stringify({ name: 'a', notes: 'x'.repeat(mostNotes + 1), group: '' })];
  for (const bytes of [old, ...odd.map((note) => withMetadata(old, { note }))])
    await kept.add(readCheckpoint(bytes), readToldNote(readMetadata(bytes).note));
  const { runs } = await look();
  expect(runs.map(({ note }) => ({ ...note, name: '' }))).toEqual(Array.from({ length: 5 }, () => noNote));
});

it('a deleted run whose time is over goes, whether it can be read or not', async () => {
  const { kept, look } = keeping(new FileLibrary([]));
  await kept.add(checkpoint('a'));
  await kept.describe('a', { leaves: 1 });
  await makeOdd('a');
  expect(await look()).toEqual({ runs: [], error: null });
  expect(origin.runs.size).toBe(0);
});

it('files are had in the form in which the run that was saved last had them; others have none', async () => {
  const { kept } = keeping(new FileLibrary([]));
  const [swing, other, odd] = ['swing.mp4', 'other.mp4', 'odd.mp4'].map((name) => new DiskFile(name));
  const names = await nameClips(new FileLibrary([swing, odd]), ['swing.mp4', 'odd.mp4']);
  const as = (words: string) =>
    names.map((name, i) => ({ ...name, kept: i === 0 ? words : 'in some way of another version' }));
  await kept.add({ ...checkpoint('newer', 10, as('320 × 180, 61 of 122 frames')), savedAt: 2000 });
  await kept.add({ ...checkpoint('older', 10, as('160 × 90, 122 of 122 frames')), savedAt: 1000 });
  const forms = await kept.formsOf([other, odd, swing], () => true);
  expect([...forms]).toEqual([[swing, { width: 320, height: 180, keptFrames: 61 }]]);
  await makeOdd('newer'); // its manifest is gone, and what it kept cannot be read
  expect((await kept.formsOf([swing], () => true)).get(swing)).toEqual({ width: 160, height: 90, keptFrames: 122 });
  let read = 0;
  expect((await kept.formsOf([other, swing], () => ++read < 2)).size).toBe(0); // cancelled before the second one
});

it('an outline tells what was changed on the way, before a branch too, and what the run learns from', async () => {
  const { kept } = keeping(new FileLibrary([]));
  const parent = checkpoint('parent');
  await kept.add({
    ...checkpoint('branch', 10),
    changes: [{ step: 9, lr: 2e-4 }],
    lineage: [{ runId: 'parent', config: parent.config, changes: [{ step: 3, lr: 0.1 }], step: 8 }],
  });
  const outline = await kept.outline('branch');
  expect(outline.changes).toEqual([{ step: 9, lr: 2e-4 }]);
  expect(outline.parent).toMatchObject({ runId: 'parent', step: 8, changes: [{ step: 3, lr: 0.1 }] });
  expect(outline.clips).toEqual(parent.clips);
});
