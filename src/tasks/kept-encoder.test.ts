import { expect, it } from 'vitest';
import { predicting, preset } from '../core/presets.ts';
import { readTensor } from '../gpu/readback.ts';
import { SnapshotReader } from '../train/snapshot.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { keptEncoder } from './kept-encoder.ts';
import { Pretraining } from './pretrain.ts';

const config = preset('nano');
config.batchSize = 2;
config.model = { ...config.model, crop: 24, frames: 4, dim: 32, depth: 1, predDim: 16, predDepth: 1 };
config.data.samplingRate = 1;
const sources = [0, 1].map((k) => ({
  frames: 8,
  width: 20,
  height: 20,
  rgb: (t: number) => new Uint8Array(1200).fill(20 * t + k),
}));

it('holds what the arena of the run held, for both encoders; the pixel twin of a run fits beside it', async () => {
  const pipelines = await testPipelines();
  const run = await Pretraining.create(pipelines, predicting(config, 'pixels'), sources, { variant });
  await (
    await run.advance()
  ).metrics;
  const reader = new SnapshotReader(pipelines.device);
  const tensors = await reader.read(run.nets);
  reader.destroy();
  for (const network of ['target', 'encoder'] as const) {
    const { weights, size } = run.nets[network];
    const held = await readTensor(pipelines.device, weights, size);
    expect(keptEncoder({ config: run.config, tensors }, network, config.model)).toEqual(held);
  }
  const wider = { ...config.model, dim: 64 };
  expect(() => keptEncoder({ config: run.config, tensors }, 'target', wider)).toThrow(
    'its dim is 32, that of the run on the page 64',
  );
  tensors.delete('encoder.norm.bias');
  expect(() => keptEncoder({ config: run.config, tensors }, 'encoder', config.model)).toThrow('no sound norm.bias');
  run.destroy();
});
