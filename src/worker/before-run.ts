// What is known and done before a run starts: settings that cannot work, cost, kernels compiled ahead.

import { byteSize } from '../core/byte-size.ts';
import { checkConfig, parameterCount, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import type { Command } from '../protocol/messages.ts';
import { fitMemory, unkeepable, warmKernels } from '../tasks/run-memory.ts';
import type { Gpu } from './gpu.ts';
import type { Post } from './library.ts';

type Ask<T extends Command['type']> = Extract<Command, { type: T }>;

/** Throws StudioError 'config' with the first setting that cannot work. */
export function refuseBadConfig(config: RunConfig): void {
  const [problem] = checkConfig(config);
  if (problem) throw new StudioError('config', problem.message, `Change ${problem.field}.`);
}

/** Throws StudioError 'config' for a run of which nothing could be kept. */
export function refuseUnkeepable(config: RunConfig): void {
  const problem = unkeepable(config);
  if (problem) throw new StudioError('config', problem);
}

/** Parameters and memory of settings with the kernels in force, and whether they fit. */
export function answerCost(
  post: Post,
  { inForce, budgetBytes }: Pick<Gpu, 'inForce' | 'budgetBytes'>,
  { requestId, config }: Ask<'cost'>,
): void {
  refuseBadConfig(config);
  const { memory, recompute } = fitMemory(config, inForce, budgetBytes);
  const warning =
    unkeepable(config) ??
    (memory.total > budgetBytes
      ? `This run needs ${byteSize(memory.total)} of GPU memory, the limit is ${byteSize(budgetBytes)}: choose a smaller batch or model, or another limit on the System screen.`
      : null);
  post({
    type: 'cost',
    requestId,
    cost: {
      parameters: parameterCount(config.model, config.masks.length, config.loss.target),
      memory,
      recompute,
      warning,
    },
  });
}

/** Compiles the kernels of settings. What goes wrong here goes wrong again at the start of a run, and is told there. */
export async function warm(gpu: Gpu, { config }: Ask<'warm'>): Promise<void> {
  if (checkConfig(config).length) return;
  try {
    const { open, pipelines } = await gpu.use();
    await warmKernels(pipelines, config, gpu.variant(open), gpu.budgetBytes);
  } catch {
    return;
  }
}
