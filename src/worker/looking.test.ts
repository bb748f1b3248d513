import { expect, it } from 'vitest';
import { lookedAt } from '../testing/looking-rig.ts';
import { Looking } from './looking.ts';

it('what was measured is known for the same weights; not after the run was taken up again at that step', async () => {
  const { post, library, gpu, training, ids, run, copies, last } = await lookedAt();
  const looking = new Looking(post, library, gpu, training);
  const about = { runId: 'r', weights: 'current', clipId: ids[0], provocation: null, start: 3 } as const;
  const measure = async () => {
    const job = { requestId: 'q', jobId: 'j' };
    await looking.errorVolume({ type: 'errorVolume', ...job, request: { ...about, draws: 1, least: 1 } });
    await looking.surprise({ type: 'surprise', ...job, request: { ...about, contexts: [1], every: 20, edges: [] } });
    return [last('errorVolume').volume.sets[0].error, last('surprise').surprise.curves[0].error];
  };
  run.step = 500;
  const before = await measure();
  expect(await measure()).toEqual(before);
  expect(copies()).toBe(2);
  run.begun++; // taken up at 480 with another rate, and paused at 500 again
  const after = await measure();
  expect(copies()).toBe(4);
  expect(last('errorVolume').step).toBe(500);
  for (const i of [0, 1]) expect(after[i]).not.toEqual(before[i]);
});
