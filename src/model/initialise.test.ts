import { expect, it } from 'vitest';
import { parameterCount } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { layoutArena } from '../gpu/arena.ts';
import { networkArenas } from './initialise.ts';

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
