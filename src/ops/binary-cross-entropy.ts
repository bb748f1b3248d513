// Binary cross-entropy of a sigmoid per class. See shaders/binary_cross_entropy.wgsl.

import source from '../../shaders/binary_cross_entropy.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('binary_cross_entropy', source);

/** x (rows, K) logits, truth (rows, K) of 0 and 1, share (rows, 1) → loss per row (rows, 1); starts the backward pass at x. */
export function binaryCrossEntropy(plan: Plan, x: Tensor, truth: Tensor, share: Tensor, name: string): Tensor {
  const loss = plan.keep(plan.activation(name, x.rows, 1));
  const gradient = plan.storeGradient(x, name);
  plan.dispatch({
    label: name,
    kernel,
    entry: 'binary_cross_entropy',
    bind: { x, truth, share, loss, dx: gradient },
    dims: { rows: x.rows, K: x.cols },
    grid: (size) => fold(Math.ceil(size(x.rows) / 64)),
  });
  return loss;
}
