// The screen stays on while a run trains, whatever pauses and resumes come between.

import { expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { stayAwake, useAwake } from './awake.ts';
import { newRun, patch } from './studio.ts';

class Sentinel extends EventTarget {
  released = false;
  /** tells that it is released, later */
  let: () => void = () => {};
  release = () =>
    new Promise<void>((resolve) => {
      this.let = () => {
        this.released = true;
        this.dispatchEvent(new Event('release'));
        resolve();
      };
    });
}

it('a run that is resumed before the lock is released gets another, which stays', async () => {
  const given: Sentinel[] = [];
  const request = async () => {
    const sentinel = new Sentinel();
    given.push(sentinel);
    return sentinel;
  };
  vi.stubGlobal('navigator', { wakeLock: { request } });
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  const run = newRun({ runId: 'a', config: preset('nano'), clipIds: [] });
  const say = async (state: 'running' | 'paused') => {
    patch({ run: { ...run, state } });
    await new Promise((resolve) => setTimeout(resolve));
  };
  stayAwake();
  await say('running');
  expect(useAwake.getState().awake).toBe('held');
  await say('paused');
  await say('running');
  expect(given).toHaveLength(2);
  given[0].let();
  expect(useAwake.getState().awake).toBe('held');
  expect(given[1].released).toBe(false);
  // the browser lets go by itself when the page is hidden
  given[1].dispatchEvent(new Event('release'));
  expect(useAwake.getState().awake).toBe('off');
});
