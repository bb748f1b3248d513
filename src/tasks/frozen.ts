// Where the features of an evaluation come from: the trained network, the same one with random weights, and what is left
// when the order of frames, their motion or the network is taken away.

import { StudioError } from '../core/errors.ts';
import { join } from '../core/join.ts';
import { makeKey, permutation } from '../core/random.ts';
import { tokenCount } from '../core/grid.ts';
import { gridOf, type ModelConfig } from '../core/config.ts';
import type { Variant } from '../core/variant.ts';
import { type Arena, createArenas, destroyArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { initialWeights } from '../model/initialise.ts';
import { encoderParameters } from '../model/parameters.ts';
import type { EvaluationRequest, FeatureSource } from '../protocol/evaluation.ts';
import { FeatureReader } from '../train/features.ts';
import { evaluatedViews } from './clips.ts';
import type { LabelledClip } from './labelled.ts';
import type { Features } from './probe.ts';

/** Most bytes of features that are kept at once. */
const featureBudget = 768 * 2 ** 20;
/** Clips that go through the encoder together. */
const batch = 8;
/** Seeds of random networks are far from those that runs start with. */
const randomSeed = 90_000;

export class FrozenFeatures {
  readonly #pipelines: PipelineCache;
  readonly #variant: Variant;
  readonly #model: ModelConfig;
  readonly #trained: Arena | null;
  readonly #beside: Arena | null;
  /** made when it is first asked for */
  #random: Arena | null = null;
  readonly #readers = new Map<Arena, FeatureReader>();

  /** `trained`: the encoder asked about, or null when there are only random weights; `beside`: another one of the same
   * model. Both stay their owner's. */
  constructor(
    pipelines: PipelineCache,
    model: ModelConfig,
    trained: Arena | null,
    variant: Variant,
    beside: Arena | null = null,
  ) {
    this.#pipelines = pipelines;
    this.#variant = variant;
    this.#model = model;
    this.#trained = trained;
    this.#beside = beside;
  }

  /** Features of all clips; `network` counts the random ones. `onDone` counts clips. Throws StudioError 'gpu-memory'. */
  async read(
    clips: readonly LabelledClip[],
    source: FeatureSource,
    network: number,
    request: EvaluationRequest,
    signal: AbortSignal,
    onDone: (done: number) => void,
  ): Promise<Features> {
    const m = this.#model;
    if (source === 'colour') return this.#colours(clips, request, onDone);
    const arena = source === 'random' ? null : source === 'beside' ? this.#beside : this.#trained;
    const reader = await this.#reader(arena ?? (await this.#untrained(network)));
    const { segments, views } = request;
    const tokens = segments * reader.tokens;
    const size = clips.length * views * tokens * m.dim;
    if (size * 4 > featureBudget)
      throw new StudioError(
        'config',
        `The features of ${clips.length} clips need ${(size / 2 ** 18).toFixed(0)} MB, the limit is ${featureBudget / 2 ** 20} MB.`,
        'Take fewer clips, segments or views, or a smaller model.',
      );
    const values = new Float32Array(size);
    // every clip has views × segments passes, in the order in which their tokens lie in `values`
    const each = reader.tokens * m.dim;
    const waiting: Float32Array[] = [];
    let at = 0;
    const flush = async () => {
      const b = waiting.length;
      values.set(await reader.read(join(waiting.splice(0)), b), at * each);
      at += b;
    };
    for (const [i, clip] of clips.entries()) {
      for (const part of evaluatedViews(m, request.config.data, clip.source, segments, views)) {
        waiting.push(source === 'shuffled' || source === 'still' ? rearranged(part, m, source, i) : part);
        if (waiting.length === batch) await flush();
      }
      signal.throwIfAborted();
      onDone(i + 1);
    }
    if (waiting.length) await flush();
    return {
      clips: clips.length,
      views,
      tokens,
      dim: m.dim,
      heads: m.heads,
      values,
      pooled: averages(values, clips.length, views * tokens, m.dim),
    };
  }

  /** Mean colour of every frame of the middle view: (clips, segments · 3 · T) and no tokens. */
  #colours(clips: readonly LabelledClip[], request: EvaluationRequest, onDone: (done: number) => void): Features {
    const { frames, crop } = this.#model;
    const each = 3 * frames;
    const dim = request.segments * each;
    const pooled = new Float32Array(clips.length * dim);
    const plane = crop * crop;
    clips.forEach((clip, i) => {
      let segment = 0;
      for (const pixels of evaluatedViews(this.#model, request.config.data, clip.source, request.segments, 1)) {
        for (let p = 0; p < each; p++) {
          let sum = 0;
          for (let k = p * plane; k < (p + 1) * plane; k++) sum += pixels[k];
          pooled[i * dim + segment * each + p] = sum / plane;
        }
        segment++;
      }
      onDone(i + 1);
    });
    return { clips: clips.length, views: 1, tokens: 1, dim, heads: 1, values: pooled, pooled };
  }

  /** The random network of that number. */
  async #untrained(network: number): Promise<Arena> {
    const { device } = this.#pipelines;
    const specs = encoderParameters({ ...this.#model, tokens: tokenCount(gridOf(this.#model)) });
    const arena = (this.#random ??= await createArenas(device, 'an encoder with random weights', (create) =>
      create('random encoder', specs, false),
    ));
    const weights = await initialWeights(arena, this.#model, randomSeed + network, 'encoder');
    device.queue.writeBuffer(arena.weights.place!.buffer, 0, weights);
    return arena;
  }

  async #reader(arena: Arena): Promise<FeatureReader> {
    const made = this.#readers.get(arena);
    if (made) return made;
    const reader = await FeatureReader.create(this.#pipelines, arena, this.#model, batch, this.#variant);
    this.#readers.set(arena, reader);
    return reader;
  }

  destroy(): void {
    for (const reader of this.#readers.values()) reader.destroy();
    if (this.#random) destroyArena(this.#random);
  }
}

/** Mean over the rows of every clip, (clips · rows, dim) → (clips, dim). */
function averages(values: Float32Array, clips: number, rows: number, dim: number): Float32Array<ArrayBuffer> {
  const pooled = new Float32Array(clips * dim);
  for (let i = 0; i < clips; i++)
    for (let c = 0; c < dim; c++) {
      let sum = 0;
      for (let n = 0; n < rows; n++) sum += values[(i * rows + n) * dim + c];
      pooled[i * dim + c] = sum / rows;
    }
  return pooled;
}

/** A clip (3, T, S, S) with its frames in random order, or its first one repeated. */
export function rearranged(
  clip: Float32Array,
  { frames, crop }: { frames: number; crop: number },
  how: 'shuffled' | 'still',
  index: number,
): Float32Array<ArrayBuffer> {
  const order = how === 'still' ? null : permutation(makeKey(0, 'shuffled frames'), index, frames);
  const plane = crop * crop;
  const out = new Float32Array(clip.length);
  for (let c = 0; c < 3; c++)
    for (let t = 0; t < frames; t++) {
      const from = c * frames + (order ? order[t] : 0);
      out.set(clip.subarray(from * plane, (from + 1) * plane), (c * frames + t) * plane);
    }
  return out;
}
