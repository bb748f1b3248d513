// Context and mask tokens with their positions, packed for the predictor. See shaders/assemble.wgsl.

import source from '../../shaders/assemble.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';
import { record } from './gather.ts';

const kernel = parseKernel('assemble', source);

/** Added to the number of a mask token in the source table. */
export const MASK = 0x80000000;

export interface AssembleTables {
  /** (rows, 2): row of `embedded` or MASK + mask token, and the token index for the position */
  source: Tensor;
  /** (rows of embedded, 1): the row of x that a context token went to */
  inverse: Tensor;
  /** (n, 1): rows of x that are targets, ordered by mask token */
  byMask: Tensor;
  /** (sets, 2): which of `byMask` belong to each mask token */
  ranges: Tensor;
}

/** embedded (Nctx, C), maskTokens (sets, C), positions (N, C) → (rows, C). */
export function assemble(
  plan: Plan,
  embedded: Tensor,
  maskTokens: Tensor,
  positions: Tensor,
  tables: AssembleTables,
  name: string,
): Tensor {
  const C = embedded.cols;
  const sets = maskTokens.rows as number;
  const x = plan.activation(name, tables.source.rows, C, [embedded, maskTokens]);
  plan.dispatch({
    label: name,
    kernel,
    entry: 'forward',
    bind: { embedded, mask_tokens: maskTokens, positions, source: tables.source, x },
    dims: { rows: x.rows, C, sets, add: 0 },
    grid: (size) => fold(Math.ceil((size(x.rows) * C) / 64)),
  });
  plan.onBackward(x, () => {
    const dx = plan.gradientOf(x);
    if (embedded.needsGradient) {
      const { gradient, accumulate } = plan.writeGradient(embedded);
      record(plan, `${name} dcontext`, dx, tables.inverse, gradient, accumulate);
    }
    if (maskTokens.needsGradient) {
      const { gradient, accumulate } = plan.writeGradient(maskTokens);
      plan.dispatch({
        label: `${name} dmask`,
        kernel,
        entry: 'backward_mask',
        bind: { dx, targets: tables.byMask, ranges: tables.ranges, dmask_tokens: gradient },
        dims: { rows: x.rows, C, sets, add: accumulate },
        grid: () => [Math.ceil((sets * C) / 16)],
      });
    }
  });
  return x;
}
