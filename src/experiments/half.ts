// Half precision, tried: the nano preset with its activations stored by halves, or besides multiplied by subgroup matrices, beside
// the same run in single precision. The same seed draws the same clips, masks and weights, so that precision alone differs.

import type { RunConfig } from '../core/config.ts';
import { usualLook } from '../core/drawn-look.ts';
import { StudioError } from '../core/errors.ts';
import { preset } from '../core/presets.ts';
import { canRun, missingFeature, type Variant } from '../core/variant.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { trainingClips } from './arms.ts';
import type { HalfRecord } from './half-summary.ts';
import { drawnSource, type Tools } from './run.ts';

const halfSteps = 200;

/** Throws StudioError 'config' where the adapter lacks what the arm asks for. */
export async function runHalf(arm: HalfRecord['arm'], seed: number, tools: Tools): Promise<HalfRecord> {
  const { pipelines, variant, features, log } = tools;
  const half: Variant = { ...variant, storage: 'half' };
  if (arm === 'half-matrix') half.product = features.includes('subgroup-matrix-16') ? 'matrix16' : 'matrix8';
  if (!canRun(half, features))
    throw new StudioError('config', `This adapter has no ${missingFeature(half, features)}.`, 'Try it on another one.');
  const config: RunConfig = { ...preset('nano'), seed };
  const sources = Array.from({ length: trainingClips }, (_, i) => drawnSource(seed, i, usualLook));
  const record: HalfRecord = { arm, seed, losses: { single: [], half: [] }, activations: { single: 0, half: 0 } };
  for (const form of [variant, half]) {
    const { storage } = form;
    const run = await Pretraining.create(pipelines, config, sources, { variant: form });
    record.activations[storage] = run.trainer.program.memory.activations;
    const waiting: Promise<void>[] = [];
    for (let step = 0; step < halfSteps; step++) {
      const { metrics } = await run.advance();
      waiting.push(metrics.then((m) => void (record.losses[storage][m.step] = m.loss)));
      if (waiting.length > 2) await waiting.shift();
    }
    await Promise.all(waiting);
    run.destroy();
    log(`${arm} seed ${seed}: ${storage}, last loss ${record.losses[storage].at(-1)?.toFixed(6)}`);
  }
  return record;
}
