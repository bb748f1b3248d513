// Making what lies in GPU memory so that a lack of it is told: WebGPU hands out a buffer all the same, one that does nothing.

import { StudioError } from '../core/errors.ts';

/**
 * What `make` makes, once the GPU has said that all of it is there; otherwise `free` takes back what was made. `what` names
 * it and its size. Throws StudioError 'gpu-memory', or 'internal' for what WebGPU refuses.
 */
export async function allocated<T>(device: GPUDevice, what: () => string, make: () => T, free: () => void): Promise<T> {
  try {
    const { made, errors } = scoped(device, make);
    const [invalid, exhausted] = await errors;
    if (exhausted)
      throw new StudioError(
        'gpu-memory',
        `The GPU ran out of memory for ${what()}: ${exhausted.message}`,
        'Choose a smaller batch or preset, or close other pages that use the GPU.',
      );
    if (invalid)
      throw new StudioError(
        'internal',
        `WebGPU refused ${what()}: ${invalid.message}`,
        'Please report this with the name of your GPU and browser.',
      );
    return made;
  } catch (error) {
    free();
    throw error;
  }
}

/** Both scopes end before anything is awaited: what is made at the same time elsewhere has its own. */
function scoped<T>(device: GPUDevice, make: () => T): { made: T; errors: Promise<(GPUError | null)[]> } {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let made: T;
  try {
    made = make();
  } catch (error) {
    for (let i = 0; i < 2; i++) device.popErrorScope().catch(() => {}); // what was thrown is told
    throw error;
  }
  return { made, errors: Promise.all([device.popErrorScope(), device.popErrorScope()]) };
}

/** Throws StudioError 'gpu-memory' for what a GPU cannot take, at most so many bytes in one piece. */
export function refusePiece(name: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  throw new StudioError(
    'gpu-memory',
    `${name} needs ${megabytes(bytes)} MB in one piece, this GPU takes pieces of at most ${megabytes(most)} MB.`,
    'Choose a smaller batch, fewer frames or a smaller model.',
  );
}

export const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
