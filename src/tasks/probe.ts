// One probe on frozen features: trained on some clips, chosen on others, tested once (official evals/video_classification_frozen
// with the choice on clips that are not the test; the official code reports the best epoch on the test itself).

import { averageAnswers, largest } from '../core/answers.ts';
import { breathe } from '../core/breathe.ts';
import { accuracy } from '../core/measures.ts';
import { columnStatistics, neighboursOf, standardise } from '../core/neighbours.ts';
import { makeKey, permutation } from '../core/random.ts';
import { scheduleAt } from '../core/schedule.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { fewestSteps, type ProbeKind, type ProbeRecipe } from '../protocol/evaluation.ts';
import { Classifier, type ClassifierShape } from '../train/classifier.ts';

/** Frozen features of all clips, labels apart. */
export interface Features {
  clips: number;
  /** answers per clip that are averaged (crops of it) */
  views: number;
  /** rows of one view; 1 where there are only averages */
  tokens: number;
  dim: number;
  heads: number;
  /** (clips, views, tokens, dim) */
  values: Float32Array<ArrayBuffer>;
  /** average over tokens and views, (clips, dim) */
  pooled: Float32Array<ArrayBuffer>;
}

export interface ProbeTask {
  features: Features;
  /** class of every clip */
  labels: ArrayLike<number>;
  classes: number;
  train: readonly number[];
  validation: readonly number[];
  test: readonly number[];
  recipe: ProbeRecipe;
  seed: number;
}

export interface ProbeOutcome {
  validation: number;
  /** passes over the training clips after which it was best; 0 where nothing is trained */
  epoch: number;
  /** passes that were taken */
  epochs: number;
  test: number;
  /** probabilities (test clips, classes) */
  answers: Float64Array;
  /** the attentive probe as it is after its last step, until the next one is run; null for the others */
  classifier: Classifier | null;
}

/** How often validation is looked at in a training. */
const looks = 5;

/** How long a probe is trained on so many labelled clips. */
export function probeLength({ epochs, batchSize }: ProbeRecipe, labels: number): { epochs: number; perEpoch: number } {
  const perEpoch = Math.ceil(labels / Math.min(batchSize, labels));
  return { epochs: Math.max(epochs, Math.ceil(fewestSteps / perEpoch)), perEpoch };
}

/** Compiled classifiers by shape: a new seed needs no new kernels. */
export class Probes {
  readonly #pipelines: PipelineCache;
  readonly #variant: Variant;
  readonly #made = new Map<string, Classifier>();

  constructor(pipelines: PipelineCache, variant: Variant) {
    this.#pipelines = pipelines;
    this.#variant = variant;
  }

  /** The classifier of this shape with its first weights of this seed. */
  async of(shape: ClassifierShape, seed: number): Promise<Classifier> {
    const key = JSON.stringify(shape);
    const found = this.#made.get(key);
    if (found) {
      found.reset(seed);
      return found;
    }
    const made = await Classifier.create(this.#pipelines, shape, seed, this.#variant);
    this.#made.set(key, made);
    return made;
  }

  destroy(): void {
    for (const one of this.#made.values()) one.destroy();
    this.#made.clear();
  }
}

/** Trains and tests one probe. Throws when the signal is aborted. `onStep` counts steps. */
export async function runProbe(
  probes: Probes,
  kind: ProbeKind,
  task: ProbeTask,
  signal: AbortSignal,
  onStep: (done: number, total: number) => void = () => {},
): Promise<ProbeOutcome> {
  if (kind === 'knn') return runNeighbours(task, signal);
  const { features: f, recipe, labels, classes } = task;
  const linear = kind === 'linear';
  const sizes = {
    dim: f.dim,
    heads: f.heads,
    depth: linear ? 1 : recipe.depth,
    completeBlock: linear || recipe.completeBlock,
    mlpRatio: 4,
    classes,
    upstream: 'jepa' as const,
  };
  const batch = Math.min(recipe.batchSize, task.train.length);
  const probe = await probes.of(
    { probe: kind, sizes, tokens: linear ? 1 : f.tokens, batch: recipe.batchSize },
    task.seed,
  );
  // A softmax regression is only comparable when its inputs have one scale; the attentive probe has a norm of its own.
  const pooled = linear
    ? standardise({ values: f.pooled, dim: f.dim }, columnStatistics({ values: f.pooled, dim: f.dim }, task.train))
    : f.pooled;
  const each = linear ? f.dim : f.tokens * f.dim;
  const middle = Math.floor(f.views / 2); // trained on the middle crop, asked about all of them
  const gather = (clips: readonly number[], view: number): Float32Array<ArrayBuffer> => {
    const out = new Float32Array(clips.length * each);
    clips.forEach((clip, b) => {
      const first = linear ? clip * each : (clip * f.views + view) * each;
      out.set((linear ? pooled : f.values).subarray(first, first + each), b * each);
    });
    return out;
  };
  const ask = async (clips: readonly number[]): Promise<Float64Array> => {
    const answers = new Float64Array(clips.length * classes);
    for (let at = 0; at < clips.length; at += recipe.batchSize) {
      const part = clips.slice(at, at + recipe.batchSize);
      const views: Float32Array[] = [];
      for (let v = 0; v < (linear ? 1 : f.views); v++)
        views.push((await probe.answer(gather(part, v), part.length)).logits);
      answers.set(averageAnswers(views, classes), at * classes);
      signal.throwIfAborted();
    }
    return answers;
  };

  const { epochs, perEpoch } = probeLength(recipe, task.train.length);
  const total = epochs * perEpoch;
  const key = makeKey(task.seed, 'probe order');
  const lookAt = new Set(Array.from({ length: looks }, (_, i) => Math.ceil(((i + 1) * epochs) / looks)));
  let best: ProbeOutcome | null = null;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(key, epoch, task.train.length);
    const results: Promise<unknown>[] = [];
    for (let b = 0; b < perEpoch; b++, step++) {
      const chosen = Array.from(order.slice(b * batch, (b + 1) * batch), (i) => task.train[i]);
      const { lr, weightDecay } = scheduleAt(probeOptim(recipe, perEpoch, epochs), step);
      const { result } = await probe.step(
        gather(chosen, middle),
        chosen.map((i) => labels[i]),
        { step, lr, weightDecay, clip: 1 },
      );
      result.catch(() => {}); // told at the end of the pass
      results.push(result);
      onStep(step + 1, total);
      signal.throwIfAborted();
    }
    await Promise.all(results); // one that broke would hold back all behind it
    if (!lookAt.has(epoch + 1)) continue;
    const chosen = task.validation.length ? await ask(task.validation) : null;
    const validation = chosen ? rightShare(chosen, task.validation, labels, classes) : 0;
    if (best && validation <= best.validation && chosen) continue;
    const answers = await ask(task.test); // looked at only where validation chose
    const test = rightShare(answers, task.test, labels, classes);
    best = { validation, epoch: epoch + 1, epochs, test, answers, classifier: linear ? null : probe };
  }
  return best!;
}

/** Schedule of the official evaluation: cosine from lr to 0, weight decay to 1e-6, no warm-up. */
const probeOptim = (recipe: ProbeRecipe, ipe: number, epochs: number) => ({
  ipe,
  ipeScale: 1,
  epochs,
  warmup: 0,
  startLr: recipe.lr,
  lr: recipe.lr,
  finalLr: 0,
  weightDecay: recipe.weightDecay,
  finalWeightDecay: 1e-6,
  ema: [1, 1] as [number, number],
  clipGrad: null,
  betas: [0.9, 0.999] as [number, number],
  eps: 1e-8,
});

/** Products between two breaths of the nearest neighbours: some ten milliseconds on a slow core. */
const productsAtOnce = 4e6;

async function runNeighbours(task: ProbeTask, signal: AbortSignal): Promise<ProbeOutcome> {
  const { features, labels, classes, train, validation, test, recipe } = task;
  const pooled = { values: features.pooled, dim: features.dim };
  const x = { values: standardise(pooled, columnStatistics(pooled, train)), dim: features.dim };
  const near = neighboursOf(x, train, labels, classes, recipe.neighbours);
  const atOnce = Math.max(1, Math.floor(productsAtOnce / (train.length * x.dim)));
  // the thread trains and hears the page meanwhile
  const ask = async (clips: readonly number[]): Promise<Float64Array> => {
    const answers = new Float64Array(clips.length * classes);
    for (let at = 0; at < clips.length; at += atOnce) {
      await breathe();
      signal.throwIfAborted();
      answers.set(near(clips.slice(at, at + atOnce)), at * classes);
    }
    return answers;
  };
  const answers = await ask(test);
  return {
    validation: validation.length ? rightShare(await ask(validation), validation, labels, classes) : 0,
    epoch: 0,
    epochs: 0,
    test: rightShare(answers, test, labels, classes),
    answers,
    classifier: null,
  };
}

/** Share of clips whose largest probability is that of their class. */
function rightShare(
  answers: Float64Array,
  clips: readonly number[],
  labels: ArrayLike<number>,
  classes: number,
): number {
  const given = clips.map((_, i) => largest(answers.subarray(i * classes, (i + 1) * classes)));
  return accuracy(
    clips.map((i) => labels[i]),
    given,
  );
}
