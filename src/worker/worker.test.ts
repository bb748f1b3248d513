import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tinyConfig } from '../testing/training-rig.ts';
import type { Command, Event } from '../protocol/messages.ts';

let events: Event[] = [];
let tell: (command: Command) => void = () => {};

/** The worker as it is when the page opens. */
beforeEach(async () => {
  events = [];
  vi.resetModules();
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('self', {
    isSecureContext: true,
    postMessage: (event: Event) => void events.push(event),
    addEventListener: (_: string, listener: (message: { data: Command }) => void) => {
      tell = (data) => listener({ data });
    },
  });
  await import('./worker.ts');
});

afterEach(() => {
  vi.doUnmock('./training.ts');
  vi.unstubAllGlobals();
});

it('what goes wrong with a command that nobody waits for is told to the page', async () => {
  tell({ type: 'useVariant', variant: null });
  await expect
    .poll(() => events)
    .toEqual([
      {
        type: 'problem',
        error: expect.objectContaining({ code: 'gpu-missing', message: 'This browser has no WebGPU.' }),
      },
    ]);
});

it('what takes steps is not there before somebody needs it, and is looked for again where it could not be loaded', async () => {
  let asked = 0;
  vi.doMock('./training.ts', async (original) => {
    if (++asked === 1) throw new Error('no network');
    return original();
  });
  const start = (runId: string) => tell({ type: 'start', runId, config: tinyConfig(1), clipIds: [] });
  const failure = (runId: string) =>
    events.find((event) => event.type === 'runState' && event.runId === runId && event.state === 'failed');
  tell({ type: 'cancel', jobId: 'j' });
  tell({ type: 'cost', requestId: 'q', config: tinyConfig(1) });
  await expect.poll(() => events.map(({ type }) => type)).toEqual(['cost']);
  expect(asked).toBe(0);
  start('a');
  await expect.poll(() => failure('a')).toBeDefined();
  expect(failure('a')).toMatchObject({
    error: { message: expect.stringMatching(/^A part of the studio could not be loaded: /) },
  });
  start('b');
  await expect.poll(() => failure('b')).toMatchObject({ error: { message: 'This browser has no WebGPU.' } });
  expect(asked).toBe(2);
});
