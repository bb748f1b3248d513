// Two plans over the same weights, of what is trained in small: one that learns and one that only answers.

import { type Arena, destroyArena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import { compile, type CompileOptions, type Program } from '../gpu/program.ts';

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
