import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stubStorage } from '../testing/memory-storage.ts';
import { isSetAside, setAside, takeBackUp } from './set-aside.ts';

beforeEach(() => {
  stubStorage();
});
afterEach(() => vi.unstubAllGlobals());

it('what was set aside stays so from one visit to the next, until it is gone on with', () => {
  const aside = (...ids: string[]) => ids.map((id) => isSetAside(id, 9));
  setAside('a', 9);
  setAside('b', 9);
  setAside('a', 9);
  expect(aside('a', 'b', 'c')).toEqual([true, true, false]);
  takeBackUp('a');
  takeBackUp('c');
  expect(aside('a', 'b')).toEqual([false, true]);
});

it('a run that was stopped and is not kept that far is offered: its last steps are lost', () => {
  setAside('a', 13);
  expect([1, 12, 13, 20].map((step) => isSetAside('a', step))).toEqual([false, false, true, true]);
});

it('remembers the newest of many, and takes nothing that somebody else wrote for an id', () => {
  for (let i = 0; i < 250; i++) setAside(`run ${i}`, i);
  expect([isSetAside('run 0', 250), isSetAside('run 249', 250)]).toEqual([false, true]);
  localStorage.setItem('v-jepa-studio set aside', '[3, ["x", 0], null, "y"]');
  expect([isSetAside('x', 0), isSetAside('3', 0), isSetAside('y', 0)]).toEqual([true, false, false]);
  localStorage.setItem('v-jepa-studio set aside', '{');
  expect(isSetAside('x', 0)).toBe(false);
});
