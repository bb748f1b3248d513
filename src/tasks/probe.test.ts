import { expect, it } from 'vitest';
import { likely, noise, testPipelines } from '../testing/check-operation.ts';
import { columnStatistics, neighbourAnswers, standardise } from '../core/neighbours.ts';
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

it('tells the passes that were taken: with few labels more than asked for', { timeout: 60_000 }, async () => {
  const pooled = Float32Array.from({ length: clips * dim }, noise(6));
  const features: Features = { clips, views: 1, tokens: 1, dim, heads: 1, values: pooled, pooled };
  const all = Array.from({ length: clips }, (_, i) => i);
  const labels = all.map((i) => i % 2);
  const parts = { train: all.slice(0, 8), validation: all.slice(8, 10), test: all.slice(10) };
  const probes = new Probes(await testPipelines(), likely);
  const epochsOf = async (epochs: number) =>
    (
      await runProbe(
        probes,
        'linear',
        { features, labels, classes: 2, ...parts, recipe: { ...recipe, epochs }, seed: 0 },
        new AbortController().signal,
      )
    ).epochs;
  // two batches of four a pass, and at least a hundred steps
  expect(await epochsOf(4)).toBe(50);
  expect(await epochsOf(60)).toBe(60);
  probes.destroy();
});

it('nearest neighbours of many clips let the thread breathe, and end when told to', { timeout: 60_000 }, async () => {
  const [clips, dim] = [2000, 64];
  const all = Array.from({ length: clips }, (_, i) => i);
  const pooled = Float32Array.from({ length: clips * dim }, noise(5));
  const features: Features = { clips, views: 1, tokens: 1, dim, heads: 1, values: pooled, pooled };
  const train = all.slice(0, 1200);
  const [validation, test] = [all.slice(1200, 1600), all.slice(1600)];
  const task = { features, labels: all.map((i) => i % 2), classes: 2, train, validation, test, recipe, seed: 0 };
  const probes = new Probes(await testPipelines(), likely);
  const x = { values: standardise({ values: pooled, dim }, columnStatistics({ values: pooled, dim }, train)), dim };
  const plainly = neighbourAnswers(x, train, task.labels, test, 2, recipe.neighbours);

  // other messages of the thread, one after the other
  const { port1, port2 } = new MessageChannel();
  let heard = 0;
  port1.addEventListener('message', () => {
    heard++;
    port2.postMessage(null);
  });
  port1.start();
  port2.postMessage(null);
  const outcome = await runProbe(probes, 'knn', task, new AbortController().signal);
  expect(outcome.answers).toEqual(plainly);
  expect(heard).toBeGreaterThan(10);

  const stop = new AbortController();
  const before = heard;
  const running = runProbe(probes, 'knn', task, stop.signal);
  port1.addEventListener('message', () => heard === before + 3 && stop.abort());
  await expect(running).rejects.toThrow(/abort/i);
  port1.close();
  probes.destroy();
});
