// What classifier, detector and fine-tuning share: two plans over the same weights, one that learns and one that only answers,
// and AdamW as PyTorch has it unless told otherwise.

import { type Arena, destroyArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import { compile, type CompileOptions, type Program } from '../gpu/program.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { adamw, adamwValues } from '../ops/adamw.ts';
import { gradientNorms } from '../ops/gradient-norm.ts';

const betas: [number, number] = [0.9, 0.999];
const eps = 1e-8;

export interface Compiled<R> {
  recorded: R;
  program: Program;
}

/** What `make` makes of both, compiled. Where one cannot be had, nothing is left: neither programs nor `weights`. */
export async function learnAndAsk<R extends { plan: Plan }, T>(
  pipelines: PipelineCache,
  weights: readonly Arena[],
  record: (learn: boolean) => R,
  make: (learn: Compiled<R>, ask: Compiled<R>) => T,
  options: CompileOptions = {},
): Promise<T> {
  const programs: Program[] = [];
  const compiled = async (learn: boolean): Promise<Compiled<R>> => {
    const recorded = record(learn);
    const program = await compile(recorded.plan, pipelines, options);
    programs.push(program);
    return { recorded, program };
  };
  try {
    return make(await compiled(true), await compiled(false));
  } catch (error) {
    for (const program of programs) program.destroy();
    for (const arena of weights) destroyArena(arena);
    throw error;
  }
}

/**
 * Records the backward pass and a step of AdamW on each network, clipped at a norm of its own; 0 does not clip. A broken step
 * stops all that follow it by the tensor `guard`. `factors` are those of the first network's rates. Returns the norms
 * (networks, 2).
 */
export function learnFrom(
  plan: Plan,
  loss: Tensor,
  networks: [Arena] | [Arena, Arena],
  clip: Scalar,
  factors: Tensor | null = null,
): Tensor {
  plan.backward();
  const [first, second] = networks;
  const guard = plan.state('guard', 1, 2, 'u32');
  const gradients: [Tensor] | [Tensor, Tensor] = second ? [first.gradients!, second.gradients!] : [first.gradients!];
  const norms = gradientNorms(plan, gradients, loss, guard, clip, 'step', 'norms');
  adamw(plan, first, { tensor: norms, row: 0 }, guard, betas, eps, null, factors);
  if (second) adamw(plan, second, { tensor: norms, row: 1 }, guard, betas, eps, null);
  return norms;
}

/** What `learnFrom` wants of every step; `step` is 0-based. */
export const learningValues = (step: number, lr: number, weightDecay: number): Record<string, number> => ({
  step,
  ...adamwValues(step + 1, lr, weightDecay, betas),
});
