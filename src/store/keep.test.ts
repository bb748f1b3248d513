import { expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { preset } from '../core/presets.ts';
import { noNote } from '../core/run-note.ts';
import { runName } from '../core/run-name.ts';
import type { KeptRun, StorageReport } from '../protocol/keeping.ts';
import type { StoredRun } from '../core/stored-run.ts';

const ask = vi.hoisted(() => vi.fn());
vi.mock('./engine.ts', () => ({ ask, send: () => {}, hear: () => {} }));

const { describeRun, importCheckpoint, isUnsaved, nameOfRun, receiveKept, remove, useKeep } = await import('./keep.ts');
const { newRunId } = await import('./actions.ts');
const { newRun, patch, useStudio } = await import('./studio.ts');

const problem = () => useStudio.getState().problem?.message ?? null;
const file = (name: string) => new File([], name);
const refused = () => Promise.reject(new StudioError('format', 'it is cut short'));

it('why a file was refused stays beside one that came along, and goes with the next that is taken', async () => {
  patch({ problem: null });
  ask.mockImplementationOnce(refused).mockResolvedValueOnce({ runId: 'a' });
  await Promise.all([importCheckpoint(file('cut.safetensors')), importCheckpoint(file('whole.safetensors'))]);
  expect(problem()).toBe('cut.safetensors: it is cut short');
  ask.mockResolvedValueOnce({ runId: 'b' });
  await importCheckpoint(file('again.safetensors'));
  expect(problem()).toBeNull();
});

it('what has nothing to do with files stays', async () => {
  patch({ problem: { code: 'gpu-memory', message: 'no room', advice: '' } });
  ask.mockResolvedValueOnce({ runId: 'a' });
  await importCheckpoint(file('whole.safetensors'));
  expect(problem()).toBe('no room');
});

const old = { preset: 'nano', step: 1, total: 2, savedAt: 0, steps: [1], bytes: 0, elsewhere: false, loss: null };
const kept = (runId: string, name: string): KeptRun => ({
  ...old,
  missing: [],
  otherwise: [],
  runId,
  note: { ...noNote, name },
});

it('a run of the lesson is not offered in the place of one’s own', () => {
  const storage: StorageReport = { usage: 0, quota: 1, persisted: true };
  const offered = (...runs: KeptRun[]) => {
    useKeep.setState({ offered: undefined });
    receiveKept({ type: 'kept', runs, storage });
    return useKeep.getState().offered;
  };
  const own = kept('own', '');
  expect(offered(kept('taught', 'from the lesson'), own)).toBe('own');
  expect(offered(kept('taught', 'from the lesson'))).toBeNull();
  expect(offered(kept('taught', 'mine now'), own)).toBe('taught');
});

it('a list that was read before a name was written does not take the name back', async () => {
  const storage: StorageReport = { usage: 0, quota: 1, persisted: true };
  const names = () => useKeep.getState().runs.map((run) => run.note.name);
  receiveKept({ type: 'kept', runs: [kept('a', 'before')], storage });
  let written = (_answer: object) => {};
  ask.mockReturnValueOnce(new Promise((resolve) => (written = resolve)));
  const describing = describeRun('a', { name: 'after' });
  receiveKept({ type: 'kept', runs: [kept('a', 'before')], storage });
  expect(names()).toEqual(['after']);
  // written: now the list is believed, whatever it says
  written({});
  await describing;
  receiveKept({ type: 'kept', runs: [kept('a', 'by another tab')], storage });
  expect(names()).toEqual(['by another tab']);
  // a deleted run does not come back meanwhile
  ask.mockReturnValueOnce(new Promise(() => {}));
  void remove('a');
  receiveKept({ type: 'kept', runs: [kept('a', 'by another tab')], storage });
  expect(names()).toEqual([]);
});

it('a new run has a name of its own among those that are kept', () => {
  vi.setSystemTime(1_700_000_000_000);
  const [time, count] = newRunId().split('-').slice(1);
  const next = (by: number) => `run-${time}-${Number(count) + by}`;
  // another run that is called as the next two would be: one by its id, one as the user wrote
  let namesake = 0;
  while (runName(`run-old-${namesake}`) !== runName(next(1))) namesake++;
  useKeep.setState({ runs: [kept(`run-old-${namesake}`, ''), kept('mine', runName(next(2)))] });
  const runId = newRunId();
  expect(runId).toBe(next(3));
  expect(nameOfRun(runId)).toBe(runName(next(3)));
  // the run that comes with the studio has its name before it is kept, and then the one that it is given
  patch({ stored: { runId: 'along' } as StoredRun });
  expect(nameOfRun('along')).toBe('ready-made');
  useKeep.setState({ runs: [kept('along', 'mine now')] });
  expect(nameOfRun('along')).toBe('mine now');
  patch({ stored: null });
  vi.useRealTimers();
});

it('deleted runs stand in the order in which they were deleted, whichever was saved first', () => {
  const storage: StorageReport = { usage: 0, quota: 1, persisted: true };
  const leaving = (runId: string, leaves: number) => ({ ...kept(runId, ''), note: { ...noNote, leaves } });
  receiveKept({ type: 'kept', runs: [leaving('newer', 3000), leaving('older', 1000), kept('c', '')], storage });
  expect(useKeep.getState().leaving.map(({ runId }) => runId)).toEqual(['older', 'newer']);
});

it('a run that rests, or a change of one that trains, is unsaved until a save of it comes', () => {
  const run = { ...newRun({ runId: 'a', config: preset('nano'), clipIds: [], step: 19 }), weightless: false };
  const saved = (step: number, savedAt = 5000) => ({ runId: 'a', step, savedAt, bytes: 1 });
  const [paused, training] = [
    { ...run, state: 'paused' as const },
    { ...run, state: 'running' as const },
  ];
  const none = { saved: null, changedAt: null };
  expect(isUnsaved(paused, none)).toBe(true);
  expect(isUnsaved(paused, { ...none, saved: saved(15) })).toBe(true);
  expect(isUnsaved(paused, { ...none, saved: saved(19) })).toBe(false);
  expect(isUnsaved(paused, { ...none, saved: { ...saved(19), runId: 'b' } })).toBe(true);
  // while it trains it is saved every few seconds
  expect(isUnsaved(training, { ...none, saved: saved(15) })).toBe(false);
  const changedAt = { runId: 'a', at: 6000 };
  for (const state of [paused, training]) {
    expect(isUnsaved(state, { saved: saved(19), changedAt })).toBe(true);
    expect(isUnsaved(state, { saved: saved(19, 6000), changedAt })).toBe(false);
  }
  expect(isUnsaved({ ...run, state: 'failed' }, none)).toBe(false);
});
