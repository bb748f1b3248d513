// Prediction error of every target token of one clip, with the weights as they are. The same encoder, predictor and loss
// kernels as in training, recorded without a backward pass.

import { StudioError } from '../core/errors.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import type { Variant } from '../core/variant.ts';
import { compile, type Program } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { root, type Tensor } from '../gpu/tensor.ts';
import { type MaskLists, packFull, packMasks } from '../model/pack.ts';
import { latentLoss } from '../ops/latent-loss.ts';
import {
  declareInputs,
  mostSizes,
  type Networks,
  recordForward,
  type StepInputs,
  type StepShape,
  targetWidth,
} from './step.ts';

export class ErrorMapper {
  readonly program: Program;
  #inputs: StepInputs;
  #error: Tensor;
  #h: Tensor;
  #shape: StepShape;

  private constructor(program: Program, inputs: StepInputs, outputs: { error: Tensor; h: Tensor }, shape: StepShape) {
    this.program = program;
    this.#inputs = inputs;
    this.#error = outputs.error;
    this.#h = outputs.h;
    this.#shape = shape;
  }

  /** Compiles a map for one clip and up to `shape.sets` mask sets. */
  static async create(
    pipelines: PipelineCache,
    nets: Networks,
    training: StepShape,
    variant: Variant,
  ): Promise<ErrorMapper> {
    // any mask may be looked at, also one that the run would not draw
    const all = training.sets * training.tokens;
    const shape: StepShape = { ...training, clips: 1, sigreg: 0, mostContext: all, mostTarget: all };
    const plan = new Plan({ most: mostSizes(shape), variant });
    const inputs = declareInputs(plan, shape);
    const outputs = plan.frozen(() => {
      const { h, z } = recordForward(plan, nets, shape, inputs);
      const tables = { target: inputs.target, share: inputs.share };
      return { h: plan.keep(h), error: latentLoss(plan, z, h, tables, shape.exponent, 'error') };
    });
    const program = await compile(plan, pipelines);
    const full = packFull(1, shape.tokens);
    const mapper = new ErrorMapper(program, inputs, outputs, shape);
    mapper.#write(inputs.full.tokens, full.tokens);
    mapper.#write(inputs.full.positions, full.positions);
    mapper.#write(inputs.full.tiles.table, full.tiles);
    return mapper;
  }

  /** clip (3, T, H, W); masks: one context and target list per set → error per target token of each set. */
  async map(clip: Float32Array<ArrayBuffer>, masks: MaskLists[]): Promise<Float32Array[]> {
    const { tokens, sets } = this.#shape;
    if (masks.length !== sets)
      throw new StudioError('config', `the map has ${masks.length} mask sets, the run has ${sets}`);
    for (const { context, target } of masks)
      if (!context[0].length || !target[0].length)
        throw new StudioError(
          'config',
          'A mask set without context or without targets has no prediction error.',
          'Draw another mask.',
        );
    const pack = packMasks(masks, 1, tokens, targetWidth(this.#shape));
    const { context, predictor, target, share, clips } = this.#inputs;
    this.#write(clips, clip);
    this.#write(context.tokens, pack.context.tokens);
    this.#write(context.positions, pack.context.positions);
    this.#write(context.tiles.table, pack.context.tiles);
    this.#write(predictor.source, pack.predictor.source);
    this.#write(predictor.targets, pack.predictor.targets);
    this.#write(predictor.tiles.table, pack.predictor.tiles);
    this.#write(target, pack.loss.target);
    this.#write(share, pack.loss.share);
    const { device } = this.program;
    const values = { ...pack.counts, Nsig: 0 };
    this.program.write(values);
    const encoder = device.createCommandEncoder();
    this.program.encode(encoder, values);
    device.queue.submit([encoder.finish()]);
    const error = await readTensor(device, this.#error, pack.counts.Ntgt);
    let at = 0;
    return pack.loss.perSet.map((n) => error.slice(at, (at += n)));
  }

  /** Targets h of the clip that was mapped last, all its tokens: (N, V). */
  targets(): Promise<Float32Array<ArrayBuffer>> {
    return readTensor(this.program.device, this.#h, this.#shape.tokens * targetWidth(this.#shape));
  }

  #write(tensor: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    const { place } = root(tensor);
    if (place && values.length) this.program.device.queue.writeBuffer(place.buffer, place.offset, values);
  }

  destroy(): void {
    this.program.destroy();
  }
}
