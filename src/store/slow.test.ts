// A step in slow motion is asked for once, and shown only to who still wants it.
import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { SlowStep } from '../protocol/slow.ts';
import { closeSlow, takeSlowStep, useSlow } from './slow.ts';
import { newRun, patch, useStudio } from './studio.ts';

const engine = vi.hoisted(() => ({ answers: [] as ((slow: object) => void)[] }));

vi.mock('./engine.ts', () => ({
  ask: () => new Promise((resolve) => engine.answers.push((slow) => resolve({ slow }))),
  send: () => {},
}));

const step = { step: 7, sets: [{}] } as unknown as SlowStep;

beforeEach(() => {
  engine.answers.length = 0;
  patch({ run: { ...newRun({ runId: 'run', config: preset('nano'), clipIds: [] }), state: 'paused' } });
});

it('closed while it is taken it is not shown; wanted again meanwhile it is, without a second step', async () => {
  const closed = takeSlowStep();
  closeSlow();
  engine.answers[0](step);
  await closed;
  expect(useSlow.getState()).toMatchObject({ shown: null, pending: false });
  const taken = takeSlowStep();
  closeSlow();
  await takeSlowStep();
  expect(engine.answers).toHaveLength(2);
  engine.answers[1](step);
  await taken;
  expect(useSlow.getState()).toMatchObject({ shown: { runId: 'run', slow: step }, pending: false });
});

it('a clip that played plays on when slow motion is closed, one that stood still does not', async () => {
  for (const playing of [true, false]) {
    patch({ playing });
    for (const again of [false, true]) {
      const taken = takeSlowStep();
      engine.answers.pop()!(step);
      await taken;
      expect([useStudio.getState().playing, again]).toEqual([false, again]);
    }
    closeSlow();
    expect(useStudio.getState().playing).toBe(playing);
  }
});
