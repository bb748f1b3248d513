import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { ClipInfo, Command, ErrorMap } from '../protocol/messages.ts';
import {
  addFiles,
  applyConfig,
  clipBeside,
  control,
  inOrder,
  mapObstacle,
  refreshMask,
  removeClip,
  showDraw,
} from './actions.ts';
import { sampleStep } from '../testing/samples.ts';
import { evaluable } from './evaluation-request.ts';
import { receive } from './events.ts';
import { newRun, patch, useStudio } from './studio.ts';

const sent = vi.hoisted(() => [] as Command[]);
vi.mock('./engine.ts', () => ({
  ask: () => new Promise(() => {}),
  send: (command: Command) => void sent.push(command),
}));

beforeEach(() => patch({ run: null, draw: 0, demo: false, screen: 'train' }));

const clip = (clipId: string, source: ClipInfo['source']) => ({ clipId, source }) as ClipInfo;

it('the place of a video that goes is taken by the next one, by the one before the last, by a drawn clip of the only one', () => {
  const drawn = [clip('drawn 1', 'procedural'), clip('drawn 2', 'procedural')];
  const clips = [...drawn, clip('a', 'file'), clip('b', 'file'), clip('c', 'file')];
  expect(['a', 'b', 'c'].map((id) => clipBeside(clips, id)?.clipId)).toEqual(['b', 'c', 'b']);
  expect(clipBeside([...drawn, clip('a', 'file')], 'a')?.clipId).toBe('drawn 1');
  expect(clipBeside([clip('a', 'file')], 'a')).toBeUndefined();
});

it('a file that is among the clips is not taken again, and that is said; one of the same name and another size is', () => {
  const given = () => sent.splice(0).flatMap((c) => (c.type === 'addFiles' ? c.files : []));
  const file = (name: string, text: string) =>
    Object.assign(new File([text], name, { lastModified: 7 }), { webkitRelativePath: '' });
  given();
  addFiles([file('a.mp4', 'aa')]);
  const [{ clipId }] = given();
  patch({ clips: [clip(clipId, 'file')] });
  addFiles([file('a.mp4', 'aa'), file('a.mp4', 'aaa'), file('b.mp4', 'aa')]);
  expect(given().map((f) => f.file.name)).toEqual(['a.mp4', 'b.mp4']);
  expect(useStudio.getState().leftOut).toEqual({ noVideo: [], again: ['a.mp4'] });
  removeClip(clipId);
  given();
  patch({ leftOut: { noVideo: [], again: [] } });
  addFiles([file('a.mp4', 'aa')]);
  expect(given()).toHaveLength(1);
});

it('files of a folder are sorted as people sort them, and their clips stand so, whichever is read first', () => {
  const file = (path: string) => Object.assign(new File([path], path.split('/').at(-1)!), { webkitRelativePath: path });
  sent.length = 0;
  addFiles(['all/wave/p10.mp4', 'all/wave/p2.mp4', 'all/lift/p3.mp4'].map(file));
  const named = sent.flatMap((c) => (c.type === 'addFiles' ? c.files : []));
  expect(named.map((f) => f.file.webkitRelativePath)).toEqual([
    'all/lift/p3.mp4',
    'all/wave/p2.mp4',
    'all/wave/p10.mp4',
  ]);
  const [lift, two, ten] = named.map(({ clipId }) => clip(clipId, 'file'));
  // one of them turns out to be none; what calls itself a video and is none is a fault
  const fail = (name: string, type: string) => {
    addFiles([Object.assign(new File(['text'], name, { type }), { webkitRelativePath: `all/${name}` })]);
    const clipId = sent.flatMap((c) => (c.type === 'addFiles' ? c.files : [])).at(-1)!.clipId;
    receive({
      type: 'clipFailed',
      jobId: 'files',
      clipId,
      name,
      error: { code: 'no-video', message: `${name} is text`, advice: '' },
    });
  };
  fail('index.md', 'text/markdown');
  fail('notes.mp4', 'video/mp4');
  expect(useStudio.getState().leftOut.noVideo).toEqual(['index.md']);
  expect(useStudio.getState().failures.map(({ name }) => name)).toEqual(['notes.mp4']);
  const drawn = clip('drawn 1', 'procedural');
  expect(inOrder([ten, drawn, lift, two]).map((c) => c.clipId)).toEqual([drawn, lift, two, ten].map((c) => c.clipId));
});

it('while batch or seed are wrong a mask stays on the stage, and what is wrong is told beside it', () => {
  const config = preset('nano');
  patch({ config });
  refreshMask();
  const { sets } = useStudio.getState();
  for (const wrong of [{ batchSize: -4 }, { seed: NaN }]) {
    patch({ config: { ...config, ...wrong } });
    refreshMask();
    expect(useStudio.getState().sets).toEqual(sets);
    expect(useStudio.getState().maskProblem).toMatch(/choose a whole number/);
  }
  // another grid has other masks all the same, and masks that cannot be drawn leave none
  patch({ config: { ...preset('tiny'), seed: -1 } });
  refreshMask();
  expect(useStudio.getState().sets[0]).not.toEqual(sets[0]);
  patch({ config: { ...config, masks: [] } });
  refreshMask();
  expect(useStudio.getState().sets).toEqual([]);
  patch({ config });
  refreshMask();
  expect(useStudio.getState()).toMatchObject({ sets, maskProblem: null });
});

/** A run whose map of the shown clip and mask was measured. */
const measured = (runId: string) => ({
  ...newRun({ runId, config: preset('nano'), clipIds: [] }),
  state: 'paused' as const,
  maps: { random: null, latest: { step: 1 } as unknown as ErrorMap },
});
const map = () => useStudio.getState().run?.maps.latest;

it('a map of the same clip and mask stays, one of another mask goes', () => {
  patch({ run: measured('a') });
  showDraw(1);
  expect(map()).toBeNull();
  patch({ run: measured('a') });
  showDraw(1);
  expect(map()).not.toBeNull();
  showDraw(2);
  expect(map()).toBeNull();
});

it('a map that was measured while a step broke is of the steps that count', () => {
  const latest = { step: 9 } as unknown as ErrorMap;
  patch({ run: { ...measured('a'), step: 9, maps: { random: null, latest } } });
  const error = { code: 'non-finite', message: 'NaN', advice: '' } as const;
  receive({ type: 'runState', runId: 'a', state: 'failed', step: 8, error });
  expect([useStudio.getState().run?.step, map()?.step]).toEqual([8, 8]);
});

it('what a run was told to do is known until it says that it does', () => {
  patch({ run: { ...measured('a'), state: 'running' } });
  const told = () => useStudio.getState().run?.told;
  const say = (state: 'paused' | 'running' | 'stopped') =>
    receive({ type: 'runState', runId: 'a', state, step: 1, error: null });
  control('pause');
  expect(told()).toBe('pause');
  say('paused');
  expect(told()).toBeNull();
  control('resume');
  say('running');
  control('pause');
  control('resume'); // it thought better of it
  expect(told()).toBeNull();
  control('stop');
  receive({ type: 'metrics', runId: 'a', rows: [sampleStep(1)] });
  expect(told()).toBe('stop');
  say('stopped');
  expect(told()).toBeNull();
});

it('nothing follows a stop', () => {
  patch({ run: { ...measured('a'), state: 'running' } });
  control('stop');
  control('pause');
  expect(useStudio.getState().run?.told).toBe('stop');
  expect(sent.findLast(({ type }) => type === 'pause' || type === 'stop')?.type).toBe('stop');
});

it('a file is taken once, also while it is being read, and again after it could not be', () => {
  const given = () => sent.filter((command) => command.type === 'addFiles').flatMap((command) => command.files);
  const before = given().length;
  const file = () => Object.assign(new File(['x'], 'twice.mp4', { lastModified: 1 }), { webkitRelativePath: '' });
  addFiles([file()]);
  addFiles([file()]);
  expect(given()).toHaveLength(before + 1);
  expect(useStudio.getState().leftOut.again).toEqual(['twice.mp4']);
  const { clipId } = given()[before];
  const job = sent.findLast((command) => command.type === 'addFiles');
  const error = { code: 'video', message: 'cut', advice: '' } as const;
  receive({ type: 'clipFailed', jobId: job!.jobId, clipId, name: 'twice.mp4', error });
  receive({ type: 'jobDone', jobId: job!.jobId, cancelled: false });
  addFiles([file()]);
  expect(given()).toHaveLength(before + 2);
});

it('another grid takes the selected token away, the same one does not', () => {
  const config = preset('nano');
  patch({ config, selected: 42, hovered: 41 });
  applyConfig({ ...config, seed: 7 });
  expect(useStudio.getState()).toMatchObject({ selected: 42, hovered: 41 });
  applyConfig(preset('tiny'));
  expect(useStudio.getState()).toMatchObject({ selected: null, hovered: null });
  applyConfig(config);
});

it('a mask that was chosen while there was no run is no map of the next run', () => {
  patch({ run: measured('a') });
  showDraw(1);
  patch({ run: null });
  showDraw(2);
  patch({ run: measured('b') });
  showDraw(1);
  expect(map()).toBeNull();
});

it('a run that is stopped before it has weights is asked for none, wherever it was taken up', () => {
  patch({ run: { ...newRun({ runId: 'a', config: preset('nano'), clipIds: [] }), step: 500 } });
  const tell = (state: 'preparing' | 'running' | 'stopped') =>
    receive({ type: 'runState', runId: 'a', state, step: 0, error: null });
  const now = () => useStudio.getState().run;
  tell('preparing');
  tell('stopped');
  expect(evaluable(now())).toBeNull();
  expect(mapObstacle()).toContain('stopped before it had weights');
  tell('running');
  tell('stopped');
  expect(evaluable(now())?.step).toBe(500);
  expect(mapObstacle() ?? '').not.toContain('weights');
});
