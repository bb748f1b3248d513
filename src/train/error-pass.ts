// Prediction errors with the weights as they are: encoder, predictor and loss kernels as in training, recorded without a
// backward pass. What error maps and tests of meaning are made of.

import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile, type Program, programBytes, programMemory } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { type Pack, packFull } from '../model/pack.ts';
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

export class ErrorPass {
  readonly shape: StepShape;
  readonly program: Program;
  readonly #inputs: StepInputs;
  readonly #error: Tensor;
  readonly #h: Tensor;

  private constructor(program: Program, inputs: StepInputs, outputs: { error: Tensor; h: Tensor }, shape: StepShape) {
    this.program = program;
    this.shape = shape;
    this.#inputs = inputs;
    this.#error = outputs.error;
    this.#h = outputs.h;
  }

  /** Compiles a pass over `shape.clips` clips; regularisers have no part in it. */
  static async create(
    pipelines: PipelineCache,
    nets: Networks,
    training: StepShape,
    variant: Variant,
  ): Promise<ErrorPass> {
    const { plan, shape, inputs, outputs } = recordErrors(nets, training, variant);
    const program = await compile(plan, pipelines);
    const full = packFull(shape.clips, shape.tokens);
    program.put(inputs.full.tokens, full.tokens);
    program.put(inputs.full.positions, full.positions);
    program.put(inputs.full.tiles.table, full.tiles);
    return new ErrorPass(program, inputs, outputs, shape);
  }

  /** clips (B, 3, T, H, W) under the masks of the pack → error of every target token, in the order of the pack. */
  run(clips: Float32Array<ArrayBuffer>, pack: Pack): Promise<Float32Array<ArrayBuffer>> {
    const { program } = this;
    const { context, predictor, target, share } = this.#inputs;
    program.put(this.#inputs.clips, clips);
    program.put(context.tokens, pack.context.tokens);
    program.put(context.positions, pack.context.positions);
    program.put(context.tiles.table, pack.context.tiles);
    program.put(predictor.source, pack.predictor.source);
    program.put(predictor.targets, pack.predictor.targets);
    program.put(predictor.tiles.table, pack.predictor.tiles);
    program.put(target, pack.loss.target);
    program.put(share, pack.loss.share);
    program.submit({ ...pack.counts, Nsig: 0 });
    return readTensor(program.device, this.#error, pack.counts.Ntgt);
  }

  /** Targets h of the clips that were run last, all their tokens: (B, N, V). */
  targets(): Promise<Float32Array<ArrayBuffer>> {
    const { clips, tokens } = this.shape;
    return readTensor(this.program.device, this.#h, clips * tokens * targetWidth(this.shape));
  }

  destroy(): void {
    this.program.destroy();
  }
}

function recordErrors(nets: Networks, training: StepShape, variant: Variant) {
  const shape: StepShape = { ...training, sigreg: 0 };
  const plan = new Plan({ most: mostSizes(shape), variant });
  const inputs = declareInputs(plan, shape);
  const outputs = plan.frozen(() => {
    const { h, z } = recordForward(plan, nets, shape, inputs);
    const tables = { target: inputs.target, share: inputs.share };
    return { h: plan.keep(h), error: latentLoss(plan, z, h, tables, shape.exponent, 'error') };
  });
  return { plan, shape, inputs, outputs };
}

/** GPU bytes of a pass without the networks' weights; nothing is allocated. */
export const errorPassMemory = (nets: Networks, training: StepShape, variant: Variant): number =>
  programBytes(programMemory(recordErrors(nets, training, variant).plan));
