// Latent prediction loss |z − h|^p / p with the error of every token kept. See shaders/latent_loss.wgsl.

import source from '../../shaders/latent_loss.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('latent_loss', source);

export interface LatentTables {
  /** (n, 1): row of h that each prediction is compared with */
  target: Tensor;
  /** (n, 1): 1 / (sets · tokens of the set · C) */
  share: Tensor;
}

/** z (n, C), h (rows, C) → error per token (n, 1); starts the backward pass at z. */
export function latentLoss(
  plan: Plan,
  z: Tensor,
  h: Tensor,
  tables: LatentTables,
  exponent: number,
  name: string,
): Tensor {
  const error = plan.keep(plan.activation(name, z.rows, 1));
  // A frozen plan (error maps) has no backward pass, but the kernel writes the gradient anyway.
  const gradient = plan.storeGradient(z, name);
  const perRow = plan.variant.rows !== 'thread';
  plan.dispatch({
    label: name,
    kernel,
    entry: perRow ? 'latent_loss_workgroup' : 'latent_loss',
    bind: { z, h, target_row: tables.target, share: tables.share, error, dz: gradient },
    dims: { n: z.rows, C: z.cols, p: exponent },
    grid: (size) => fold(perRow ? size(z.rows) : Math.ceil(size(z.rows) / 16)),
  });
  return error;
}
