import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { StudioError } from '../core/errors.ts';

const ask = vi.hoisted(() => vi.fn());
vi.mock('./engine.ts', () => ({ ask, send: () => {}, hear: () => {} }));

const { followFeatures, patchFeatures, searchNear, useFeatures } = await import('./look-features.ts');
const { newRun, patch } = await import('./studio.ts');

const view = (clipId: string) => patch({ viewed: { clipId, name: clipId, start: 0, side: 8, times: [], rgba: [] } });
const message = () => useFeatures.getState().error?.message ?? null;
const unreadable = (name: string) => Promise.reject(new StudioError('format', `${name} cannot be read`));

beforeEach(() => {
  ask.mockReset();
  const run = newRun({ runId: 'run-1-1', config: preset('nano'), clipIds: ['a', 'b'] });
  patch({
    run: { ...run, state: 'paused', weightless: false },
    device: { kind: 'ready', adapter: {} as never },
  });
  view('a');
  patchFeatures({ mode: 'features', error: null, maps: [], near: [] });
});

it('an error of one view stays with it and goes with it', async () => {
  ask.mockImplementationOnce(() => unreadable('a'));
  await followFeatures();
  expect(message()).toBe('a cannot be read');
  await followFeatures(); // nothing else is looked at: it is not asked again, and the reason stays
  expect(message()).toBe('a cannot be read');
  expect(ask).toHaveBeenCalledTimes(1);

  ask.mockReturnValue(new Promise(() => {})); // the next view is on its way
  view('b');
  void followFeatures();
  expect(message()).toBeNull();
});

it('so does that of a search', async () => {
  patchFeatures({ mode: 'errors' });
  ask.mockImplementationOnce(() => unreadable('another clip'));
  await searchNear();
  await followFeatures();
  expect(message()).toBe('another clip cannot be read');
  patchFeatures({ layer: 1 });
  await followFeatures();
  expect(message()).toBeNull();
});
