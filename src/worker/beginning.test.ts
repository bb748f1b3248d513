import { expect, it } from 'vitest';
import { sampleCheckpoint } from '../testing/samples.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { newRun } from './beginning.ts';
import type { OpenRun } from './kept-runs.ts';

it('a branch, of which nothing is kept yet, is saved with its first step; a run that is taken up when it is due', () => {
  const from = sampleCheckpoint('a', 20);
  const around = { post: () => {}, library: new FileLibrary([new DiskFile('swing.mp4')]), saveEvery: 60_000, begun: 0 };
  const open = () => new Promise<OpenRun>(() => {});
  const due = (saved: number) => {
    const { saver } = newRun({ runId: 'b', config: from.config, clipIds: ['swing.mp4'], from, saved, open }, around);
    return [20, 21].map((step) => saver.due(step, performance.now() + 1));
  };
  expect(due(19)).toEqual([true, true]);
  expect(due(20)).toEqual([false, false]);
});
