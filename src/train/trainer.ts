// Owns a compiled training step: writes its inputs, submits it once, and hands the numbers back when they arrive.
// Steps may overlap: a step never waits for its own numbers, only for a free place in the ring.

import { StudioError } from '../core/errors.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Variant } from '../core/variant.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { compile, type Program, type StepValues } from '../gpu/program.ts';
import { Flight } from '../gpu/flight.ts';
import { readTensor } from '../gpu/readback.ts';
import { root, type Tensor } from '../gpu/tensor.ts';
import { type MaskLists, type Pack, packFull, packMasks, packSigreg } from '../model/pack.ts';
import { adamwValues } from '../ops/adamw.ts';
import { invert } from '../ops/gather.ts';
import { sigregValue } from '../ops/sigreg.ts';
import { findBroken } from './find-broken.ts';
import { type Networks, recordStep, type RecordedStep, type StepShape, targetWidth } from './step.ts';

/** What a step learns from. */
export interface StepBatch {
  /** (B, 3, T, H, W), normalised */
  clips: Float32Array<ArrayBuffer>;
  /** per mask set, one list per mask; masks × num_clips = B */
  masks: MaskLists[];
  /** order in which SIGReg takes the context rows of a set, and its unit directions (slices, C) */
  sigreg?: { order: (set: number, rows: number) => ArrayLike<number>; directions: Float32Array<ArrayBuffer> };
}

/** The schedules' values for a step. */
export interface StepSettings {
  /** 0-based */
  step: number;
  lr: number;
  weightDecay: number;
  momentum: number;
  /** largest gradient norm, or null */
  clip: number | null;
}

export interface StepResult {
  step: number;
  /** latent + regCoeff · variance + sigreg weight · sigreg */
  loss: number;
  lossPerSet: number[];
  latent: number;
  variance: number;
  sigreg: number;
  encoderNorm: number;
  predictorNorm: number;
  /** loss of every predicted token, packed as the targets */
  error: Float32Array;
  /** tokens through encoders and predictor */
  tokens: number;
}

/** All values of a tensor in a step. */
export type ReadTensor = (tensor: Tensor) => Promise<Float32Array<ArrayBuffer>>;

export interface TrainerOptions {
  variant: Variant;
  /** steps on their way at once */
  depth?: number;
  keepAll?: boolean;
  recompute?: boolean;
  onProgress?: (done: number, total: number) => void;
}

/** Records and compiles a step, and writes what never changes. */
export async function createTrainer(
  pipelines: PipelineCache,
  nets: Networks,
  shape: StepShape,
  options: TrainerOptions,
): Promise<Trainer> {
  const { keepAll = false, recompute = false } = options;
  const recorded = recordStep(nets, shape, options.variant, { keepAll, recompute });
  const program = await compile(recorded.plan, pipelines, {
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  try {
    return new Trainer(program, recorded, nets, shape, options.depth ?? 3);
  } catch (error) {
    program.destroy();
    throw error;
  }
}

export class Trainer {
  readonly program: Program;
  readonly recorded: RecordedStep;
  readonly nets: Networks;
  readonly shape: StepShape;
  readonly #flight: Flight;
  /** the step that broke is being run again, with its own inputs: no other may write its own meanwhile */
  #seeking: Promise<string> | null = null;

  constructor(program: Program, recorded: RecordedStep, nets: Networks, shape: StepShape, depth: number) {
    this.program = program;
    this.recorded = recorded;
    this.nets = nets;
    this.shape = shape;
    const tables = packFull(shape.clips, shape.tokens);
    const { error, hinge, norms, guard, phi } = recorded.outputs;
    this.#flight = new Flight(program, [error, hinge, norms, guard, ...(phi ? [phi] : [])], depth);
    const { full } = recorded.inputs;
    this.program.put(full.tokens, tables.tokens);
    this.program.put(full.positions, tables.positions);
    this.program.put(full.tiles.table, tables.tiles);
  }

  /**
   * One training step: inputs, one submit, and a promise of its numbers. Resolves when the step was taken; rejects with
   * StudioError 'non-finite' (weights unspoilt, step and tensor named), or with what the browser says of a read-back that a
   * lost device ended: why it was lost is told by `lost` of openDevice alone.
   */
  async submit(batch: StepBatch, settings: StepSettings): Promise<{ result: Promise<StepResult> }> {
    await this.#flight.place();
    while (this.#seeking) await this.#seeking.catch(() => {}); // told with the step that broke
    const pack = this.#writeBatch(batch);
    const values = this.#values(pack, settings);
    return { result: this.#flight.submit(values, (arrays) => this.#read(arrays, pack, values, batch)) };
  }

  /**
   * The same step one dispatch at a time, for looking at: the same numbers bit for bit. `written` is told after every
   * dispatch which tensors hold something new, and may read them; later dispatches may overwrite them.
   */
  async submitSlowly(
    batch: StepBatch,
    settings: StepSettings,
    written: (dispatch: Dispatch, tensors: ReadonlySet<Tensor>, read: ReadTensor) => Promise<void>,
  ): Promise<StepResult> {
    await this.drain();
    const { program, recorded } = this;
    const { device } = program;
    const pack = this.#writeBatch(batch);
    const values = this.#values(pack, settings);
    const read: ReadTensor = (t) =>
      readTensor(device, t, (typeof t.rows === 'number' ? t.rows : values[t.rows]) * t.cols);
    program.write(values);
    for (const [i, { dispatch }] of program.prepared.entries()) {
      const encoder = device.createCommandEncoder();
      program.encodeOne(encoder, i, values);
      device.queue.submit([encoder.finish()]);
      const tensors = Object.entries(dispatch.bind)
        .filter(([name]) => dispatch.kernel.bindings.get(name)?.access === 'read_write')
        .map(([, t]) => root(t));
      await written(dispatch, new Set(tensors), read);
    }
    const { error, hinge, norms, guard, phi } = recorded.outputs;
    const arrays = [];
    for (const t of [error, hinge, norms, guard, ...(phi ? [phi] : [])]) arrays.push(await read(t));
    return this.#read(arrays, pack, values, batch);
  }

  /** Waits for every step on its way. */
  drain(): Promise<void> {
    return this.#flight.drain();
  }

  #writeBatch(batch: StepBatch): Pack & { sigregPerSet: number[]; Nsig: number } {
    const { inputs } = this.recorded;
    const { clips, tokens, sets } = this.shape;
    const masks = batch.masks[0].context.length;
    if (batch.masks.length !== sets || clips % masks)
      throw new StudioError(
        'internal',
        `${batch.masks.length} mask sets of ${masks} masks do not fit ${sets} sets and ${clips} clips`,
      );
    const pack = packMasks(batch.masks, clips / masks, tokens, targetWidth(this.shape));
    this.program.put(inputs.clips, batch.clips);
    this.program.put(inputs.context.tokens, pack.context.tokens);
    this.program.put(inputs.context.positions, pack.context.positions);
    this.program.put(inputs.context.tiles.table, pack.context.tiles);
    const { predictor } = inputs;
    this.program.put(predictor.source, pack.predictor.source);
    this.program.put(predictor.inverse, pack.predictor.inverse);
    this.program.put(predictor.targets, pack.predictor.targets);
    this.program.put(predictor.targetInverse, pack.predictor.targetInverse);
    this.program.put(predictor.ranges, pack.predictor.ranges);
    this.program.put(predictor.tiles.table, pack.predictor.tiles);
    this.program.put(inputs.target, pack.loss.target);
    this.program.put(inputs.share, pack.loss.share);
    this.program.put(inputs.segments, pack.loss.segments);
    if (inputs.live) {
      this.program.put(inputs.live.inverse, invert(pack.loss.target, clips * tokens));
      this.program.put(
        inputs.live.own,
        Uint32Array.from(pack.loss.target, (_, i) => i),
      );
    }
    if (!inputs.sigreg || !batch.sigreg) return { ...pack, sigregPerSet: [], Nsig: 0 };
    const contextPerSet = batch.masks.map((m) => m.context.reduce((n, l) => n + l.length, 0) * (clips / masks));
    const chosen = packSigreg(contextPerSet, this.shape.sigregTokens, batch.sigreg.order);
    this.program.put(inputs.sigreg.index, chosen.index);
    this.program.put(inputs.sigreg.inverse, chosen.inverse);
    this.program.put(inputs.sigreg.sets, chosen.sets);
    this.program.put(inputs.sigreg.directions, batch.sigreg.directions);
    return { ...pack, sigregPerSet: chosen.perSet, Nsig: chosen.index.length };
  }

  #values(pack: Pack & { Nsig: number }, s: StepSettings): StepValues {
    const values = {
      ...pack.counts,
      Nsig: pack.Nsig,
      step: s.step,
      clip: s.clip ?? 0,
      momentum: s.momentum,
      rest: 1 - s.momentum,
      ...adamwValues(s.step + 1, s.lr, s.weightDecay, this.shape.betas),
    };
    refuseSpoiling(values);
    return values;
  }

  async #read(
    [error, hinge, norms, guard, phi]: Float32Array<ArrayBuffer>[],
    pack: Pack & { sigregPerSet: number[] },
    values: StepValues,
    batch: StepBatch,
  ): Promise<StepResult> {
    const broken = new Uint32Array(guard.buffer, guard.byteOffset, 2);
    if (broken[0] !== 0) {
      // The first step that broke speaks; those behind it were held back by the guard.
      if (broken[1] !== values.step)
        throw new StudioError(
          'non-finite',
          `Step ${values.step + 1} was held back because step ${broken[1] + 1} broke. The weights are as they were before that.`,
          'Lower the learning rate or clip gradients, then start again.',
        );
      this.#writeBatch(batch);
      this.#seeking = findBroken(this.program, this.nets, values).finally(() => (this.#seeking = null));
      const tensor = await this.#seeking;
      throw new StudioError(
        'non-finite',
        `Step ${values.step + 1} made NaN or infinity, first in ${tensor}. The weights are as they were before it.`,
        'Lower the learning rate or clip gradients, then start again.',
      );
    }
    let at = 0;
    const lossPerSet = pack.loss.perSet.map((n) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += error[at++];
      return sum / n;
    });
    const latent = mean(lossPerSet);
    const variance = mean(hinge);
    const sigreg = phi ? mean(sigregValue(phi, pack.sigregPerSet, this.shape.sigregSlices)) : 0;
    const { Nctx, Npred } = pack.counts;
    return {
      step: values.step,
      loss: latent + this.shape.regCoeff * variance + this.shape.sigreg * sigreg,
      lossPerSet,
      latent,
      variance,
      sigreg,
      encoderNorm: norms[0],
      predictorNorm: norms[2],
      error: error.slice(0, at),
      // pixels need no pass of the slow encoder
      tokens: (this.shape.target === 'pixels' ? 0 : this.shape.clips * this.shape.tokens) + Nctx + Npred,
    };
  }

  destroy(): void {
    this.#flight.destroy();
    this.program.destroy();
  }
}

/** The guard looks at gradients and errors: a number of the step itself that is none would go past it into the weights. */
function refuseSpoiling(values: StepValues): void {
  const refuse = (name: string, needed: string): never => {
    throw new StudioError(
      'config',
      `Step ${values.step} was not taken: its ${name} is ${values[name]}, which must be ${needed}.`,
      'Change the settings of learning rate, weight decay and EMA, and take the run up again.',
    );
  };
  for (const [name, value] of Object.entries(values)) if (!Number.isFinite(value)) refuse(name, 'a finite number');
  if (values.momentum < 0 || values.momentum > 1) refuse('momentum', 'from 0 to 1');
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length ? sum / values.length : 0;
}
