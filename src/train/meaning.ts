// Two tests of meaning, in one pass without backward: the prediction error of fixed clips as they are, with the context of
// another clip, and with the places of the hidden tokens shuffled. A model that predicts from what it sees must do worse in
// both; one that does not is saying the same for every clip.

import { join } from '../core/join.ts';
import { type Key, permutation } from '../core/random.ts';
import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { type MaskLists, type Pack, packMasks } from '../model/pack.ts';
import { ErrorPass } from './error-pass.ts';
import { type Networks, type StepShape, targetWidth } from './step.ts';

export interface Meaning {
  /** error of the loss, mean over mask sets */
  loss: number;
  swapped: number;
  permuted: number;
  /** targets of all tokens (B, N, V), as the loss sees them */
  h: Float32Array<ArrayBuffer>;
}

/**
 * Tables of the three passes: mask sets as they are, then again with clip b's context taken from clip b + 1 at the same
 * places, then again with the positions of every segment's hidden tokens in another order. `first` numbers the clips.
 */
export function packMeaning(sets: MaskLists[], tokens: number, width: number, key: Key, first = 0): Pack {
  const n = sets.length;
  const clips = sets[0].context.length;
  const pack = packMasks([...sets, ...sets, ...sets], 1, tokens, width, n);
  const contextOf = (s: MaskLists) => s.context.reduce((sum, l) => sum + l.length, 0);
  const context = sets.reduce((sum, s) => sum + contextOf(s), 0);
  for (let row = context; row < 2 * context; row++)
    pack.context.tokens[2 * row] = (pack.context.tokens[2 * row] + 1) % clips;
  const all = sets.reduce((sum, s) => sum + s.target.reduce((m, l) => m + l.length, 0), 0);
  const { source, targets } = pack.predictor;
  let at = 2 * all; // targets of the third pass
  sets.forEach((set, s) =>
    set.target.forEach((list, b) => {
      const order = permutation(key, (first + b) * n + s, list.length);
      for (let j = 0; j < list.length; j++, at++) source[2 * targets[at] + 1] = list[order[j]];
    }),
  );
  return pack;
}

/** Shape of a step that holds the three passes over `clips` clips. */
export function threePasses(training: StepShape, clips: number): StepShape {
  const each = (most: number) => Math.ceil((most / training.clips) * clips) * 3;
  return {
    ...training,
    clips,
    sets: 3 * training.sets,
    mostContext: each(training.mostContext),
    mostTarget: each(training.mostTarget),
  };
}

export class MeaningReader {
  readonly #pass: ErrorPass;

  private constructor(pass: ErrorPass) {
    this.#pass = pass;
  }

  /** Compiles the three passes for `clips` clips at a time. */
  static async create(
    pipelines: PipelineCache,
    nets: Networks,
    training: StepShape,
    clips: number,
    variant: Variant,
  ): Promise<MeaningReader> {
    return new MeaningReader(await ErrorPass.create(pipelines, nets, threePasses(training, clips), variant));
  }

  /** clips (3, T, S, S), a multiple of those that go together and at least two; per mask set a list for each clip. */
  async read(clips: readonly Float32Array<ArrayBuffer>[], sets: readonly MaskLists[], key: Key): Promise<Meaning> {
    const { tokens, clips: together } = this.#pass.shape;
    const width = targetWidth(this.#pass.shape);
    const h = new Float32Array(clips.length * tokens * width);
    const sums = new Float64Array(3 * sets.length);
    const counts = new Float64Array(3 * sets.length);
    for (let at = 0; at < clips.length; at += together) {
      const part = ({ context, target }: MaskLists): MaskLists => ({
        context: context.slice(at, at + together),
        target: target.slice(at, at + together),
      });
      const pack = packMeaning(sets.map(part), tokens, width, key, at);
      const error = await this.#pass.run(join(clips.slice(at, at + together)), pack);
      h.set(await this.#pass.targets(), at * tokens * width);
      let row = 0;
      pack.loss.perSet.forEach((n, set) => {
        counts[set] += n;
        for (let i = 0; i < n; i++) sums[set] += error[row++];
      });
    }
    const pass = (k: number) =>
      sets.reduce((sum, _, s) => {
        const i = k * sets.length + s;
        return sum + sums[i] / Math.max(1, counts[i]) / sets.length;
      }, 0);
    return { loss: pass(0), swapped: pass(1), permuted: pass(2), h };
  }

  destroy(): void {
    this.#pass.destroy();
  }
}
