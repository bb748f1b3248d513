// Kernels whose activations lie in memory in single or in half precision: the same file, with another shaders/stored_*.wgsl
// behind it. Sums, statistics, weights and gradients are single precision in all of them.

import half from '../../shaders/stored_half.wgsl?raw';
import halfIn from '../../shaders/stored_half_in.wgsl?raw';
import single from '../../shaders/stored_single.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import { type Kernel, parseKernel } from '../gpu/kernel.ts';
import type { Tensor } from '../gpu/tensor.ts';

/** single, half: all activations; halfIn: half is read, single written. */
export type Stored = 'single' | 'half' | 'halfIn';

/** A kernel for each way of storing. `shared`: what its forms have in common; `enables`: features that it needs besides. */
export function storedKernels(name: string, own: string, shared = '', enables = ''): Record<Stored, Kernel> {
  // on the first line, so that the numbers of all lines stay true
  const [plain, halves] = [`${enables}${own}`, `${enables}enable f16; ${own}`];
  return {
    single: parseKernel(name, plain, `${shared}\n${single}`),
    half: parseKernel(`${name} (half)`, halves, `${shared}\n${half}`),
    halfIn: parseKernel(`${name} (half in)`, halves, `${shared}\n${halfIn}`),
  };
}

/** How an operation with this input and result stores. */
export function storedOf(input: Pick<Tensor, 'name' | 'type'>, result: Pick<Tensor, 'name' | 'type'>): Stored {
  if (result.type === 'f32') return input.type === 'f16' ? 'halfIn' : 'single';
  if (input.type === 'f16') return 'half';
  throw new StudioError('internal', `${result.name} would be stored by halves, ${input.name} is not`);
}
