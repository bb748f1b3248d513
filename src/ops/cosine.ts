// Cosine of some vectors with all tokens. Formula and shapes in shaders/cosine.wgsl.

import source from '../../shaders/cosine.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('cosine', source);

/** query (Q, C), x (N, C) → (Q, N) */
export function cosine(plan: Plan, query: Tensor, x: Tensor, name: string): Tensor {
  const out = plan.activation(name, query.rows, plan.mostOf(x.rows));
  plan.dispatch({
    label: name,
    kernel,
    entry: 'cosine',
    bind: { query, x, out },
    dims: { Q: query.rows, N: x.rows, C: x.cols },
    grid: (size) => fold(Math.ceil((size(query.rows) * size(x.rows)) / 64)),
  });
  return out;
}
