// Half precision, tried: the nano preset with its activations stored by halves, beside the same run in single precision. The
// same seed draws the same clips, masks and weights, so that storage alone differs.

import type { RunConfig } from '../core/config.ts';
import { usualLook } from '../core/drawn-look.ts';
import { StudioError } from '../core/errors.ts';
import { preset } from '../core/presets.ts';
import { canRun, type Variant } from '../core/variant.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { trainingClips } from './arms.ts';
import { drawnSource, type Tools } from './run.ts';

export const halfSteps = 200;

export interface HalfRecord {
  arm: 'half';
  seed: number;
  adapter?: string;
  /** loss of every step */
  losses: Record<Variant['storage'], number[]>;
  /** bytes of activations */
  activations: Record<Variant['storage'], number>;
}

/** Throws StudioError 'config' where the adapter has no half precision. */
export async function runHalf(seed: number, { pipelines, variant, log }: Tools): Promise<HalfRecord> {
  if (!canRun({ ...variant, storage: 'half' }, [...pipelines.device.features]))
    throw new StudioError('config', 'This adapter has no shader-f16.', 'Try it on another one.');
  const config: RunConfig = { ...preset('nano'), seed };
  const sources = Array.from({ length: trainingClips }, (_, i) => drawnSource(seed, i, usualLook));
  const record: HalfRecord = { arm: 'half', seed, losses: { single: [], half: [] }, activations: { single: 0, half: 0 } };
  for (const storage of ['single', 'half'] as const) {
    const run = await Pretraining.create(pipelines, config, sources, { variant: { ...variant, storage } });
    record.activations[storage] = run.trainer.program.memory.activations;
    const waiting: Promise<void>[] = [];
    for (let step = 0; step < halfSteps; step++) {
      const { metrics } = await run.advance();
      waiting.push(metrics.then((m) => void (record.losses[storage][m.step] = m.loss)));
      if (waiting.length > 2) await waiting.shift();
    }
    await Promise.all(waiting);
    run.destroy();
    log(`half seed ${seed}: ${storage}, last loss ${record.losses[storage].at(-1)?.toFixed(6)}`);
  }
  return record;
}
