import { expect, it } from 'vitest';
import { sampleCheckpoint } from '../testing/samples.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { newRun } from './beginning.ts';
import type { OpenRun } from './own-runs.ts';

it('a run of which nothing is kept yet is saved with its first steps, a branch too; one that is taken up when it is due', () => {
  const from = sampleCheckpoint('a', 20);
  const around = {
    post: () => {},
    library: new FileLibrary([new DiskFile('swing.mp4')]),
    saveEvery: 60_000,
    probeEvery: null,
    begun: 0,
  };
  const open = () => new Promise<OpenRun>(() => {});
  const due = (saved: number, begun: typeof from | null = from) => {
    const beginning = { runId: 'b', config: from.config, clipIds: ['swing.mp4'], from: begun, saved, open };
    const { saver } = newRun(beginning, around);
    return [0, 20, 21].map((step) => saver.due(step, performance.now() + 1001));
  };
  expect(due(19)).toEqual([false, true, true]);
  expect(due(20)).toEqual([false, false, false]);
  expect(due(0, null)).toEqual([false, true, true]);
});
