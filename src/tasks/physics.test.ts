import { expect, it } from 'vitest';
import { physicsNames } from '../core/physics.ts';
import { preset } from '../core/presets.ts';
import { destroyArena } from '../gpu/arena.ts';
import { ErrorMapper } from '../train/error-map.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { physicsPairs } from '../video/physics.ts';
import { type PhysicsRow, physicsAccuracy, physicsShares, scorePhysics, untrainedNetworks } from './physics.ts';
import { stepShape } from './run-shape.ts';
import { surprise } from './surprise.ts';

it('counts pairs, ties as half, and takes the interval over sets', () => {
  const row = (set: number, possible: number, impossible: number): PhysicsRow => ({
    property: 'bounce',
    set,
    possible,
    impossible,
  });
  // sets: 1 and 1, 1 and 0, half and 1
  const rows = [row(0, 1, 2), row(0, 1, 3), row(1, 1, 2), row(1, 2, 1), row(2, 1, 1), row(2, 0, 1)];
  const { accuracy, interval } = physicsAccuracy(rows);
  expect(accuracy).toBeCloseTo(0.75, 12); // mean of 1, .5, .75
  // deviation .25, t(2) = 4.3027: ± 4.3027 · .25 / √3 = .6210, as far as there are shares
  expect(interval?.low).toBeCloseTo(0.75 - 0.621, 3);
  expect(interval?.high).toBe(1);
  // all right: sets agree, and what their 6 pairs leave open is 1 / (1 + z² / 6) = .60966
  const right = physicsAccuracy([0, 0, 1, 1, 2, 2].map((set) => row(set, 1, 2)));
  expect(right).toEqual({ accuracy: 1, interval: { low: expect.closeTo(0.60966, 4) as unknown, high: 1 } });
});

it('gives shares by property and of all pairs', () => {
  const rows = physicsNames.flatMap((property, k): PhysicsRow[] => [
    { property, set: 0, possible: 1, impossible: k < 3 ? 2 : 0 },
    { property, set: 0, possible: 1, impossible: k < 1 ? 2 : 0 },
  ]);
  expect(physicsShares(rows)).toEqual({ permanence: 1, continuity: 0.5, bounce: 0.5, colour: 0, all: 0.5 });
});

it('scores every pair by the mean surprise of its videos', async () => {
  const config = preset('nano');
  config.model = { ...config.model, crop: 24, depth: 1, dim: 32, predDim: 16, predDepth: 1 };
  const pipelines = await testPipelines();
  const nets = await untrainedNetworks(pipelines.device, config, 0);
  const mapper = await ErrorMapper.create(pipelines, nets, stepShape(config), likely);
  const { signal } = new AbortController();
  const told: [number, number][] = [];
  const options = {
    sets: 1,
    every: 24,
    signal,
    onProgress: (done: number, total: number) => void told.push([done, total]),
  };
  const rows = await scorePhysics(mapper, config, options);
  expect(rows.map((r) => r.property)).toEqual(
    ['permanence', 'continuity', 'bounce', 'colour'].flatMap((name) => [name, name]),
  );
  expect(told.at(-1)).toEqual([4, 4]);
  // the first pair, asked by hand: two tubelets of four are seen
  const [pair] = physicsPairs('permanence', 0);
  const by = { contexts: [2], every: 24, signal, onProgress: () => {} };
  const { curves } = await surprise(mapper, config, pair.impossible, by);
  const [error] = [curves[0].error];
  expect(rows[0].impossible).toBeCloseTo(error.reduce((a, b) => a + b, 0) / error.length, 12);
  expect(rows[0].impossible).not.toBe(rows[0].possible);
  mapper.destroy();
  for (const arena of Object.values(nets)) destroyArena(arena);
});
