// Detection with given boxes (article: frozen features, boxes of persons given, a class for each box): features under a box
// are averaged once, for neither features nor boxes change, and a linear layer learns to tell what is in it.
//
// Every class has a sigmoid of its own and binary cross-entropy, as for AVA: a body has a shape and a direction at once, as
// a person stands and talks. Where classes do exclude each other, nothing is lost but the knowledge that they do.

import { StudioError } from '../core/errors.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import type { Variant } from '../core/variant.ts';
import { type Arena, createArenas, destroyArena, trainArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { classifyLinear, initialClassifier, linearParameters } from '../model/pooler.ts';
import { binaryCrossEntropy } from '../ops/binary-cross-entropy.ts';
import { boxesInTokens, roiPool } from '../ops/roi-pool.ts';
import { type Compiled, learnAndAsk, learnFrom, learningValues } from './learn-and-ask.ts';

export interface BoxedFeatures {
  /** (clips, N, C) */
  features: Float32Array<ArrayBuffer>;
  grid: Grid;
  /** C */
  dim: number;
  /** boxes of every clip */
  bodies: number;
  /** (clips, bodies, t, 4): left, top, right, bottom in shares of the frame */
  boxes: ArrayLike<number>;
}

/** Averages of the features under all boxes → (clips · bodies, C). A few clips at a time go to the GPU. */
export async function poolBoxes(
  pipelines: PipelineCache,
  { features, grid, dim, bodies, boxes }: BoxedFeatures,
  variant: Variant,
  clipsAtOnce = 16,
): Promise<Float32Array<ArrayBuffer>> {
  const tokens = tokenCount(grid);
  const clips = features.length / (tokens * dim);
  const inTokens = boxesInTokens(boxes, grid);
  const perClip = bodies * grid.t * 4;
  const most = Math.min(clips, clipsAtOnce);
  const plan = new Plan({ most: { rows: most * tokens, R: most * bodies, places: most * bodies * grid.t }, variant });
  const x = plan.input('features', 'rows', dim);
  const places = plan.input('boxes', 'places', 4);
  const owner = plan.input('owner', 'R', 1, 'u32');
  const pooled = plan.keep(roiPool(plan, x, places, owner, grid, 'pooled')); // (R, C)
  const program = await compile(plan, pipelines);
  const out = new Float32Array(clips * bodies * dim);
  try {
    program.put(
      owner,
      Uint32Array.from({ length: most * bodies }, (_, r) => Math.floor(r / bodies)),
    );
    for (let first = 0; first < clips; first += most) {
      const n = Math.min(most, clips - first);
      program.put(x, features.subarray(first * tokens * dim, (first + n) * tokens * dim));
      program.put(places, inTokens.subarray(first * perClip, (first + n) * perClip));
      program.submit({ rows: n * tokens, R: n * bodies, places: n * bodies * grid.t });
      out.set(await readTensor(program.device, pooled, n * bodies * dim), first * bodies * dim);
    }
  } finally {
    program.destroy();
  }
  return out;
}

export interface DetectorShape {
  /** C */
  dim: number;
  classes: number;
  /** boxes of the largest batch */
  batch: number;
}

export interface DetectorSettings {
  /** 0-based */
  step: number;
  lr: number;
  weightDecay: number;
}

interface Recorded {
  plan: Plan;
  logits: Tensor;
}

function record(arena: Arena, { dim, classes, batch }: DetectorShape, variant: Variant, learn: boolean): Recorded {
  const plan = new Plan({ most: { B: batch }, variant });
  if (learn) trainArena(plan, arena);
  const x = plan.input('boxes', 'B', dim);
  const run = () => classifyLinear(plan, arena, x, 'detector'); // (B, classes)
  if (!learn) return { plan, logits: plan.keep(plan.frozen(run)) };
  const logits = run();
  const loss = binaryCrossEntropy(plan, logits, plan.input('truth', 'B', classes), plan.input('share', 'B', 1), 'loss');
  learnFrom(plan, loss, [arena], 0);
  return { plan, logits };
}

/** The linear layer on averaged boxes. */
export class Detector {
  readonly shape: DetectorShape;
  readonly #arena: Arena;
  readonly #device: GPUDevice;
  readonly #learn: Compiled<Recorded>;
  readonly #ask: Compiled<Recorded>;
  /** boxes of the last step */
  #last = 0;

  private constructor(arena: Arena, shape: DetectorShape, learn: Compiled<Recorded>, ask: Compiled<Recorded>) {
    this.#arena = arena;
    this.shape = shape;
    this.#device = learn.program.device;
    this.#learn = learn;
    this.#ask = ask;
  }

  /** Starts with the weights of PyTorch's linear layer, of this seed. */
  static async create(
    pipelines: PipelineCache,
    shape: DetectorShape,
    seed: number,
    variant: Variant,
  ): Promise<Detector> {
    const specs = linearParameters(shape.dim, shape.classes);
    const arena = await createArenas(pipelines.device, 'a detector', (create) => create('detector', specs, true));
    return learnAndAsk(
      pipelines,
      [arena],
      (learn) => record(arena, shape, variant, learn),
      (learn, ask) => {
        const detector = new Detector(arena, shape, learn, ask);
        detector.load(initialClassifier(arena, shape.dim, seed));
        return detector;
      },
    );
  }

  /** One step on b boxes: (b, C) and truth (b, classes) of 0 and 1. Nothing is read back. */
  step(boxes: Float32Array<ArrayBuffer>, truth: Float32Array<ArrayBuffer>, settings: DetectorSettings): void {
    const { recorded, program } = this.#learn;
    const { plan } = recorded;
    const b = boxes.length / this.shape.dim;
    program.put(plan.find('boxes'), boxes);
    program.put(plan.find('truth'), truth);
    program.put(plan.find('share'), new Float32Array(b).fill(1 / b));
    program.submit({ B: b, ...learningValues(settings.step, settings.lr, settings.weightDecay) });
    this.#last = b;
  }

  /** Mean loss of the last step. Throws StudioError 'non-finite' when a step broke, and all behind it were held back. */
  async loss(): Promise<number> {
    const { plan } = this.#learn.recorded;
    const guard = new Uint32Array((await readTensor(this.#device, plan.find('guard'), 2)).buffer);
    if (guard[0])
      throw new StudioError(
        'non-finite',
        `Detection broke in step ${guard[1] + 1}: something in it is not a number.`,
        'Choose a lower learning rate, and look whether the features are finite.',
      );
    const losses = await readTensor(this.#device, plan.find('loss'), this.#last);
    return losses.reduce((sum, v) => sum + v, 0) / this.#last;
  }

  /** Logits (b, classes) of b boxes (b, C). */
  async answer(boxes: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const { recorded, program } = this.#ask;
    const b = boxes.length / this.shape.dim;
    program.put(recorded.plan.find('boxes'), boxes);
    program.submit({ B: b });
    return readTensor(this.#device, recorded.logits, b * this.shape.classes);
  }

  /** The whole arena, for `load`. */
  weights(): Promise<Float32Array<ArrayBuffer>> {
    return readTensor(this.#device, this.#arena.weights, this.#arena.size);
  }

  load(weights: Float32Array<ArrayBuffer>): void {
    this.#learn.program.put(this.#arena.weights, weights);
  }

  destroy(): void {
    for (const { program } of [this.#learn, this.#ask]) program.destroy();
    destroyArena(this.#arena);
  }
}
