// Pre-training, the paper's three steps over and over: forward, backward and step, momentum update (all three are one
// submit, see train/step.ts). This file chooses the data and the masks of every step and keeps the run's state.

import { gridOf, type OptimConfig, type RunConfig, totalSteps } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { makeKey, normal, permutation } from '../core/random.ts';
import { optimAt, type RunChange, type RunSetting, withChange } from '../core/run-changes.ts';
import { scheduleAt } from '../core/schedule.ts';
import { createArenas, destroyArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Variant } from '../core/variant.ts';
import { drawMasks } from '../mask/draw.ts';
import { initialiseNetworks, type NetworkArenas } from '../model/initialise.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import { type NamedTensor, SnapshotReader, writeSnapshot } from '../train/snapshot.ts';
import type { Networks, StepFlaw } from '../train/step.ts';
import { createTrainer, type StepBatch, type StepResult, type StepSettings, type Trainer } from '../train/trainer.ts';
import { type ClipFrameSource, trainingClips } from './clips.ts';
import { refuseMemory } from './run-memory.ts';
import { runArenas, stepShape } from './run-shape.ts';

export interface PretrainOptions {
  variant: Variant;
  /** seed of the initial weights; a branch may draw its steps with another one */
  weightsSeed?: number;
  /** for experiments */
  flaw?: StepFlaw;
  onProgress?: (stage: string, done: number, total: number) => void;
}

/** What a run has reached: weights and moments after `step` steps, and what was changed on the way. */
export interface Snapshot {
  step: number;
  changes: RunChange[];
  tensors: Map<string, NamedTensor>;
}

/** A run: networks, compiled step, and the place it has reached. */
export class Pretraining {
  readonly config: RunConfig;
  readonly nets: Networks;
  readonly trainer: Trainer;
  /** steps taken */
  step = 0;
  /** what was changed on the way, ascending by step */
  changes: readonly RunChange[] = [];
  readonly #weightsSeed: number;
  #sources: ClipFrameSource[];
  #twin: Promise<NetworkArenas> | null = null;
  /** whether a step broke, once no step follows; null before */
  #broken: boolean | null = null;
  #reader: SnapshotReader;
  #keys: { directions: ReturnType<typeof makeKey>; tokens: ReturnType<typeof makeKey> };

  private constructor(
    config: RunConfig,
    nets: Networks,
    trainer: Trainer,
    sources: ClipFrameSource[],
    weightsSeed: number,
  ) {
    this.#weightsSeed = weightsSeed;
    this.config = config;
    this.nets = nets;
    this.trainer = trainer;
    this.#sources = sources;
    this.#reader = new SnapshotReader(trainer.program.device);
    this.#keys = {
      directions: makeKey(config.seed, 'sigreg directions'),
      tokens: makeKey(config.seed, 'sigreg tokens'),
    };
  }

  /** Makes the networks (official initialisation) and compiles the step. Throws StudioError 'gpu-memory' before anything is
   * allocated where it does not fit. */
  static async create(
    pipelines: PipelineCache,
    config: RunConfig,
    sources: ClipFrameSource[],
    options: PretrainOptions,
  ): Promise<Pretraining> {
    if (!sources.length)
      throw new StudioError('config', 'There are no clips to train on.', 'Add videos or choose drawn clips.');
    const { device } = pipelines;
    const { variant, weightsSeed = config.seed } = options;
    const recompute = refuseMemory(config, variant, device);
    options.onProgress?.('Initial weights', 0, 1);
    const nets = await createArenas(device, 'the networks of the run', (create) => runArenas(config, create));
    try {
      await initialiseNetworks(device, nets, config.model, weightsSeed, (done, total) =>
        options.onProgress?.('Initial weights, millions:', done, total),
      );
      const shape = { ...stepShape(config), ...(options.flaw && { flaw: options.flaw }) };
      const trainer = await createTrainer(pipelines, nets, shape, {
        variant,
        recompute,
        onProgress: (done, total) => options.onProgress?.('Compiling kernels', done, total),
      });
      return new Pretraining(config, nets, trainer, sources, weightsSeed);
    } catch (error) {
      for (const arena of Object.values(nets)) destroyArena(arena);
      throw error;
    }
  }

  get finished(): boolean {
    return this.step >= totalSteps(this.config.optim);
  }

  /** A step was not finite: the guard held it and those behind it back, so that the weights are those after `step` steps. */
  brokeAt(step: number): void {
    this.step = step;
  }

  /** Changes learning rate or EMA from the next step on. */
  change(setting: RunSetting): void {
    this.changes = withChange(this.changes, this.step, setting);
  }

  /** Settings of the optimiser that a step is taken with. */
  optimAt(step: number): OptimConfig {
    return optimAt(this.config.optim, this.changes, step);
  }

  /**
   * Submits the next step. Resolves once it is on its way; `metrics` follow when the GPU has done it.
   * Everything drawn is a function of (seed, step), so a run can be taken up anywhere.
   */
  async advance(): Promise<{ metrics: Promise<Omit<StepMetrics, 'milliseconds'>> }> {
    const { batch, settings } = this.#next();
    try {
      const { result } = await this.trainer.submit(batch, settings);
      return { metrics: result.then((r) => toMetrics(r, settings)) };
    } catch (error) {
      this.#takeBack(settings);
      throw error;
    }
  }

  /** A step that never left is not counted; one before it may have broken meanwhile, and then the run says that one. */
  #takeBack({ step }: StepSettings): void {
    this.step = Math.min(this.step, step);
  }

  /**
   * The next step one dispatch at a time, with the same numbers; `written` as in Trainer.submitSlowly. It is counted once a
   * dispatch of it was made.
   */
  async advanceSlowly(written: Parameters<Trainer['submitSlowly']>[2]): Promise<{
    metrics: Omit<StepMetrics, 'milliseconds'>;
    batch: StepBatch;
    settings: StepSettings;
  }> {
    const { batch, settings } = this.#next();
    let begun = false;
    try {
      const result = await this.trainer.submitSlowly(batch, settings, (...dispatch) => {
        begun = true;
        return written(...dispatch);
      });
      return { metrics: toMetrics(result, settings), batch, settings };
    } catch (error) {
      if (!begun) this.#takeBack(settings);
      throw error;
    }
  }

  /** What the next step learns from, and how. A step that cannot be made is not counted; one that can is from here on, so that
   * a change that comes while it is submitted holds for the one behind it. */
  #next(): { batch: StepBatch; settings: StepSettings } {
    const c = this.config;
    const { step } = this;
    const clips = trainingClips(c, this.#sources, step); // (B, 3, T, H, W)
    const { sets } = drawMasks(
      { masks: c.masks, cut: c.maskCut, sequence: c.maskSequence, seed: c.seed },
      gridOf(c.model),
      c.batchSize,
      step,
    );
    const { lr, weightDecay, momentum, clip } = scheduleAt(this.optimAt(step), step);
    const sigreg = c.loss.sigreg ? { sigreg: this.#sigreg(step) } : {};
    this.step++;
    return {
      batch: { clips, masks: sets, ...sigreg },
      settings: { step, lr, weightDecay, momentum, clip: clip ? c.optim.clipGrad : null },
    };
  }

  /**
   * Weights and moments after the steps taken so far, once those on their way are done; null when one of them broke, for
   * then the weights are older than the step says. No step may be submitted meanwhile.
   */
  async snapshot(): Promise<Snapshot | null> {
    await this.trainer.drain();
    const { step } = this;
    if (this.#broken ?? (await this.#brokeOnItsWay())) return null;
    const tensors = await this.#reader.read(this.nets);
    // what was changed while they were read is in force from the next step on, and belongs to it
    return { step, changes: [...this.changes], tensors };
  }

  /** What the guard says of the steps that are done. */
  async #brokeOnItsWay(): Promise<boolean> {
    const guard = new Uint32Array(await this.#reader.bytes(this.trainer.recorded.outputs.guard, 8));
    return guard[0] !== 0;
  }

  /** Gives back what only a step needs, once those on their way are done. Weights and moments stay; no step follows. */
  async endSteps(): Promise<void> {
    await this.trainer.drain();
    this.#broken = await this.#brokeOnItsWay();
    this.trainer.destroy();
    this.#reader.destroy();
  }

  /** Goes on from a snapshot. Throws StudioError 'format', with nothing changed, when it is of another architecture. */
  restore({ step, changes, tensors }: Snapshot): void {
    writeSnapshot(this.trainer.program.device, this.nets, tensors);
    this.step = step;
    this.changes = changes;
  }

  /** Unit directions and token order of SIGReg for a step. */
  #sigreg(step: number) {
    const { sigregSlices: S } = this.config.loss;
    const C = this.config.model.dim;
    const directions = new Float32Array(S * C);
    for (let s = 0; s < S; s++) {
      let square = 0;
      for (let c = 0; c < C; c++) {
        const v = normal(this.#keys.directions, step, s * C + c);
        directions[s * C + c] = v;
        square += v * v;
      }
      for (let c = 0; c < C; c++) directions[s * C + c] /= Math.sqrt(square);
    }
    const sets = this.config.masks.length;
    return {
      directions,
      order: (set: number, rows: number) => permutation(this.#keys.tokens, step * sets + set, rows),
    };
  }

  /**
   * Networks with the weights that this run began with: the control beside every map. Made once, freed with the run. Throws
   * StudioError 'gpu-memory'; a later try may find room.
   */
  randomTwin(): Promise<Networks> {
    return (this.#twin ??= this.#frozenNetworks('random').then(
      async (twin) => {
        await initialiseNetworks(this.trainer.program.device, twin, this.config.model, this.#weightsSeed);
        return twin;
      },
      (error: unknown) => {
        this.#twin = null;
        throw error;
      },
    ));
  }

  /** Whether randomTwin() has been made, or is being made. */
  get hasTwin(): boolean {
    return this.#twin !== null;
  }

  #frozenNetworks(kind: string): Promise<NetworkArenas> {
    return createArenas(this.trainer.program.device, `${kind} networks`, (create) =>
      runArenas(this.config, (name, specs) => create(`${kind} ${name}`, specs, false)),
    );
  }

  /** All values of an encoder's arena, behind the steps that are on their way. */
  async weightsOf(network: 'target' | 'encoder'): Promise<Float32Array<ArrayBuffer>> {
    await this.trainer.drain();
    const { weights, size } = this.nets[network];
    return new Float32Array(await this.#reader.bytes(weights, size * 4));
  }

  /**
   * Networks of the asker's own, with the weights as they are after the steps taken so far or as the run began: what takes
   * many passes looks at one state while training goes on. No step may be submitted until this resolves.
   */
  async copy(weights: 'current' | 'random'): Promise<Networks> {
    const { device } = this.trainer.program;
    const copy = await this.#frozenNetworks('copied');
    if (weights === 'random') {
      await initialiseNetworks(device, copy, this.config.model, this.#weightsSeed);
      return copy;
    }
    await this.trainer.drain();
    const encoder = device.createCommandEncoder();
    for (const name of ['encoder', 'predictor', 'target'] as const) {
      const { weights: from, size } = this.nets[name];
      encoder.copyBufferToBuffer(from.place!.buffer, 0, copy[name].weights.place!.buffer, 0, size * 4);
    }
    device.queue.submit([encoder.finish()]);
    return copy;
  }

  destroy(): void {
    this.trainer.destroy();
    this.#reader.destroy();
    const free = (nets: NetworkArenas) => Object.values(nets).forEach(destroyArena);
    free(this.nets);
    this.#twin?.then(free, () => {}); // told to whoever asked for it
  }
}

function toMetrics(
  r: StepResult,
  schedule: { lr: number; weightDecay: number; momentum: number },
): Omit<StepMetrics, 'milliseconds'> {
  return {
    step: r.step,
    loss: r.loss,
    lossPerSet: r.lossPerSet,
    terms: { latent: r.latent, variance: r.variance, sigreg: r.sigreg },
    encoderNorm: r.encoderNorm,
    predictorNorm: r.predictorNorm,
    lr: schedule.lr,
    weightDecay: schedule.weightDecay,
    momentum: schedule.momentum,
    tokens: r.tokens,
  };
}
