// Weights that a test chooses, one parameter at a time.

import { StudioError } from '../core/errors.ts';
import type { Arena } from '../gpu/arena.ts';

/** Copies values into the named parameter. Length must match. */
export function writeParameter(device: GPUDevice, arena: Arena, name: string, values: Float32Array): void {
  const p = arena.parameters.get(name);
  if (!p)
    throw new StudioError(
      'format',
      `${arena.label} has no parameter ${name}`,
      'The file belongs to another architecture.',
    );
  if (values.length !== p.size)
    throw new StudioError(
      'format',
      `${name} has ${values.length} values, this model has ${p.size} (${p.shape.join(' × ')})`,
    );
  device.queue.writeBuffer(arena.weights.place!.buffer, p.offset * 4, values as Float32Array<ArrayBuffer>);
}
