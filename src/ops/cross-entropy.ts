// Cross-entropy of a softmax over classes. See shaders/cross_entropy.wgsl.

import source from '../../shaders/cross_entropy.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('cross_entropy', source);

/** x (rows, K) logits, labels and share (rows, 1) → loss per row (rows, 1); starts the backward pass at x. */
export function crossEntropy(plan: Plan, x: Tensor, labels: Tensor, share: Tensor, name: string): Tensor {
  const loss = plan.keep(plan.activation(name, x.rows, 1));
  const gradient = plan.storeGradient(x, name);
  plan.dispatch({
    label: name,
    kernel,
    entry: 'cross_entropy',
    bind: { x, label: labels, share, loss, dx: gradient },
    dims: { rows: x.rows, K: x.cols },
    grid: (size) => fold(Math.ceil(size(x.rows) / 64)),
  });
  return loss;
}
