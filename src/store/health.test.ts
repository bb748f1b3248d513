import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Command } from '../protocol/messages.ts';
import { sampleCheck, sampleFeatures } from '../testing/samples.ts';
import { stubStorage } from '../testing/memory-storage.ts';
import { chooseProbeEvery, recallProbeEvery, receiveHealth, useHealth } from './health.ts';

const sent = vi.hoisted(() => [] as Command[]);
vi.mock('./engine.ts', () => ({ send: (command: Command) => void sent.push(command) }));

let kept: Map<string, string>;
beforeEach(() => {
  kept = stubStorage();
  sent.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

it('how often labels are asked holds for every run, from one visit to the next', () => {
  chooseProbeEvery(50);
  const rows = [sampleCheck(0, sampleFeatures)];
  for (const runId of ['a', 'b']) receiveHealth({ type: 'health', runId, rows, share: 0, heldOut: true });
  expect(useHealth.getState()).toMatchObject({ runId: 'b', probeEvery: 50 });
  useHealth.setState({ probeEvery: null });
  recallProbeEvery();
  expect(useHealth.getState().probeEvery).toBe(50);
  expect(sent).toEqual([
    { type: 'probeEvery', steps: 50 },
    { type: 'probeEvery', steps: 50 },
  ]);
});

it('what could not have been chosen is not recalled, and nothing is kept of what is usual', () => {
  for (const odd of ['7', '"50"', 'null', '{']) {
    kept.set('v-jepa-studio probe every', odd);
    recallProbeEvery();
  }
  expect(sent).toEqual([]);
  chooseProbeEvery(null);
  expect(kept.size).toBe(0);
  expect(sent).toEqual([{ type: 'probeEvery', steps: null }]);
});
