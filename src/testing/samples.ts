// A step, a health check and a checkpoint of a run that nobody trained, for tests of what is done with them.

import type { FeatureHealth, HealthRow } from '../core/health-row.ts';
import { preset } from '../core/presets.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';

/** The numbers of a step with this loss. */
export const sampleStep = (step: number, loss = 1): StepMetrics => ({
  step,
  loss,
  lossPerSet: [loss, loss],
  terms: { latent: loss, variance: 0, sigreg: 0 },
  encoderNorm: 1,
  predictorNorm: 1,
  lr: 1,
  weightDecay: 0,
  momentum: 1,
  tokens: 1,
  milliseconds: 1,
});

/** What a check finds in features of which nothing is known. */
export const sampleFeatures: FeatureHealth = {
  spread: 1,
  pooledSpread: 1,
  dead: 0,
  cosine: 0,
  rank: 1,
  rankCentred: 1,
  pooledRank: 1,
  pooledRankCentred: 1,
  spectrum: [1],
};

/** A check that found these features in both encoders. */
export const sampleCheck = (step: number, features: FeatureHealth, loss = 1): HealthRow => ({
  step,
  encoder: features,
  target: features,
  loss,
  swapped: loss,
  permuted: loss,
  meanBaseline: 1,
  nearestBaseline: 1,
  lag: 0,
  halfLife: null,
  layers: [],
  clipped: null,
  probes: null,
  milliseconds: 1,
});

/** One tensor of one number, saved at `step` milliseconds; on drawn clips. */
export const sampleCheckpoint = (runId: string, step: number): Checkpoint => ({
  runId,
  config: preset('nano'),
  step,
  savedAt: step,
  clips: [{ kind: 'drawn', seed: 1, first: 0, count: 64 }],
  adapter: 'test',
  variant: { product: 'registers', attention: 'registers', rows: 'thread', storage: 'single' },
  metrics: [],
  changes: [],
  lineage: [],
  health: [],
  tensors: new Map([['encoder.x', { shape: [1], data: Float32Array.of(step) }]]),
});
