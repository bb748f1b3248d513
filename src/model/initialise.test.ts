import { expect, it } from 'vitest';
import { parameterCount } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { layoutArena } from '../gpu/arena.ts';
import { initialWeights, networkArenas } from './initialise.ts';

it('others of the thread get a turn while the weights of a large model are drawn, which are told', async () => {
  const small = preset('small').model;
  const { encoder } = networkArenas(small, 2, layoutArena);
  let turns = 0;
  const others = new MessageChannel();
  others.port1.onmessage = () => {
    turns++;
    others.port2.postMessage(null);
  };
  others.port2.postMessage(null);
  const told: number[] = [];
  const weights = await initialWeights(encoder, small, 3, 'encoder', (values) => told.push(values));
  others.port1.close();
  // 2.7 million values
  expect(told).toHaveLength(5);
  expect(turns).toBeGreaterThanOrEqual(4);
  const { offset, size } = encoder.parameters.get('blocks.5.mlp.fc2.weight')!;
  const values = weights.subarray(offset, offset + size);
  expect(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / size)).toBeCloseTo(0.02, 3);
});

it('the predictor keeps the official MLP ratio of 4 beside an encoder that has another, as vit_giant does', () => {
  const giant = { ...preset('vit_large').model, dim: 1408, depth: 40, mlpRatio: 48 / 11 };
  const { encoder, predictor } = networkArenas(giant, 2, layoutArena);
  expect(encoder.parameters.get('blocks.0.mlp.fc1.weight')?.shape).toEqual([6144, 1408]);
  expect(predictor.parameters.get('predictor_blocks.0.mlp.fc1.weight')?.shape).toEqual([1536, 384]);
  const trained = [encoder, predictor].map(({ parameters }) =>
    [...parameters.values()].reduce((n, p) => n + (p.trained ? p.size : 0), 0),
  );
  const counted = parameterCount(giant, 2);
  expect([counted.encoder, counted.predictor]).toEqual(trained);
});
