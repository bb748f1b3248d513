// What the next run learns from: what is chosen, and for a twin what its run learned from, whatever is chosen since.

import { beforeEach, expect, it, vi } from 'vitest';
import { predicting, preset } from '../core/presets.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { isSameAgain, startRun, trainTwin, twinObstacle } from './start.ts';
import { newRun, patch, useStudio } from './studio.ts';

const sent = vi.hoisted(() => [] as { type: string; clipIds?: string[] }[]);
vi.mock('./engine.ts', () => ({
  ask: () => new Promise(() => {}),
  send: (message: { type: string }) => sent.push(message),
  hear: () => {},
}));

const clip = (clipId: string, source: ClipInfo['source']) => ({ clipId, name: clipId, source }) as ClipInfo;
const drawn = ['drawn-1-0', 'drawn-1-1'];
const config = preset('nano');
const started = () => sent.findLast(({ type }) => type === 'start');

beforeEach(() => {
  sent.length = 0;
  patch({
    device: { kind: 'ready', adapter: {} as never },
    clips: [...drawn.map((id) => clip(id, 'procedural')), clip('cat.mp4', 'file')],
    source: 'drawn',
    redrawing: false,
    config,
    problem: null,
    run: null,
  });
});

const finished = (clipIds: string[]) => {
  const run = { ...newRun({ runId: 'a', config, clipIds }), state: 'finished' as const };
  patch({ run });
  return run;
};

it('a run learns from what is chosen, and is the same again until clips or settings are others', () => {
  expect(startRun()).toBeNull();
  expect(started()).toMatchObject({ clipIds: drawn });
  const { run } = useStudio.getState();
  expect(run).toMatchObject({ clipIds: drawn });
  const s = useStudio.getState();
  expect(isSameAgain(s, run!)).toBe(true);
  expect(isSameAgain({ ...s, source: 'mine' }, run!)).toBe(false);
  expect(isSameAgain({ ...s, config: { ...config, seed: config.seed + 1 } }, run!)).toBe(false);
  expect(isSameAgain({ ...s, clips: s.clips.slice(1) }, run!)).toBe(false);
});

it('a twin learns from the clips of its run, and what is chosen follows', () => {
  finished(drawn);
  patch({ source: 'mine' });
  trainTwin();
  expect(started()).toMatchObject({ clipIds: drawn, config: predicting(config, 'pixels') });
  expect(useStudio.getState()).toMatchObject({ source: 'drawn', config: predicting(config, 'pixels') });
});

it('drawn clips of another look are still there for a twin; videos that were removed are not', () => {
  const pale = finished(['drawn-1-0-0.5-plain-pale', 'drawn-1-1-0.5-plain-pale']);
  expect(twinObstacle(useStudio.getState(), pale)).toBeNull();
  const own = finished(['cat.mp4', 'dog.mp4']);
  expect(twinObstacle(useStudio.getState(), own)).toMatchObject({ message: expect.stringMatching(/were removed/) });
  trainTwin();
  expect(started()).toBeUndefined();
  expect(useStudio.getState()).toMatchObject({
    run: own,
    config,
    problem: { message: expect.stringMatching(/removed/) },
  });
});
