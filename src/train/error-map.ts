// Prediction error of every target token of one clip, with the weights as they are.

import { StudioError } from '../core/errors.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Program } from '../gpu/program.ts';
import { type MaskLists, packMasks } from '../model/pack.ts';
import { ErrorPass } from './error-pass.ts';
import { type Networks, type StepShape, targetWidth } from './step.ts';

export class ErrorMapper {
  readonly #pass: ErrorPass;

  private constructor(pass: ErrorPass) {
    this.#pass = pass;
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
    const shape: StepShape = { ...training, clips: 1, mostContext: all, mostTarget: all };
    return new ErrorMapper(await ErrorPass.create(pipelines, nets, shape, variant));
  }

  get program(): Program {
    return this.#pass.program;
  }

  /** clip (3, T, H, W); masks: one context and target list per set → error per target token of each set. */
  async map(clip: Float32Array<ArrayBuffer>, masks: MaskLists[]): Promise<Float32Array[]> {
    const { shape } = this.#pass;
    if (masks.length !== shape.sets)
      throw new StudioError(
        'config',
        `The map has ${masks.length} mask sets, the run has ${shape.sets}, and each of them has a mask token of its own.`,
        `Choose ${shape.sets} mask sets.`,
      );
    for (const { context, target } of masks)
      if (!context[0].length || !target[0].length)
        throw new StudioError(
          'config',
          'A mask set without context or without targets has no prediction error.',
          'Draw another mask.',
        );
    const pack = packMasks(masks, 1, shape.tokens, targetWidth(shape));
    const error = await this.#pass.run(clip, pack);
    let at = 0;
    return pack.loss.perSet.map((n) => error.slice(at, (at += n)));
  }

  /** Targets h of the clip that was mapped last, all its tokens: (N, V). */
  targets(): Promise<Float32Array<ArrayBuffer>> {
    return this.#pass.targets();
  }

  destroy(): void {
    this.#pass.destroy();
  }
}
