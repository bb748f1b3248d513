// What a lesson gives back. The worker is made up: it restores what it is asked for, and answers nothing else.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gridOf } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { preset } from '../core/presets.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import type { Command, RunState } from '../protocol/messages.ts';
import { receive } from './events.ts';
import { useKeep } from './keep.ts';
import { borrowStudio, disturbs, giveStudioBack } from './lesson-run.ts';
import { newRun, patch, type RunView, useStudio } from './studio.ts';

const sent = vi.hoisted(() => [] as Command[]);
vi.mock('./engine.ts', () => ({
  ask: (_answer: string, command: Command) => {
    sent.push(command);
    if (command.type !== 'restore') return new Promise(() => {});
    const { runId } = command;
    const told = { step: 5, savedAt: 1, adapter: '', metrics: [], changes: [], parent: null, clipIds: [], notes: [] };
    return Promise.resolve({ type: 'restored', runId, config: preset('nano'), ...told });
  },
  send: (command: Command) => void sent.push(command),
  hear: () => {},
}));

const kept = (runId: string) =>
  ({ runId, step: 5, total: 1000, steps: [5], missing: [], otherwise: [], note: { name: '' } }) as unknown as KeptRun;
const runOf = (runId: string, state: RunState): RunView => ({
  ...newRun({ runId, config: preset('nano'), clipIds: [], step: 5 }),
  weightless: false,
  state,
});
const restores = () => sent.filter(({ type }) => type === 'restore');
const now = () => useStudio.getState();

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('location', { hash: '' });
  patch({
    run: null,
    stored: null,
    demo: false,
    screen: 'train',
    lesson: null,
    config: preset('vit_tiny'),
    problem: null,
  });
  useKeep.setState({ runs: ['mine', 'lesson', 'stored'].map(kept), leaving: [], opening: null, offered: null });
});
afterEach(() => vi.unstubAllGlobals());

/** A lesson in which another run took the place of the user's. */
function lesson(state: RunState): void {
  patch({ run: runOf('mine', state) });
  borrowStudio();
  patch({ run: runOf('lesson', 'paused') });
}

it('the user’s run is back, at rest, beside the settings, the mask and the words that were there', async () => {
  lesson('paused');
  giveStudioBack();
  await vi.waitFor(() => expect(now().run?.runId).toBe('mine'));
  await vi.waitFor(() => expect(now().config.preset).toBe('vit_tiny'));
  expect(restores()).toMatchObject([{ runId: 'mine', rests: true }]);
  const [{ context, target }] = now().sets;
  expect(Math.max(...context[0], ...target[0])).toBeGreaterThan(tokenCount(gridOf(preset('nano').model)));
  expect(sent.findLast(({ type }) => type === 'cost')).toMatchObject({ config: { preset: 'vit_tiny' } });
  expect(now().settingsFrom).toBeNull();
});

it('one that trained trains on; one that was stopped is stopped again once it rests', async () => {
  lesson('running');
  giveStudioBack();
  await vi.waitFor(() => expect(restores()).toMatchObject([{ runId: 'mine', rests: false }]));
  sent.length = 0;
  lesson('stopped');
  giveStudioBack();
  await vi.waitFor(() => expect(now().run?.runId).toBe('mine'));
  receive({ type: 'runState', runId: 'mine', state: 'paused', step: 5, error: null });
  await vi.waitFor(() => expect(sent).toContainEqual({ type: 'stop', runId: 'mine' }));
  expect(restores()).toMatchObject([{ rests: true }]);
});

it('a run that the lesson is still taking up does not stay in its place', async () => {
  lesson('paused');
  useKeep.setState({ opening: 'stored' });
  giveStudioBack();
  await Promise.resolve();
  expect(restores()).toEqual([]);
  patch({ run: runOf('stored', 'paused') });
  useKeep.setState({ opening: null });
  await vi.waitFor(() => expect(now().run?.runId).toBe('mine'));
});

it('where the user had none, none is taken up, and what is known of kept runs stays known', async () => {
  useKeep.setState({ offered: undefined });
  borrowStudio();
  useKeep.setState({ offered: null });
  patch({ run: runOf('lesson', 'paused') });
  giveStudioBack();
  await Promise.resolve();
  expect(restores()).toEqual([]);
  expect(useKeep.getState().offered).toBeNull();
});

it('a run disturbs the lesson unless it comes with the studio, once that is known', () => {
  const run = runOf('stored', 'paused');
  expect(disturbs({ run, stored: undefined })).toBe(false);
  expect(disturbs({ run, stored: null })).toBe(true);
  expect(disturbs({ run: runOf('mine', 'preparing'), stored: null })).toBe(true);
  expect(disturbs({ run: runOf('mine', 'failed'), stored: null })).toBe(false);
});
