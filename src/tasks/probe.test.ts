import { expect, it } from 'vitest';
import { likely, noise, testPipelines } from '../testing/check-operation.ts';
import { type Features, Probes, runProbe } from './probe.ts';

const [clips, tokens, dim] = [12, 3, 8];
const recipe = {
  epochs: 4,
  batchSize: 4,
  lr: 0.01,
  weightDecay: 0,
  depth: 1,
  completeBlock: true,
  neighbours: 3,
};

it(
  'one clip that is not a number ends the probe, and does not leave it half trained',
  { timeout: 60_000 },
  async () => {
    const values = Float32Array.from({ length: clips * tokens * dim }, noise(4));
    values[5 * tokens * dim] = NaN;
    const features: Features = {
      clips,
      views: 1,
      tokens,
      dim,
      heads: 2,
      values,
      pooled: new Float32Array(clips * dim),
    };
    const probes = new Probes(await testPipelines(), likely);
    const all = Array.from({ length: clips }, (_, i) => i);
    const task = {
      features,
      labels: all.map((i) => i % 2),
      classes: 2,
      train: all.slice(0, 8),
      validation: all.slice(8, 10),
      test: all.slice(10),
      recipe,
      seed: 0,
    };
    await expect(runProbe(probes, 'attentive', task, new AbortController().signal)).rejects.toThrow(/The probe broke/);
    probes.destroy();
  },
);
