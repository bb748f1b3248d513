// End-to-end fine-tuning (article, appendix on fine-tuning): the whole encoder learns the labels, from given weights or
// from the official random start ("from scratch"), with the same recipe. AdamW, layer-wise decay of the rates, a linear
// warm-up over a tenth of the steps, cosine to 0, gradients clipped at norm 1.
//
// Left out of the article's recipe: drop path, RandAug, random erasing, mixup and cutmix, label smoothing, and the averages
// over several views. Only the training crop is drawn anew in every epoch, and never mirrored, for a label may be a
// direction. Numbers are therefore not those of the article, but both starts get the same.

import { largest, softmax } from '../core/answers.ts';
import { gridOf, type ModelConfig, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { join } from '../core/join.ts';
import { integer, makeKey, permutation, uniform } from '../core/random.ts';
import { scheduleAt } from '../core/schedule.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { initialWeights } from '../model/initialise.ts';
import { clipShape } from '../model/pack.ts';
import { initialClassifier } from '../model/pooler.ts';
import { finetuneArenas, type FinetuneShape, Finetuner } from '../train/finetune.ts';
import { cropBox, transformClip } from '../video/augment.ts';
import { clipIndices, evaluationClips } from '../video/sampling.ts';
import { centreCropBox, type ClipFrameSource } from './clips.ts';

export interface FinetuneRecipe {
  epochs: number;
  batchSize: number;
  lr: number;
  weightDecay: number;
  /** the article's is 0.75 */
  layerDecay: number;
  /** blocks of the classifier in all, and whether its cross-attention has residual and MLP */
  depth: number;
  completeBlock: boolean;
}

/** The article's weight decay and layer decay; few epochs, for small models and few clips. */
export const finetuneRecipe = (): FinetuneRecipe => ({
  epochs: 20,
  batchSize: 8,
  lr: 1e-3,
  weightDecay: 0.05,
  layerDecay: 0.75,
  depth: 1,
  completeBlock: true,
});

export interface FinetuneRequest {
  model: ModelConfig;
  /** values of the whole encoder arena; null: the official random start of this seed */
  start: Float32Array<ArrayBuffer> | null;
  /** (3, T, S, S) of clip i: as it is trained on in this epoch (0-based), or, with null, as it is asked about */
  clips: (i: number, epoch: number | null) => Float32Array | Promise<Float32Array>;
  /** class of every clip */
  labels: ArrayLike<number>;
  classes: number;
  /** indices of clips */
  train: readonly number[];
  validation: readonly number[];
  test: readonly number[];
  recipe: FinetuneRecipe;
  seed: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

export interface FinetuneResult {
  /** share of right answers at the chosen epoch */
  validation: number;
  /** 1-based: the best on validation, of equal ones that with the lower loss; without validation clips the last */
  epoch: number;
  test: number;
  /** (test clips, classes): shares of 1, in the order of `test` */
  answers: Float64Array;
  /** mean training loss of every epoch */
  losses: number[];
}

export async function finetune(
  pipelines: PipelineCache,
  variant: Variant,
  r: FinetuneRequest,
): Promise<FinetuneResult> {
  check(r);
  const shape = shapeOf(r);
  const layout = finetuneArenas(shape);
  const weights = {
    encoder: r.start ?? (await initialWeights(layout.encoder, r.model, r.seed, 'encoder')),
    head: initialClassifier(layout.head, r.model.dim, r.seed),
  };
  const tuner = await Finetuner.create(pipelines, shape, weights, variant, {
    onProgress: (done, total) => r.onProgress?.('Compiling kernels', done, total),
  });
  try {
    const { best, losses } = await train(tuner, r);
    const { accuracy, shares } = await ask(tuner, r, r.test);
    return { validation: best.accuracy, epoch: best.epoch, test: accuracy, answers: shares, losses };
  } finally {
    await tuner.drain();
    tuner.destroy();
  }
}

function shapeOf({ model: m, classes, recipe }: FinetuneRequest): FinetuneShape {
  const { depth, completeBlock, batchSize, layerDecay } = recipe;
  return {
    network: { ...m, tokens: tokenCount(gridOf(m)) },
    encoder: { depth: m.depth, heads: m.heads, shape: clipShape(m) },
    head: { dim: m.dim, heads: m.heads, depth, completeBlock, mlpRatio: 4, classes, upstream: 'jepa' },
    batch: batchSize,
    layerDecay,
  };
}

function check({ recipe, train: clips, test, classes }: FinetuneRequest): void {
  const whole = (n: number) => Number.isInteger(n) && n >= 1;
  if (!whole(recipe.epochs) || !whole(recipe.batchSize) || !whole(recipe.depth))
    throw new StudioError(
      'config',
      `fine-tuning has ${recipe.epochs} epochs, batches of ${recipe.batchSize} and ${recipe.depth} classifier blocks`,
      'Choose whole numbers from 1 on.',
    );
  if (!(recipe.layerDecay > 0 && recipe.layerDecay <= 1))
    throw new StudioError(
      'config',
      `the layer decay is ${recipe.layerDecay}`,
      'Choose a share above 0 and at most 1; 1 gives every layer the same rate.',
    );
  if (classes < 2 || !clips.length || !test.length)
    throw new StudioError(
      'config',
      `there are ${classes} classes, ${clips.length} clips to train on and ${test.length} for the test`,
      'Choose at least two classes and clips for both.',
    );
}

/** The stage that goes on evenly. */
export const learning = 'Fine-tuning';

const stop = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new StudioError('cancelled', 'Fine-tuning was cancelled.');
};

/** All epochs; leaves the tuner with the weights of the best one. */
async function train(tuner: Finetuner, r: FinetuneRequest) {
  const { epochs, batchSize } = r.recipe;
  const perEpoch = Math.ceil(r.train.length / batchSize);
  const order = makeKey(r.seed, 'finetune order');
  const losses: number[] = [];
  let best = { epoch: 0, accuracy: 0, loss: Infinity };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const shuffled = Array.from(permutation(order, epoch, r.train.length), (k) => r.train[k]);
    const results: Promise<{ loss: number }>[] = [];
    for (let i = 0; i < perEpoch; i++) {
      stop(r.signal);
      const step = epoch * perEpoch + i;
      const chosen = shuffled.slice(i * batchSize, (i + 1) * batchSize);
      const clips = await gatherClips(r, chosen, epoch);
      const labels = chosen.map((k) => r.labels[k]);
      const { lr, weightDecay } = settingsAt(r.recipe, step, perEpoch);
      const { result } = await tuner.step(clips, labels, { step, lr, weightDecay, clip: 1 });
      result.catch(() => {}); // told at the end of the epoch
      results.push(result);
      r.onProgress?.(learning, step + 1, epochs * perEpoch);
    }
    const done = await Promise.all(results);
    losses.push(done.reduce((sum, { loss }) => sum + loss, 0) / done.length);
    const { accuracy, loss } = await ask(tuner, r, r.validation);
    const better = accuracy > best.accuracy || (accuracy === best.accuracy && loss < best.loss);
    if (epoch > 0 && r.validation.length && !better) continue;
    best = { epoch: epoch + 1, accuracy, loss };
    tuner.keepBest();
  }
  tuner.restoreBest();
  return { best, losses };
}

/** Rate and decay of a step: warm-up over a tenth of all steps, then cosine to 0; the weight decay stays. */
function settingsAt({ epochs, lr, weightDecay }: FinetuneRecipe, step: number, perEpoch: number) {
  return scheduleAt(
    {
      ipe: perEpoch,
      ipeScale: 1,
      epochs,
      warmup: epochs / 10,
      startLr: 0,
      lr,
      finalLr: 0,
      weightDecay,
      finalWeightDecay: weightDecay,
      ema: [1, 1],
      clipGrad: null,
      betas: [0.9, 0.999],
      eps: 1e-8,
    },
    step,
  );
}

/** Clips of a batch, one behind the other. */
async function gatherClips(r: FinetuneRequest, chosen: readonly number[], epoch: number | null) {
  const parts: Float32Array[] = [];
  for (const i of chosen) parts.push(await r.clips(i, epoch));
  return join(parts);
}

/** Answers to these clips: shares of every class, how many are right, and the mean cross-entropy. */
async function ask(tuner: Finetuner, r: FinetuneRequest, which: readonly number[]) {
  const { classes, recipe } = r;
  const shares = new Float64Array(which.length * classes);
  let [right, loss] = [0, 0];
  for (let first = 0; first < which.length; first += recipe.batchSize) {
    stop(r.signal);
    const chosen = which.slice(first, first + recipe.batchSize);
    const logits = await tuner.answer(await gatherClips(r, chosen, null), chosen.length);
    chosen.forEach((clip, k) => {
      const row = softmax(logits.subarray(k * classes, (k + 1) * classes));
      shares.set(row, (first + k) * classes);
      if (largest(row) === r.labels[clip]) right++;
      loss -= Math.log(Math.max(row[r.labels[clip]], 1e-30)) / which.length;
    });
  }
  return { shares, accuracy: which.length ? right / which.length : 0, loss };
}

/**
 * Clips of videos for `FinetuneRequest.clips`: in training a random window and crop, new in every epoch; asked about, the
 * first window and the largest centred square.
 */
export function finetuneClips(
  c: Pick<RunConfig, 'model' | 'data'>,
  sources: readonly ClipFrameSource[],
  seed: number,
): (i: number, epoch: number | null) => Float32Array<ArrayBuffer> {
  const { frames: T, crop: side } = c.model;
  const { samplingRate, cropScale, cropRatio } = c.data;
  const windows = makeKey(seed, 'finetune windows');
  const crops = makeKey(seed, 'finetune crops');
  return (i, epoch) => {
    const source = sources[i];
    const video = { frames: source.frames, framesPerClip: T, stride: samplingRate };
    const [indices] =
      epoch === null
        ? evaluationClips(video, 1, 1).map((asked) => asked.indices)
        : clipIndices({
            ...video,
            clips: 1,
            randomEnd: (low, high) => low + integer(windows, epoch, i, high - low),
          });
    let u = i * 32; // at most 22 draws a box
    const box =
      epoch === null
        ? centreCropBox(source.width, source.height)
        : cropBox(() => uniform(crops, epoch, u++), source.height, source.width, cropScale, cropRatio);
    const into = new Float32Array(3 * T * side * side);
    const frames = indices.map((at) => ({ rgb: source.rgb(at), width: source.width, box }));
    transformClip(frames, false, { into, offset: 0, side });
    return into;
  };
}
