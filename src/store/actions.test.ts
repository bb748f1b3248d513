import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { Command, ErrorMap } from '../protocol/messages.ts';
import { applyConfig, control, mapObstacle, refreshMask, showDraw } from './actions.ts';
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

it('a run that went on while another screen was open is measured again on the way back, and keeps its map until then', () => {
  const viewed = { clipId: 'a', name: 'a', start: 0, side: 1, times: [0], rgba: [new Uint8ClampedArray(4)] };
  patch({ run: { ...measured('a'), weightless: false, step: 1 }, viewed });
  const asked = () => useStudio.getState().run?.mapPending;
  showDraw(1);
  patch({ run: { ...measured('a'), weightless: false, step: 1 } });
  showDraw(1);
  expect(asked()).toBe(false);
  patch({ screen: 'runs', run: { ...measured('a'), weightless: false, state: 'finished', step: 160 } });
  showDraw(1);
  expect(asked()).toBe(false);
  patch({ screen: 'train' });
  showDraw(1);
  expect(asked()).toBe(true);
  expect(map()).toMatchObject({ step: 1 });
  patch({ viewed: null });
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

it('another grid takes the selected token away, the same one does not', () => {
  const config = preset('nano');
  patch({ config, selected: 42, hovered: 41 });
  applyConfig({ ...config, seed: 7 });
  expect(useStudio.getState()).toMatchObject({ selected: 42, hovered: 41 });
  // twice the pixels in patches twice as large are the same tokens
  applyConfig({ ...config, model: { ...config.model, crop: 80, patch: 16 } });
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
  expect(mapObstacle()).toContain('stopped before it was ready');
  tell('running');
  tell('stopped');
  expect(evaluable(now())?.step).toBe(500);
  expect(mapObstacle() ?? '').not.toContain('weights');
});
