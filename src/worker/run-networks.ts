// What others take out of a run, in its turn: an encoder, copies of its networks, an error map.

import type { RunConfig } from '../core/config.ts';
import type { RunWeights } from '../protocol/looking.ts';
import type { Command, ErrorMap } from '../protocol/messages.ts';
import { viewedClip } from '../tasks/clips.ts';
import { readCheckpoint } from '../tasks/checkpoint.ts';
import { stepShape } from '../tasks/run-shape.ts';
import { savedNetworks } from '../tasks/saved-networks.ts';
import { ErrorMapper } from '../train/error-map.ts';
import type { Networks } from '../train/step.ts';
import type { Gpu } from './gpu.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Library } from './library.ts';
import { pretrainingOf, type Run, taking } from './run.ts';

type MapCommand = Extract<Command, { type: 'map' }>;

/** An encoder taken out of a run. */
export interface FrozenEncoder {
  weights: Float32Array<ArrayBuffer>;
  config: RunConfig;
  step: number;
}

/** Which weights of a run: steps, and the beginning of the run that they were taken after. */
export interface Reached {
  begun: number;
  step: number;
}

export interface CopiedNetworks extends Reached {
  nets: Networks;
  config: RunConfig;
}

/** Steps that weights were trained for; null: none. */
export const stepOf = (weights: RunWeights, now: number): number | null =>
  weights === 'random' ? null : weights === 'current' ? now : weights;

/** Weights of an encoder as they are now; they are the asker's own. */
export async function frozenEncoder(r: Run, network: 'target' | 'encoder'): Promise<FrozenEncoder> {
  const pretraining = pretrainingOf(r);
  return taking(r, async () => {
    const weights = await pretraining.weightsOf(network);
    return { weights, config: r.config, step: pretraining.step };
  });
}

/** Networks as they are now, or as they began; they are the asker's own and have to be freed. */
export async function copiedNetworks(r: Run, weights: 'current' | 'random'): Promise<CopiedNetworks> {
  const pretraining = pretrainingOf(r);
  const { config, begun } = r;
  return taking(r, async () => ({ nets: await pretraining.copy(weights), config, begun, step: pretraining.step }));
}

/** Networks as they were saved after so many steps; they are the asker's own and have to be freed. */
export async function networksAt(r: Run, step: number, kept: Pick<KeptRuns, 'at'>): Promise<CopiedNetworks> {
  const { trainer } = pretrainingOf(r);
  const { config, tensors } = readCheckpoint(await kept.at(r.runId, step));
  return { nets: await savedNetworks(trainer.program.device, config, tensors), config, begun: r.begun, step };
}

/** Error map of a clip under the masks of the command. */
export async function errorMap(r: Run, command: MapCommand, library: Library, gpu: Gpu): Promise<ErrorMap> {
  const pretraining = pretrainingOf(r);
  const { pipelines, open: o } = await gpu.use();
  const masks = command.masks.map((m) => ({ context: [m.context], target: [m.target] }));
  return taking(r, async (): Promise<ErrorMap> => {
    const { weights } = command;
    const mapper = (r.mappers[weights] ??= await ErrorMapper.create(
      pipelines,
      weights === 'random' ? await pretraining.randomTwin() : pretraining.nets,
      stepShape(r.config),
      gpu.variant(o),
    ));
    const clip = viewedClip(r.config, library.source(command.clipId), command.start);
    const { step } = pretraining;
    const errors = await mapper.map(clip, masks);
    const sets = command.masks.map((m, i) => ({ context: m.context, target: m.target, error: errors[i] }));
    return { clipId: command.clipId, step: weights === 'random' ? null : step, start: command.start, sets };
  });
}
