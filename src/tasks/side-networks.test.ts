// What is looked at beside a run must not cost the device: where the GPU refuses its networks, whoever asked is told.

import { expect, it, vi } from 'vitest';
import { create, globals } from 'webgpu';
import { preset } from '../core/presets.ts';
import { openDevice } from '../gpu/device.ts';
import { PipelineCache } from '../gpu/kernel.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import { watchBuffers } from '../testing/buffers.ts';
import { likely } from '../testing/check-operation.ts';
import { FrozenFeatures } from './frozen.ts';
import { untrainedNetworks } from './physics.ts';
import { Pretraining } from './pretrain.ts';
import { savedNetworks } from './saved-networks.ts';

// no step is taken, so none is compiled
vi.mock('../train/trainer.ts', () => ({
  createTrainer: ({ device }: PipelineCache) => Promise.resolve({ program: { device }, destroy: () => {} }),
}));

Object.assign(globalThis, globals);
const gpu = create([]); // kept: Node crashes when it is collected before its devices

const config = preset('nano');
config.model = { ...config.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1 };
config.batchSize = 2;
const source = { frames: 8, width: 20, height: 20, rgb: () => new Uint8Array(1200) };
const clip = { id: '', name: '', label: '', group: null, source, clip: { kind: 'drawn', index: 0 } as const };
const request = { config, segments: 1, views: 1 } as EvaluationRequest;

const jobs: [name: string, refused: RegExp, ask: (pipelines: PipelineCache) => Promise<unknown>][] = [
  [
    'features of random weights',
    /^random encoder/,
    (pipelines) => {
      const frozen = new FrozenFeatures(pipelines, config.model, null, likely);
      const { signal } = new AbortController();
      return frozen.read([clip], 'random', 0, request, signal, () => {}).finally(() => frozen.destroy());
    },
  ],
  ['networks of a checkpoint', /^saved target/, async ({ device }) => savedNetworks(device, config, new Map())],
  ['untrained networks', /^untrained target/, async ({ device }) => untrainedNetworks(device, config, 0)],
  [
    'the random twin of a run',
    /^random target/,
    async (pipelines) => {
      const run = await Pretraining.create(pipelines, config, [source], { variant: likely });
      const both = await Promise.allSettled([run.randomTwin(), run.randomTwin()]);
      run.destroy();
      expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      throw (both[0] as PromiseRejectedResult).reason;
    },
  ],
];

it.each(jobs)('%s that the GPU refuses are told, and the device stays', async (_, refused, ask) => {
  const { device, lost } = await openDevice(gpu);
  const buffers = watchBuffers(device, (label) => refused.test(label));
  await expect(ask(new PipelineCache(device))).rejects.toThrow('WebGPU refused');
  expect(await Promise.race([lost, device.queue.onSubmittedWorkDone().then(() => 'still there')])).toBe('still there');
  expect(buffers.alive()).toEqual([]);
  device.destroy();
});

it('a network that is too large for the GPU says so, with the limit and a way out', async () => {
  const { device, lost } = await openDevice(gpu);
  Object.defineProperty(device, 'limits', { value: { maxBufferSize: 2 ** 30 } });
  const { model } = preset('vit_large');
  const frozen = new FrozenFeatures(new PipelineCache(device), model, null, likely);
  const { signal } = new AbortController();
  const asked = frozen.read([clip], 'random', 0, request, signal, () => {});
  await expect(asked).rejects.toMatchObject({
    code: 'gpu-memory',
    message: expect.stringMatching(/^random encoder.weights needs 1\d{3} MB in one piece, .* at most 1024 MB\.$/),
    advice: expect.stringContaining('smaller'),
  });
  expect(await Promise.race([lost, device.queue.onSubmittedWorkDone().then(() => 'still there')])).toBe('still there');
  frozen.destroy();
  device.destroy();
});
