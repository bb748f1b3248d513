// A training step in slow motion: the very step that comes next, taken one dispatch at a time, with its tensors read on the
// way. Its numbers are those of the fast one, bit for bit, and the run goes on behind it.

import { gridOf, lossExponent } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import type { Dispatch } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { root } from '../gpu/tensor.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import { type SlowSet, type SlowStage, slowStages, type SlowStep } from '../protocol/slow.ts';
import { readLayers } from '../train/layers.ts';
import { SnapshotReader } from '../train/snapshot.ts';
import { type StepShape, targetWidth } from '../train/step.ts';
import type { StepBatch } from '../train/trainer.ts';
import { channelDeviation, channelMean } from '../video/augment.ts';
import type { Pretraining } from './pretrain.ts';

/** Tensors that are looked at. */
export const watched = {
  patches: 'encoder/patches',
  features: 'encoder/norm',
  predictions: 'predictor/predictor_proj',
  targets: 'h',
  error: 'error',
} as const;

/**
 * Takes the next step and tells what happened to the first clip of its batch. Rejects as Trainer.submit does when the step
 * breaks. Nothing else may be submitted meanwhile.
 */
export async function slowStep(
  run: Pretraining,
): Promise<{ metrics: Omit<StepMetrics, 'milliseconds'>; slow: SlowStep }> {
  const { trainer, nets, config } = run;
  const { plan, device } = trainer.program;
  const { shape } = trainer;
  const reader = new SnapshotReader(device);
  try {
    const tensors = new Map<string, Tensor>(Object.entries(watched).map(([key, name]) => [key, plan.find(name)]));
    tensors.set('dz', plan.gradientOf(plan.find(watched.predictions)));
    tensors.set('dcontext', plan.gradientOf(plan.find(watched.features)));
    const values = new Map<string, Float32Array<ArrayBuffer>>();
    const dispatches = Object.fromEntries(slowStages.map((s) => [s, 0])) as Record<SlowStage, number>;
    const before = await readLayers(reader, nets, null);
    const { metrics, batch, settings } = await run.advanceSlowly(async (dispatch, written, read) => {
      dispatches[stageOf(dispatch)]++;
      // the last one to write a gradient completes it
      for (const [key, tensor] of tensors) if (written.has(root(tensor))) values.set(key, await read(tensor));
    });
    dispatches.ema = dispatches.adamw;
    const after = await readLayers(reader, nets, { ...settings, betas: shape.betas, eps: shape.eps });
    const { frames: T, crop: side } = config.model;
    const slow: SlowStep = {
      step: settings.step,
      grid: gridOf(config.model),
      side,
      rgba: pictures(batch.clips, T, side),
      dim: shape.dim,
      width: targetWidth(shape),
      target: config.loss.target,
      exponent: lossExponent(config.loss),
      sets: setsOf(batch, shape, (key) => values.get(key)!),
      layers: after.layers.map((layer, i) => ({
        name: layer.name,
        gradient: layer.gradient ?? 0,
        update: layer.update ?? 0,
        lagBefore: before.layers[i].lag,
        // teacher ← m · teacher + (1 − m) · student leaves m of the distance
        lagMoved: layer.lag === null || settings.momentum === 0 ? null : layer.lag / settings.momentum,
        lagAfter: layer.lag,
      })),
      dispatches,
      loss: metrics.loss,
      lossPerSet: metrics.lossPerSet,
      encoderNorm: metrics.encoderNorm,
      predictorNorm: metrics.predictorNorm,
      clip: settings.clip,
      lr: settings.lr,
      weightDecay: settings.weightDecay,
      momentum: settings.momentum,
    };
    return { metrics, slow };
  } finally {
    reader.destroy();
  }
}

function stageOf({ label, stage }: Dispatch): SlowStage {
  const found = slowStages.find((s) => s === stage);
  if (!found) throw new StudioError('internal', `${label} belongs to no stage of the step: ${stage}`);
  return found;
}

/** Rows of the first clip, set by set. Context and predictions are packed set by set and in it clip by clip. */
function setsOf({ masks }: StepBatch, shape: StepShape, of: (key: string) => Float32Array<ArrayBuffer>): SlowSet[] {
  const { tubelet, patch } = shape.encoder.shape;
  const width = targetWidth(shape);
  // a mask serves every clip of its number
  const copies = shape.clips / masks[0].context.length;
  const rowsOf = (lists: ArrayLike<number>[]) => lists.reduce((n, list) => n + list.length, 0) * copies;
  let contextRow = 0;
  let targetRow = 0;
  return masks.map((mask) => {
    const [context, target] = [Int32Array.from(mask.context[0]), Int32Array.from(mask.target[0])];
    const seen = (key: string, cols: number) => of(key).slice(contextRow * cols, (contextRow + context.length) * cols);
    const hidden = (key: string, cols: number) => of(key).slice(targetRow * cols, (targetRow + target.length) * cols);
    const all = of('targets'); // (B · N, V): those of the first clip are its first rows
    const targets = new Float32Array(target.length * width);
    target.forEach((token, i) => targets.set(all.subarray(token * width, (token + 1) * width), i * width));
    const set: SlowSet = {
      context,
      target,
      patches: seen('patches', 3 * tubelet * patch ** 2),
      features: seen('features', shape.dim),
      predictions: hidden('predictions', width),
      targets,
      error: hidden('error', 1),
      predictionGradient: lengths(hidden('dz', width), width),
      featureGradient: lengths(seen('dcontext', shape.dim), shape.dim),
    };
    contextRow += rowsOf(mask.context);
    targetRow += rowsOf(mask.target);
    return set;
  });
}

function lengths(values: Float32Array, cols: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: values.length / cols }, (_, i) => {
    let square = 0;
    for (let c = i * cols; c < (i + 1) * cols; c++) square += values[c] ** 2;
    return Math.sqrt(square);
  });
}

/** First clip of (B, 3, T, S, S), normalised, as pictures. */
function pictures(clips: Float32Array, frames: number, side: number): Uint8ClampedArray<ArrayBuffer>[] {
  const plane = side * side;
  return Array.from({ length: frames }, (_, t) => {
    const picture = new Uint8ClampedArray(plane * 4).fill(255);
    for (let k = 0; k < 3; k++)
      for (let i = 0; i < plane; i++)
        picture[4 * i + k] = 255 * (clips[(k * frames + t) * plane + i] * channelDeviation[k] + channelMean[k]);
    return picture;
  });
}
