// GPU memory of a run, and its kernels, before it is started.

import { byteSize } from '../core/byte-size.ts';
import type { RunConfig } from '../core/config.ts';
import type { Variant } from '../core/variant.ts';
import { layoutArena } from '../gpu/arena.ts';
import { refuseBeyond, roomOn } from '../gpu/held.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { refuseLargeBindings } from '../gpu/memory.ts';
import { compilePipelines, type ProgramMemory, programMemory } from '../gpu/program.ts';
import type { MemoryReport } from '../protocol/messages.ts';
import { type Networks, recordStep } from '../train/step.ts';
import { runArenas, stepShape } from './run-shape.ts';

/** Compiles the kernels of a run before it is started, so that the first step need not wait for them. */
export async function warmKernels(
  pipelines: PipelineCache,
  c: RunConfig,
  variant: Variant,
  budgetBytes: number,
): Promise<void> {
  const { recompute } = fitMemory(c, variant, budgetBytes);
  const nets = runArenas(c, layoutArena);
  await compilePipelines(recordStep(nets, stepShape(c), variant, { recompute }).plan, pipelines);
}

/** GPU bytes of a run, from its plan alone: nothing is allocated. */
export const runMemory = (c: RunConfig, variant: Variant, recompute = false): MemoryReport =>
  laidOut(c, variant, recompute).memory;

/** The plan of a run's step over networks without memory. */
function laidOut(c: RunConfig, variant: Variant, recompute: boolean) {
  const nets = runArenas(c, layoutArena);
  const { plan } = recordStep(nets, stepShape(c), variant, { recompute });
  return { plan, memory: memoryReport(nets, programMemory(plan)) };
}

/**
 * Whether the blocks' activations have to be made again for a run to fit. Throws StudioError 'gpu-memory' for one that does
 * not fit into what is left on the device even so, or of which the GPU cannot take a part in one piece: nothing of it is
 * allocated then.
 */
export function refuseMemory(c: RunConfig, variant: Variant, device: GPUDevice): boolean {
  const { memory, recompute } = fitMemory(c, variant, roomOn(device, runMemory(c, variant).total));
  refuseBeyond(device, 'This run', memory.total);
  refuseLargeBindings(laidOut(c, variant, recompute).plan, device.limits);
  return recompute;
}

/** Memory of a run within a budget: where it would not fit, the blocks' activations are made again in the backward pass. */
export function fitMemory(
  c: RunConfig,
  variant: Variant,
  budgetBytes: number,
): { memory: MemoryReport; recompute: boolean } {
  const memory = runMemory(c, variant);
  if (memory.total <= budgetBytes) return { memory, recompute: false };
  return { memory: runMemory(c, variant, true), recompute: true };
}

/** A checkpoint is one array of bytes, and Chrome makes none of more than 2 145 386 496. */
export const mostCheckpointBytes = 2e9;

/**
 * A sentence where a run could not be kept: its checkpoint, weights and moments in one piece, would be larger than any that can
 * be written or read. Else null.
 */
export function unkeepable(c: RunConfig): string | null {
  const { encoder, predictor, target } = runArenas(c, layoutArena);
  const bytes = 4 * (3 * (encoder.size + predictor.size) + target.size);
  if (bytes <= mostCheckpointBytes) return null;
  return `A checkpoint of this run would have ${byteSize(bytes)}, and at most ${byteSize(mostCheckpointBytes)} are written in one piece: nothing of its training could be kept. Choose a smaller model.`;
}

/** GPU bytes of networks under training and of their compiled step, by what they hold. */
export function memoryReport(nets: Networks, program: ProgramMemory): MemoryReport {
  const weights = (nets.encoder.size + nets.predictor.size) * 4;
  const target = nets.target.size * 4;
  const inputs = program.inputs + program.state + program.uniforms;
  const { activations } = program;
  const total = 4 * weights + target + activations + inputs;
  return { weights, gradients: weights, optimiser: 2 * weights, target, activations, inputs, total };
}
