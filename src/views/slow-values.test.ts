import { expect, it } from 'vitest';
import type { SlowSet, SlowStep } from '../protocol/slow.ts';
import { chosenToken, cosines, pullsEqually, stageRows, stageValues } from './slow-values.ts';

const floats = (...v: number[]) => Float32Array.from(v);
const set: SlowSet = {
  context: Int32Array.of(1, 4),
  target: Int32Array.of(0, 2, 3),
  patches: floats(1, 2, 3, 4, 5, 6),
  features: floats(3, 4, -4, 3),
  predictions: floats(1, 0, 0, 2, -1, 0),
  targets: floats(1, 1, 0, 1, 0, 0),
  error: floats(0.5, 0.25, 0.75),
  predictionGradient: floats(1, 1, 1),
  featureGradient: floats(7, 9),
};
const step = { dim: 2, width: 2 } as SlowStep;

it('cosines of one row with all: same 1, across 0, opposite -1, zeros 0', () => {
  expect([...cosines(floats(3, 4, -4, 3, -6, -8, 0, 0), 2, 0)]).toEqual([1, 0, -1, 0]);
});

it('a stage is looked at from the token under the cursor where it has it, else from its first', () => {
  expect(chosenToken('encoder', set, 4)).toBe(4);
  expect(chosenToken('encoder', set, 2)).toBe(1);
  expect(chosenToken('error', set, 2)).toBe(2);
  expect(chosenToken('error', set, null)).toBe(0);
});

it('values lie at their own tokens', () => {
  expect([...stageValues('encoder', step, set, 4)]).toEqual([
    [1, 0],
    [4, 1],
  ]);
  expect([...stageValues('predictor', step, set, 0)]).toEqual([
    [0, 1],
    [2, 0],
    [3, -1],
  ]);
  expect([...stageValues('error', step, set, 0)]).toEqual([
    [0, 0.5],
    [2, 0.25],
    [3, 0.75],
  ]);
  expect([...stageValues('gradient', step, set, 1)]).toEqual([
    [1, 7],
    [4, 9],
  ]);
  expect(stageValues('mask', step, set, 1).size).toBe(0);
});

it('rows are those of the chosen token', () => {
  expect(stageRows('patches', step, set, 4)).toEqual([{ name: 'pixels', values: floats(4, 5, 6) }]);
  expect(stageRows('error', step, set, 2)).toEqual([
    { name: 'prediction', values: floats(0, 2) },
    { name: 'target', values: floats(0, 1) },
    { name: 'difference', values: floats(0, 1) },
  ]);
  expect(stageRows('ema', step, set, 2)).toEqual([]);
});

it('hidden tokens pull equally where their gradients are of one length', () => {
  expect(pullsEqually(set)).toBe(true);
  expect(pullsEqually({ ...set, predictionGradient: floats(1, 1.01, 1) })).toBe(false);
});
