import { expect, it } from 'vitest';
import type { SlowSet, SlowStep } from '../protocol/slow.ts';
import { stageText } from './slow-words.ts';

const set = { context: Int32Array.of(1, 4), target: Int32Array.of(0, 2, 3) } as SlowSet;
const step = (target: SlowStep['target'], exponent: number) =>
  ({ grid: { t: 1, h: 2, w: 3 }, target, exponent, width: 64, loss: 0.5, lossPerSet: [0.25, 0.75] }) as SlowStep;

it('names the difference that the loss of the run takes', () => {
  expect(stageText('error', step('features', 1), set)).toMatch(
    /^The difference without its sign, averaged over the 64/,
  );
  expect(stageText('error', step('features', 2), set)).toMatch(/^Half the squared difference, averaged/);
  expect(stageText('error', step('features', 1.5), set)).toMatch(
    /^The difference .*power of 1\.5, divided by 1\.5, av/,
  );
  expect(stageText('error', step('pixels', 2), set)).toMatch(/^Half the squared difference/);
});

it('tells the other terms of the loss apart from the latent one', () => {
  expect(stageText('error', step('features', 1), set)).toContain('That is 0.5000 in this step.');
  expect(stageText('error', { ...step('features', 1), loss: 0.6 }, set)).toContain(
    'That is 0.5000 in this step, and with the other terms of the loss 0.6000.',
  );
});
