// The encoder of a kept run, for being asked beside the run on the page.

import type { ModelConfig } from '../core/config.ts';
import { gridOf } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { layoutArena } from '../gpu/arena.ts';
import { encoderParameters } from '../model/parameters.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Fields that decide what an encoder is; the predictor may be another one. */
const encoderFields = [
  'crop',
  'patch',
  'frames',
  'tubelet',
  'dim',
  'depth',
  'heads',
  'mlpRatio',
  'uniformPower',
] as const;

/**
 * Weights of an encoder as one arena of `model`'s encoder holds them. Throws StudioError 'config' when the kept run has
 * another encoder, and names the field; 'format' when a tensor is missing or has another shape.
 */
export function keptEncoder(
  checkpoint: Pick<Checkpoint, 'config' | 'tensors'>,
  network: 'target' | 'encoder',
  model: ModelConfig,
): Float32Array<ArrayBuffer> {
  const own = checkpoint.config.model;
  for (const field of encoderFields)
    if (own[field] !== model[field])
      throw new StudioError(
        'config',
        `The kept run has another encoder: its ${field} is ${own[field]}, that of the run on the page ${model[field]}.`,
        'Choose a run of the same model.',
      );
  const arena = layoutArena('kept encoder', encoderParameters({ ...model, tokens: tokenCount(gridOf(model)) }), false);
  const weights = new Float32Array(arena.size); // the gaps hold zeros
  for (const { name, offset, size } of arena.parameters.values()) {
    const tensor = checkpoint.tensors.get(`${network === 'target' ? 'target_encoder' : 'encoder'}.${name}`);
    if (tensor?.data.length !== size)
      throw new StudioError('format', `The kept run has no sound ${name}.`, 'Choose another run.');
    weights.set(tensor.data, offset);
  }
  return weights;
}
