import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { usualLimit } from '../core/memory-limit.ts';
import type { Command } from '../protocol/messages.ts';
import { stubStorage } from '../testing/memory-storage.ts';
import { limitMemory, recallMemoryLimit, useMemoryLimit } from './memory-limit.ts';

const sent = vi.hoisted(() => [] as Command[]);
vi.mock('./engine.ts', () => ({
  ask: (_answer: string, command: Command) => new Promise(() => sent.push(command)),
  send: (command: Command) => void sent.push(command),
}));

let kept: Map<string, string>;
beforeEach(() => {
  kept = stubStorage();
  sent.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

it('a limit holds from one visit to the next, and what runs cost is asked for again under it', () => {
  limitMemory(16);
  expect(sent).toMatchObject([{ type: 'limitMemory', limit: 16 }, { type: 'cost' }]);
  sent.length = 0;
  useMemoryLimit.setState({ limit: usualLimit });
  recallMemoryLimit();
  expect(useMemoryLimit.getState().limit).toBe(16);
  expect(sent).toEqual([{ type: 'limitMemory', limit: 16 }]);
});

it('nothing is said of the usual one, or of what could not have been chosen', () => {
  for (const odd of ['3', '"8"', '1e9', 'null']) {
    kept.set('v-jepa-studio gpu memory limit', odd);
    recallMemoryLimit();
  }
  expect(sent).toEqual([]);
  limitMemory(8);
  limitMemory(usualLimit);
  expect(kept.size).toBe(0);
});
