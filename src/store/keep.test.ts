import { expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { noNote } from '../core/run-note.ts';
import { runName } from '../core/run-name.ts';
import type { StoredRun } from '../core/stored-run.ts';

const ask = vi.hoisted(() => vi.fn());
vi.mock('./engine.ts', () => ({ ask, send: () => {}, hear: () => {} }));

const { importCheckpoint, nameOfRun, useKeep } = await import('./keep.ts');
const { newRunId } = await import('./actions.ts');
const { patch, useStudio } = await import('./studio.ts');

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

it('a new run has a name of its own among those that are kept', () => {
  vi.setSystemTime(1_700_000_000_000);
  const [time, count] = newRunId().split('-').slice(1);
  const next = (by: number) => `run-${time}-${Number(count) + by}`;
  // another run that is called as the next two would be: one by its id, one as the user wrote
  let namesake = 0;
  while (runName(`run-old-${namesake}`) !== runName(next(1))) namesake++;
  const old = { preset: 'nano', step: 1, total: 2, savedAt: 0, steps: [1], bytes: 0, elsewhere: false, loss: null };
  const kept = (runId: string, name: string) => ({
    ...old,
    missing: [],
    otherwise: [],
    runId,
    note: { ...noNote, name },
  });
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
