// Detection with given boxes on frozen features (article, section on frozen evaluation of AVA): where the bodies are is
// given, what they are and do is asked, box by box; mean average precision at an overlap of 0.5. AdamW, cosine to 0.
//
// Left out of the article's recipe: features of several layers at once (the last one is read), boxes found by a detector of
// its own (the true ones are given, or the caller's), augmentation, and a warm-up, which a linear layer does not need.

import { type Box, detectionPrecision } from '../core/boxes.ts';
import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import { columnStatistics, standardise } from '../core/neighbours.ts';
import { makeKey, permutation, uniform } from '../core/random.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Detector, poolBoxes } from '../train/detector.ts';

export interface DetectRecipe {
  epochs: number;
  /** boxes */
  batchSize: number;
  /** at first; cosine to 0 */
  lr: number;
  weightDecay: number;
}

/** The article's 30 epochs and weight decay; batches and rate for a linear layer on a few hundred boxes. */
export const detectRecipe = (): DetectRecipe => ({ epochs: 30, batchSize: 16, lr: 3e-2, weightDecay: 0.05 });

export interface DetectRequest {
  /** (clips, N, C) frozen features */
  features: Float32Array<ArrayBuffer>;
  grid: Grid;
  /** C */
  dim: number;
  /** boxes of every clip; 2 unless told */
  bodies?: number;
  /** where features are read, in shares of the frame: (clips, bodies, t, 4) for every tubelet, or (clips, bodies, 4) */
  boxes: ArrayLike<number>;
  /** where the bodies really are, of the same form, when `boxes` are off; a box that overlaps its body by less than 0.5 (in
   * the middle tubelet, as AVA asks about the middle frame) is a miss */
  truth?: ArrayLike<number>;
  /** (clips, bodies, classes) of 0 and 1; several may be true at once */
  labels: ArrayLike<number>;
  classes: number;
  /** indices of clips: boxes of one clip stay on one side */
  train: readonly number[];
  validation: readonly number[];
  test: readonly number[];
  recipe: DetectRecipe;
  seed: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

export interface DetectResult {
  /** mean average precision at the chosen epoch, 0 to 1 */
  validation: number;
  /** 1-based: the first of the best on validation; without validation clips the last */
  epoch: number;
  test: number;
  /** average precision of every class on the test; null where no test box has it */
  perClass: (number | null)[];
  /** (test clips, bodies, classes): how sure each "yes" is, 0 to 1, in the order of `test` */
  scores: Float64Array;
  /** what random scores get on the test at the true boxes, on average: with few boxes of a class that is clearly more than
   * the share of boxes that have it */
  chance: number;
}

/** A request with every box given for every tubelet. */
interface Boxed extends DetectRequest {
  bodies: number;
  truth: Float64Array;
}

export async function detect(
  pipelines: PipelineCache,
  variant: Variant,
  request: DetectRequest,
): Promise<DetectResult> {
  const { bodies = 2, grid } = request;
  const clips = request.features.length / (tokenCount(grid) * request.dim);
  check(request, clips, bodies);
  const boxes = forTubelets(request.boxes, clips * bodies, grid.t);
  const truth = request.truth ? forTubelets(request.truth, clips * bodies, grid.t) : boxes;
  const r: Boxed = { ...request, bodies, boxes, truth };
  const rows = boxesOf(r.train, bodies);

  stop(r.signal);
  r.onProgress?.('Features under boxes', 0, clips);
  const averages = await poolBoxes(pipelines, { ...r, boxes }, variant);
  r.onProgress?.('Features under boxes', clips, clips);
  // by the statistics of the training boxes: averages differ far less from box to box than from channel to channel
  const columns = { values: averages, dim: r.dim };
  const pooled = standardise(columns, columnStatistics(columns, rows)); // (clips · bodies, C)

  const shape = { dim: r.dim, classes: r.classes, batch: Math.max(r.recipe.batchSize, 1) };
  const detector = await Detector.create(pipelines, shape, r.seed, variant);
  try {
    const chosen = await train(detector, r, pooled, rows);
    const scores = await answer(detector, r, pooled, r.test);
    const { perClass, mean } = precision(r, r.test, scores);
    return { ...chosen, test: mean ?? 0, perClass, scores, chance: chance(r, scores.length) };
  } finally {
    detector.destroy();
  }
}

/** Orders that the boxes are put in by chance. */
const chanceDraws = 100;

function chance(r: Boxed, scores: number): number {
  const key = makeKey(r.seed, 'detect chance');
  let sum = 0;
  for (let draw = 0; draw < chanceDraws; draw++) {
    const random = Float64Array.from({ length: scores }, (_, i) => uniform(key, draw, i));
    sum += (precision({ ...r, boxes: r.truth }, r.test, random).mean ?? 0) / chanceDraws;
  }
  return sum;
}

const stop = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new StudioError('cancelled', 'Detection was cancelled.');
};

function check(r: DetectRequest, clips: number, bodies: number): void {
  const { epochs, batchSize } = r.recipe;
  const whole = (n: number) => Number.isInteger(n) && n >= 1;
  if (!whole(epochs) || !whole(batchSize))
    throw new StudioError(
      'config',
      `detection has ${epochs} epochs and batches of ${batchSize}`,
      'Choose whole numbers.',
    );
  if (!r.train.length || !r.test.length)
    throw new StudioError(
      'config',
      `there are ${r.train.length} clips to train on and ${r.test.length} for the test`,
      'Choose clips for both.',
    );
  if (!whole(clips) || r.labels.length !== clips * bodies * r.classes)
    throw new StudioError(
      'internal',
      `${r.features.length} features are ${clips} clips, ${r.labels.length} labels do not fit ${bodies} boxes of ${r.classes} classes each`,
    );
}

/** Boxes (rows, 4) are repeated for every tubelet → (rows, t, 4). */
function forTubelets(boxes: ArrayLike<number>, rows: number, t: number): Float64Array {
  const given = boxes.length / (rows * 4);
  if (given !== t && given !== 1)
    throw new StudioError(
      'internal',
      `${boxes.length} numbers are not ${rows} boxes, nor ${rows} for each of ${t} tubelets`,
    );
  return Float64Array.from({ length: rows * t * 4 }, (_, i) => {
    const [row, k] = [Math.floor(i / (t * 4)), Math.floor(i / 4) % t];
    return boxes[(row * given + (given === 1 ? 0 : k)) * 4 + (i % 4)];
  });
}

const boxesOf = (clips: readonly number[], bodies: number): number[] =>
  clips.flatMap((clip) => Array.from({ length: bodies }, (_, b) => clip * bodies + b));

/** Rows of a table (·, width), one behind the other. */
function pick(table: ArrayLike<number>, rows: readonly number[], width: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: rows.length * width },
    (_, i) => table[rows[Math.floor(i / width)] * width + (i % width)],
  );
}

/** All epochs; leaves the detector with the weights of the best one. */
async function train(detector: Detector, r: Boxed, pooled: Float32Array, rows: readonly number[]) {
  const { epochs, batchSize, lr, weightDecay } = r.recipe;
  const steps = epochs * Math.ceil(rows.length / batchSize);
  const order = makeKey(r.seed, 'detect order');
  let best = { validation: 0, epoch: 0 };
  let weights = await detector.weights();
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const shuffled = Array.from(permutation(order, epoch, rows.length), (k) => rows[k]);
    for (let first = 0; first < rows.length; first += batchSize, step++) {
      const batch = shuffled.slice(first, first + batchSize);
      const rate = (lr / 2) * (1 + Math.cos((Math.PI * step) / steps));
      detector.step(pick(pooled, batch, r.dim), pick(r.labels, batch, r.classes), { step, lr: rate, weightDecay });
    }
    await detector.loss(); // waits for the epoch, and tells when a step broke
    stop(r.signal);
    r.onProgress?.('Training', epoch, epochs);
    const found = precision(r, r.validation, await answer(detector, r, pooled, r.validation)).mean ?? 0;
    if (epoch > 1 && r.validation.length && found <= best.validation) continue;
    best = { validation: found, epoch };
    weights = await detector.weights();
  }
  detector.load(weights);
  return best;
}

/** How sure each "yes" is, (clips, bodies, classes). */
async function answer(
  detector: Detector,
  r: Boxed,
  pooled: Float32Array,
  clips: readonly number[],
): Promise<Float64Array> {
  const rows = boxesOf(clips, r.bodies);
  const scores = new Float64Array(rows.length * r.classes);
  for (let first = 0; first < rows.length; first += detector.shape.batch) {
    const logits = await detector.answer(pick(pooled, rows.slice(first, first + detector.shape.batch), r.dim));
    scores.set(
      Array.from(logits, (v) => 1 / (1 + Math.exp(-v))),
      first * r.classes,
    );
  }
  return scores;
}

function precision(r: Boxed, clips: readonly number[], scores: Float64Array) {
  const { t } = r.grid;
  const middle = Math.floor(t / 2);
  const boxAt = (boxes: ArrayLike<number>, row: number): Box => {
    const at = (row * t + middle) * 4;
    return [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
  };
  const rows = boxesOf(clips, r.bodies);
  const of = (table: ArrayLike<number>, row: number) =>
    Array.from({ length: r.classes }, (_, c) => table[row * r.classes + c]);
  const picture = (row: number) => Math.floor(row / r.bodies);
  return detectionPrecision(
    rows.map((row, k) => ({ picture: picture(row), box: boxAt(r.boxes, row), scores: of(scores, k) })),
    rows.map((row) => ({ picture: picture(row), box: boxAt(r.truth, row), classes: of(r.labels, row) })),
    r.classes,
  );
}
