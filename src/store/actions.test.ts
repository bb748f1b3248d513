import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { ClipInfo, ErrorMap } from '../protocol/messages.ts';
import { clipBeside, mapObstacle, showDraw } from './actions.ts';
import { evaluable } from './evaluation-request.ts';
import { receive } from './events.ts';
import { newRun, patch, useStudio } from './studio.ts';

vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {} }));

beforeEach(() => patch({ run: null, draw: 0, demo: false, screen: 'train' }));

const clip = (clipId: string, source: ClipInfo['source']) => ({ clipId, source }) as ClipInfo;

it('the place of a video that goes is taken by the next one, by the one before the last, by a drawn clip of the only one', () => {
  const drawn = [clip('drawn 1', 'procedural'), clip('drawn 2', 'procedural')];
  const clips = [...drawn, clip('a', 'file'), clip('b', 'file'), clip('c', 'file')];
  expect(['a', 'b', 'c'].map((id) => clipBeside(clips, id)?.clipId)).toEqual(['b', 'c', 'b']);
  expect(clipBeside([...drawn, clip('a', 'file')], 'a')?.clipId).toBe('drawn 1');
  expect(clipBeside([clip('a', 'file')], 'a')).toBeUndefined();
});

/** A run whose map of the shown clip and mask was measured. */
const measured = (runId: string) => ({
  ...newRun({ runId, config: preset('nano') }),
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
  patch({ run: { ...newRun({ runId: 'a', config: preset('nano') }), step: 500 } });
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
