// Trains a classifier on cached features (official run_one_epoch of the frozen evaluation): a batch of features and labels
// goes in, one submit trains, losses come back behind it. The networks that made the features are not here, so nothing of
// a label can reach them.

import { StudioError } from '../core/errors.ts';
import type { Variant } from '../core/variant.ts';
import { type Arena, createArenas, destroyArena, trainArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { Flight } from '../gpu/flight.ts';
import { readTensor } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import {
  classifierParameters,
  type ClassifierSizes,
  classify,
  classifyLinear,
  initialClassifier,
  linearParameters,
} from '../model/pooler.ts';
import { mostTiles, tileTable } from '../ops/attention.ts';
import { segmentTables } from '../ops/cross-attention.ts';
import { crossEntropy } from '../ops/cross-entropy.ts';
import { type Compiled, learnAndAsk, learnFrom, learningValues } from './learn-and-ask.ts';

export interface ClassifierShape {
  /** linear: softmax regression on one row per clip */
  probe: 'attentive' | 'linear';
  sizes: ClassifierSizes;
  /** rows of a clip; 1 for linear */
  tokens: number;
  /** clips of the largest batch */
  batch: number;
}

export interface ClassifierSettings {
  /** 0-based */
  step: number;
  lr: number;
  weightDecay: number;
  /** largest gradient norm; the official evaluation has 1 */
  clip: number | null;
}

/** A plan over B clips, with what the host writes. */
interface Recorded {
  plan: Plan;
  x: Tensor;
  labels: Tensor | null;
  share: Tensor | null;
  logits: Tensor;
  loss: Tensor | null;
  norms: Tensor | null;
  /** shares of the query (B · tokens, heads), attentive probes only */
  looked: Tensor | null;
}

function record(arena: Arena, shape: ClassifierShape, variant: Variant, learn: boolean): Recorded {
  const { sizes, tokens, batch, probe } = shape;
  const most = { B: batch, rows: batch * tokens, tiles: mostTiles(tokens, 0) * batch };
  const plan = new Plan({ most, variant });
  if (learn) trainArena(plan, arena);
  const linear = probe === 'linear';
  const x = plan.input('features', linear ? 'B' : 'rows', sizes.dim);
  const run = () => {
    if (linear) return classifyLinear(plan, arena, x, 'probe');
    const onQuery = sizes.upstream === 'jepa';
    const count = onQuery ? 'B' : 'tiles';
    const tiles = sizes.depth > 1 ? { table: plan.input('tiles', count, 4, 'u32'), count } : null;
    const segments = { table: plan.input('segments', 'B', 2, 'u32'), owner: plan.input('owner', 'rows', 1, 'u32') };
    return classify(plan, arena, sizes, x, { segments, tiles }, 'probe').logits;
  };
  const looked = () => (linear ? null : plan.keep(plan.find('probe/query.p')));
  if (!learn) {
    const logits = plan.keep(plan.frozen(run));
    return { plan, x, labels: null, share: null, logits, loss: null, norms: null, looked: looked() };
  }
  const logits = run();
  const labels = plan.input('labels', 'B', 1, 'u32');
  const share = plan.input('share', 'B', 1);
  const loss = crossEntropy(plan, logits, labels, share, 'loss');
  const norms = learnFrom(plan, loss, [arena], 'clip');
  return { plan, x, labels, share, logits, loss, norms, looked: null };
}

export class Classifier {
  readonly arena: Arena;
  readonly shape: ClassifierShape;
  readonly #device: GPUDevice;
  readonly #learn: Compiled<Recorded>;
  readonly #ask: Compiled<Recorded>;
  readonly #flight: Flight;

  private constructor(arena: Arena, shape: ClassifierShape, learn: Compiled<Recorded>, ask: Compiled<Recorded>) {
    this.arena = arena;
    this.shape = shape;
    this.#device = learn.program.device;
    this.#learn = learn;
    this.#ask = ask;
    this.#flight = new Flight(learn.program, [learn.recorded.norms!, learn.recorded.loss!], 3);
    for (const { recorded } of [learn, ask]) this.#writeTables(recorded.plan);
  }

  /** Lays the classifier out, with its official start of this seed, and compiles training and answering. */
  static async create(
    pipelines: PipelineCache,
    shape: ClassifierShape,
    seed: number,
    variant: Variant,
  ): Promise<Classifier> {
    const { sizes, probe } = shape;
    const specs = probe === 'linear' ? linearParameters(sizes.dim, sizes.classes) : classifierParameters(sizes);
    const arena = await createArenas(pipelines.device, 'a probe', (create) => create('probe', specs, true));
    return learnAndAsk(
      pipelines,
      [arena],
      (learn) => record(arena, shape, variant, learn),
      (learn, ask) => {
        const classifier = new Classifier(arena, shape, learn, ask);
        classifier.reset(seed);
        return classifier;
      },
    );
  }

  /** Starts again: weights of this seed, moments 0. */
  reset(seed: number): void {
    const { weights, moments, size } = this.arena;
    this.#learn.program.put(weights, initialClassifier(this.arena, this.shape.sizes.dim, seed));
    for (const m of moments!) this.#learn.program.put(m, new Float32Array(size));
    // a broken step stops all that follow it, until here
    this.#learn.program.put(this.#learn.recorded.plan.find('guard'), new Uint32Array(2));
  }

  /** The whole arena, for `load`. No step may be on its way. */
  weights(): Promise<Float32Array<ArrayBuffer>> {
    return readTensor(this.#device, this.arena.weights, this.arena.size);
  }

  load(weights: Float32Array<ArrayBuffer>): void {
    this.#learn.program.put(this.arena.weights, weights);
  }

  /**
   * One step on b clips: features (b · tokens, C), labels (b). Resolves when it was submitted, with a promise of the mean
   * loss and the gradient norm before clipping; that rejects with StudioError 'non-finite' when the step broke.
   */
  async step(
    features: Float32Array<ArrayBuffer>,
    labels: ArrayLike<number>,
    settings: ClassifierSettings,
  ): Promise<{ result: Promise<{ loss: number; norm: number }> }> {
    await this.#flight.place();
    const { recorded } = this.#learn;
    const b = labels.length;
    this.#learn.program.put(recorded.x, features);
    this.#learn.program.put(recorded.labels!, Uint32Array.from(labels));
    this.#learn.program.put(recorded.share!, new Float32Array(b).fill(1 / b));
    const values = {
      ...this.#sizes(b),
      clip: settings.clip ?? 0,
      ...learningValues(settings.step, settings.lr, settings.weightDecay),
    };
    const result = this.#flight.submit(values, ([norms, losses]) => {
      const [norm] = norms;
      const loss = losses.subarray(0, b).reduce((sum, v) => sum + v, 0) / b;
      if (!Number.isFinite(norm + loss))
        throw new StudioError(
          'non-finite',
          `The probe broke in step ${settings.step + 1}: loss ${loss}, gradient norm ${norm}.`,
          'Choose a lower learning rate for the probe.',
        );
      return { loss, norm };
    });
    return { result };
  }

  /** Logits (b, classes) of b clips with features (b · tokens, C), and where the query looked (b · tokens, heads). */
  async answer(
    features: Float32Array<ArrayBuffer>,
    b: number,
    look = false,
  ): Promise<{ logits: Float32Array<ArrayBuffer>; looked: Float32Array<ArrayBuffer> | null }> {
    const { recorded, program } = this.#ask;
    const { tokens, sizes } = this.shape;
    this.#learn.program.put(recorded.x, features);
    const values = this.#sizes(b);
    program.submit(values);
    const logits = await readTensor(this.#device, recorded.logits, b * sizes.classes);
    const looked =
      look && recorded.looked ? await readTensor(this.#device, recorded.looked, b * tokens * sizes.heads) : null;
    return { logits, looked };
  }

  #sizes(b: number): Record<string, number> {
    const { tokens } = this.shape;
    return { B: b, rows: b * tokens, tiles: mostTiles(tokens, 0) * b };
  }

  /** Tables that hold for every batch: all clips have as many rows, so a smaller batch uses the first entries. */
  #writeTables(plan: Plan): void {
    const { probe, sizes, tokens, batch } = this.shape;
    if (probe === 'linear') return;
    const tables = segmentTables(Array<number>(batch).fill(tokens));
    this.#learn.program.put(plan.find('segments'), tables.table);
    this.#learn.program.put(plan.find('owner'), tables.owner);
    if (sizes.depth > 1) {
      const rows = sizes.upstream === 'jepa' ? 1 : tokens;
      this.#learn.program.put(plan.find('tiles'), tileTable(Array<number>(batch).fill(rows)));
    }
  }

  destroy(): void {
    for (const { program } of [this.#learn, this.#ask]) program.destroy();
    this.#flight.destroy();
    destroyArena(this.arena);
  }
}
