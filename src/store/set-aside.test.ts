import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isSetAside, setAside, takeBackUp } from './set-aside.ts';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (place: string) => kept.get(place) ?? null,
    setItem: (place: string, value: string) => kept.set(place, value),
    removeItem: (place: string) => kept.delete(place),
  });
});
afterEach(() => vi.unstubAllGlobals());

it('what was set aside stays so from one visit to the next, until it is gone on with', () => {
  setAside('a');
  setAside('b');
  setAside('a');
  expect(['a', 'b', 'c'].map(isSetAside)).toEqual([true, true, false]);
  takeBackUp('a');
  takeBackUp('c');
  expect(['a', 'b'].map(isSetAside)).toEqual([false, true]);
});

it('remembers the newest of many, and takes nothing that somebody else wrote for an id', () => {
  for (let i = 0; i < 250; i++) setAside(`run ${i}`);
  expect([isSetAside('run 0'), isSetAside('run 249')]).toEqual([false, true]);
  localStorage.setItem('v-jepa-studio set aside', '[3, "x", null]');
  expect([isSetAside('x'), isSetAside('3')]).toEqual([true, false]);
  localStorage.setItem('v-jepa-studio set aside', '{');
  expect(isSetAside('x')).toBe(false);
});
