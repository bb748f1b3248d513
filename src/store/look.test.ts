import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';

const told = vi.hoisted(() => ({ asked: [] as { type: string; jobId?: string }[], cancelled: [] as string[] }));
vi.mock('./engine.ts', () => ({
  // nothing is ever answered: what is asked for stays on its way
  ask: (_: string, command: { type: string; jobId?: string }) => {
    told.asked.push(command);
    return new Promise(() => {});
  },
  send: ({ type, jobId }: { type: string; jobId: string }) => type === 'cancel' && told.cancelled.push(jobId),
  hear: () => {},
}));

const { cancelLook, changeOnStage, measureErrors, measureSurprise, patchLook, surprisingNow, useLook } =
  await import('./look.ts');
const { endForeignChange, provokeWith } = await import('./look-change.ts');
const { newRun, patch, useStudio } = await import('./studio.ts');

const show = (clipId: string) => patch({ viewed: { clipId, name: clipId, start: 0, side: 8, times: [0], rgba: [] } });
const clip = (clipId: string) => ({ clipId, name: clipId, frames: 64, labels: {}, source: 'file' });
const jobs = () => told.asked.filter(({ type }) => type === 'surprise').length;
const occluded = { kind: 'occlude', from: 8, to: 16 } as const;
const frozen = { kind: 'freeze', from: 8, to: 16 } as const;
const spliced = { kind: 'splice', from: 8, to: 16, clipId: 'other' } as const;

beforeEach(() => {
  cancelLook('surprising');
  told.asked.length = 0;
  told.cancelled.length = 0;
  const run = newRun({ runId: 'run-1-1', config: preset('nano'), clipIds: ['a', 'b'] });
  patch({
    run: { ...run, state: 'paused', weightless: false },
    device: { kind: 'ready', adapter: {} as never },
    clips: ['a', 'b', 'other'].map(clip) as never,
  });
  show('a');
  patchLook({ provocation: null, provoked: null, changed: null, surprises: [], asked: {} });
});

it('the same again is left as it is, something else takes its place', () => {
  void measureSurprise();
  void measureSurprise();
  expect([jobs(), told.cancelled.length]).toEqual([1, 0]);
  expect(surprisingNow()).toBe('this');
  const first = useLook.getState().surprising;
  show('b');
  expect(surprisingNow()).toBe('another video');
  void measureSurprise();
  expect([jobs(), told.cancelled]).toEqual([2, [first]]);
  expect(surprisingNow()).toBe('this');
});

it('what is measured of a video follows its changes; what is measured of another one is left alone', () => {
  void measureSurprise();
  provokeWith(occluded);
  expect([jobs(), told.cancelled.length]).toEqual([2, 1]);
  provokeWith(frozen);
  expect([jobs(), told.cancelled.length]).toEqual([3, 2]);
  // as it was, which nobody has measured yet
  provokeWith(null);
  expect([jobs(), told.cancelled.length]).toEqual([4, 3]);
  show('b');
  provokeWith(occluded);
  provokeWith(null);
  expect([jobs(), told.cancelled.length]).toEqual([4, 3]);
});

it('a change ends with its clip, and nothing is measured of the next one unasked', () => {
  provokeWith(occluded);
  void measureSurprise();
  endForeignChange();
  expect(useLook.getState().provocation).toEqual(occluded);
  show('b');
  endForeignChange();
  expect(useLook.getState()).toMatchObject({ provocation: null, provoked: null, surprising: null });
  expect([jobs(), told.cancelled.length]).toEqual([1, 1]);
});

it('and with the film that was spliced in', () => {
  provokeWith(spliced);
  endForeignChange();
  expect(useLook.getState().provocation).toEqual(spliced);
  patch({ clips: ['a', 'b'].map(clip) as never });
  endForeignChange();
  expect(useLook.getState().provocation).toBeNull();
});

it('a change outside of the window on the stage leaves its errors as they were', () => {
  const { model, data } = preset('nano');
  const last = (model.frames - 1) * data.samplingRate;
  const change = { kind: 'swap', from: last + 9, to: last + 12 } as const;
  const measured = () => told.asked.filter(({ type }) => type === 'errorVolume').length;
  void measureErrors();
  provokeWith(change);
  void measureErrors(); // is on its way already
  expect([changeOnStage(useLook.getState(), useStudio.getState()), measured()]).toEqual([null, 1]);
  const at = (start: number) => {
    const { viewed } = useStudio.getState();
    patch({ viewed: viewed && { ...viewed, start } });
    return changeOnStage(useLook.getState(), useStudio.getState());
  };
  // its first frame is the last of the window; then the last of those it changes places with is the first
  expect([at(8), at(9), at(last + 14), at(last + 15)]).toEqual([null, change, change, null]);
  cancelLook('measuring');
});
