// The health check of a run: fixed held-out clips under fixed masks, looked at with the weights as they are. It reads and
// never writes, so a run with checks has the same losses, bit for bit, as one without.

import { askByFolds } from '../core/folds.ts';
import { gridOf, lossExponent } from '../core/config.ts';
import {
  centred,
  clipFraction,
  columnSpread,
  effectiveRank,
  halfLife,
  meanCosine,
  pooled,
  singularValues,
  someRows,
} from '../core/health-measures.ts';
import type { FeatureHealth, HealthRow, ProbeHealth } from '../core/health-row.ts';
import { checkSizes } from '../core/health-sizes.ts';
import type { Rows } from '../core/neighbours.ts';
import { join } from '../core/join.ts';
import { type Key, makeKey } from '../core/random.ts';
import { scheduleAt } from '../core/schedule.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { MaskSet } from '../mask/cut.ts';
import { drawMasks } from '../mask/draw.ts';
import { FeatureReader } from '../train/features.ts';
import { readLayers } from '../train/layers.ts';
import { MeaningReader } from '../train/meaning.ts';
import { SnapshotReader } from '../train/snapshot.ts';
import type { Networks } from '../train/step.ts';
import { baselines } from './baselines.ts';
import { type ClipFrameSource, viewedClip } from './clips.ts';
import type { Pretraining } from './pretrain.ts';

/** What a run is checked with. */
export interface HeldOut {
  clips: readonly ClipFrameSource[];
  /** clips with labels, by axis; none: no probes */
  labelled: readonly { source: ClipFrameSource; labels: Record<string, string> }[];
  axes: readonly string[];
}

/** Rows whose eigenvalues are taken; beyond, evenly spread ones. */
const mostRows = 192;
/** Masks of the check are far from those of the run's steps. */
const maskStep = 1_000_000;

interface Readers {
  encoder: FeatureReader;
  target: FeatureReader;
  meaning: MeaningReader;
  weights: SnapshotReader;
}

export class HealthCheck {
  readonly #run: Pretraining;
  readonly #nets: Networks;
  readonly #held: HeldOut;
  readonly #clips: Float32Array<ArrayBuffer>[]; // (3, T, S, S) each
  readonly #masks: MaskSet[];
  readonly #order: Key;
  readonly #readers: Readers;
  readonly #batch: number;

  private constructor(run: Pretraining, nets: Networks, held: HeldOut, readers: Readers) {
    const c = run.config;
    this.#run = run;
    this.#nets = nets;
    this.#held = held;
    this.#readers = readers;
    this.#batch = checkSizes(c).together;
    this.#clips = held.clips.map((source) => viewedClip(c, source, 0));
    // nothing is cut: what a check says must not depend on how many clips it has
    const sampling = { masks: c.masks, cut: 'none', sequence: 'threefry', seed: c.seed } as const;
    this.#masks = drawMasks(sampling, gridOf(c.model), held.clips.length, maskStep).sets;
    this.#order = makeKey(c.seed, 'health places');
  }

  /**
   * Compiles the check of a run as it is, or of the random weights that it began with. Either must outlive it. Throws what
   * `signal` was given up for, as soon as the kernels that are being compiled are there.
   */
  static async create(
    pipelines: PipelineCache,
    run: Pretraining,
    held: HeldOut,
    variant: Variant,
    weights: 'current' | 'random' = 'current',
    signal?: AbortSignal,
  ): Promise<HealthCheck> {
    const { config } = run;
    const nets = weights === 'random' ? await run.randomTwin() : run.nets;
    const { model } = config;
    const { together: batch } = checkSizes(config);
    const made: { destroy: () => void }[] = [];
    const kept = <T extends { destroy: () => void }>(reader: T): T => {
      made.push(reader);
      signal?.throwIfAborted();
      return reader;
    };
    try {
      const readers = {
        encoder: kept(await FeatureReader.create(pipelines, nets.encoder, model, batch, variant)),
        target: kept(await FeatureReader.create(pipelines, nets.target, model, batch, variant)),
        meaning: kept(await MeaningReader.create(pipelines, nets, run.trainer.shape, batch, variant)),
        weights: kept(new SnapshotReader(pipelines.device)),
      };
      return new HealthCheck(run, nets, held, readers);
    } catch (error) {
      for (const reader of made) reader.destroy();
      throw error;
    }
  }

  /**
   * Looks at the run between two steps; none may be submitted meanwhile. `norms` are those of encoder and predictor since
   * the check before, of steps in which clipping was on. Throws what `signal` was given up for, between two batches of clips.
   */
  async check(norms: readonly number[], withProbes: boolean, signal?: AbortSignal): Promise<HealthRow> {
    const began = performance.now();
    const run = this.#run;
    const { config: c } = run;
    const step = this.#nets === run.nets ? run.step : 0;
    await run.trainer.drain();
    const encoder = await this.#features(this.#readers.encoder, this.#clips, signal);
    const target = await this.#features(this.#readers.target, this.#clips, signal);
    const meaning = await this.#readers.meaning.read(this.#clips, this.#masks, this.#order);
    const { h, ...errors } = meaning;
    const last = step > 0 ? scheduleAt(run.optimAt(step - 1), step - 1) : null;
    const { betas, eps } = c.optim;
    const { layers, lag } = await readLayers(
      this.#readers.weights,
      this.#nets,
      last && { step: step - 1, lr: last.lr, weightDecay: last.weightDecay, betas, eps },
    );
    const half = last && halfLife(last.momentum);
    const N = target.tokens;
    const row = {
      step,
      encoder: describe(encoder.rows, N),
      target: describe(target.rows, N),
      ...errors,
      ...baselines(h, this.#masks, gridOf(c.model), lossExponent(c.loss)),
      lag,
      halfLife: half !== null && Number.isFinite(half) ? half : null,
      layers,
      clipped: clipFraction(norms, c.optim.clipGrad),
    };
    const probes = withProbes && this.#held.axes.length ? await this.#probe(signal) : null;
    return { ...row, probes, milliseconds: performance.now() - began };
  }

  /** Tokens of all clips, (clips · N, C). */
  async #features(reader: FeatureReader, clips: readonly Float32Array<ArrayBuffer>[], signal?: AbortSignal) {
    const { tokens, dim } = reader;
    const values = new Float32Array(clips.length * tokens * dim);
    for (let at = 0; at < clips.length; at += this.#batch) {
      signal?.throwIfAborted();
      const part = clips.slice(at, at + this.#batch);
      values.set(await reader.read(join(part), part.length), at * tokens * dim);
    }
    return { rows: { values, dim }, tokens };
  }

  /** What the pooled features of the slow encoder know: nearest neighbours, and ridge regression. */
  async #probe(signal?: AbortSignal): Promise<ProbeHealth[]> {
    const { labelled, axes } = this.#held;
    const { tokens, dim } = this.#readers.target;
    const all = new Float64Array(labelled.length * dim);
    for (let at = 0; at < labelled.length; at += this.#batch) {
      const clips = labelled.slice(at, at + this.#batch).map(({ source }) => viewedClip(this.#run.config, source, 0));
      const { rows } = await this.#features(this.#readers.target, clips, signal);
      all.set(Float64Array.from(pooled(rows, tokens).values), at * dim);
    }
    return axes.map((axis) =>
      askByFolds(
        { values: all, dim },
        axis,
        labelled.map(({ labels }) => labels[axis]),
      ),
    );
  }

  destroy(): void {
    const { encoder, target, meaning, weights } = this.#readers;
    for (const reader of [encoder, target, meaning, weights]) reader.destroy();
  }
}

/** Numbers of a curve that a check keeps. */
const mostShown = 256;

/** At most `most` of the values, evenly spread, the first and the last among them. */
const spreadOut = (values: readonly number[], most: number): number[] =>
  values.length <= most
    ? [...values]
    : Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]);

/** Measures of (clips · N, C). */
function describe(tokens: Rows, N: number): FeatureHealth {
  const spreads = columnSpread(tokens);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const spread = mean(spreads);
  const clips = pooled(tokens, N);
  // the smaller side of the matrix decides what its singular values cost
  const few = tokens.dim > mostRows ? someRows(tokens, mostRows) : tokens;
  const singular = singularValues(few);
  const total = singular.reduce((a, b) => a + b, 0);
  return {
    spread,
    pooledSpread: mean(columnSpread(clips)),
    dead: spreads.filter((s) => s < 0.01 * spread).length / spreads.length,
    cosine: meanCosine(clips),
    rank: effectiveRank(singular),
    rankCentred: effectiveRank(singularValues(centred(few))),
    pooledRank: effectiveRank(singularValues(clips)),
    pooledRankCentred: effectiveRank(singularValues(centred(clips))),
    spectrum: singular.slice(0, mostShown).map((s) => (total > 0 ? Number((s / total).toPrecision(4)) : 0)),
    spreads: spreadOut(
      [...spreads].sort((a, b) => b - a),
      mostShown,
    ).map((s) => Number(s.toPrecision(4))),
  };
}
