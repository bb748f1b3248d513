import { expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import type { RunConfig } from '../core/config.ts';
import { settingsInForce } from '../core/run-changes.ts';
import { sampleCheck, sampleFeatures } from '../testing/samples.ts';
import { branchOff, slower } from './branch.ts';
import type { Checkpoint } from './checkpoint.ts';

const config = preset('nano');
const from: Checkpoint = {
  runId: 'run-a',
  config,
  step: 10,
  savedAt: 5,
  clips: [{ kind: 'drawn', seed: 1, first: 0, count: 64 }],
  adapter: 'google swiftshader',
  variant: { product: 'quads', attention: 'registers', rows: 'thread', storage: 'single' },
  changes: [
    { step: 4, lr: 2e-3 },
    { step: 10, lr: 1000 },
  ],
  lineage: [],
  metrics: [],
  health: [],
  tensors: new Map([['encoder.x', { shape: [1], data: Float32Array.of(1) }]]),
};

it('goes on with weights and numbers, with other settings and a known origin', () => {
  const settings = { ...config, batchSize: 4 };
  const branch = branchOff(from, 'run-b', settings);
  expect(branch).toMatchObject({ runId: 'run-b', step: 10, config: settings, changes: [] });
  expect(branch.tensors).toBe(from.tensors);
  // a change that no step was taken with is none of the parent's steps
  expect(branch.lineage).toEqual([{ runId: 'run-a', config, changes: [{ step: 4, lr: 2e-3 }], step: 10 }]);
  const again = branchOff({ ...branch, step: 12 }, 'run-c', config);
  expect(again.lineage.map(({ runId, step }) => [runId, step])).toEqual([
    ['run-a', 10],
    ['run-b', 12],
  ]);
});

it('a tenth of the rate that the last step was taken with, not of the one that would have come', () => {
  expect(settingsInForce(from).optim.lr).toBe(2e-3);
  expect(slower(from).optim).toEqual({ ...config.optim, lr: 2e-4 });
});

it('of a rate that was set on the way, far above what a run can begin with, the branch has what the run began with', () => {
  const broken = { ...from, changes: [{ step: 4, lr: 50 }] };
  expect(slower(broken).optim.lr).toBe(config.optim.lr);
  expect(branchOff(broken, 'run-b', slower(broken)).config.optim.lr).toBe(config.optim.lr);
});

it('another architecture is refused by the name of its field', () => {
  expect(() => branchOff(from, 'run-b', { ...config, model: { ...config.model, dim: 96 } })).toThrow(
    'width is 64 in the run and 96 in the settings',
  );
});

it('has the checks of health of its parent where its own will be about the same masks and error', () => {
  const health = [sampleCheck(0, sampleFeatures)];
  const branch = (settings: Partial<RunConfig>) =>
    branchOff({ ...from, health }, 'run-b', { ...config, ...settings }).health;
  expect(branch({ batchSize: 4, optim: { ...config.optim, lr: 1e-4 }, maskCut: 'official' })).toEqual(health);
  expect(branch({ loss: { ...config.loss, sigreg: 0.1 } })).toEqual(health);
  expect(branch({ masks: config.masks.toReversed() })).toEqual([]);
  expect(branch({ seed: 9 })).toEqual([]);
  expect(branch({ loss: { ...config.loss, exponent: 2 } })).toEqual([]);
});

it('no deeper than what a file may hold', () => {
  let branch = from;
  for (let i = 0; i < 64; i++) branch = branchOff(branch, `run-${i}`, config);
  expect(() => branchOff(branch, 'run-x', config)).toThrow('64 deep');
});
