// Picks rows of a packed matrix by a table, backward by the inverse table. See shaders/gather.wgsl.

import source from '../../shaders/gather.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('gather', source);

/** Marks a row that nobody picks. */
export const NONE = 0xffffffff;

/** index (rows out, 1) into x, and for each row of x the row of the result that picked it, or NONE. */
export interface RowTable {
  index: Tensor;
  /** needed where a gradient flows back; every row may be picked at most once then */
  inverse: Tensor | null;
}

/** x (rows in, C) → (rows out, C). */
export function gather(plan: Plan, x: Tensor, table: RowTable, name: string): Tensor {
  const y = plan.activation(name, table.index.rows, x.cols, [x]);
  record(plan, name, x, table.index, y, 0);
  plan.onBackward(y, () => {
    const { gradient, accumulate } = plan.writeGradient(x);
    record(plan, `${name} dx`, plan.gradientOf(y), table.inverse!, gradient, accumulate);
  });
  return y;
}

/** y[i] (+)= x[index[i]] as a bare dispatch; for backward passes of other operations. */
export function record(plan: Plan, label: string, x: Tensor, index: Tensor, y: Tensor, add: 0 | 1): void {
  plan.dispatch({
    label,
    kernel,
    entry: 'gather',
    bind: { x, index, y },
    dims: { rows: y.rows, C: y.cols, add },
    grid: (size) => fold(Math.ceil((size(y.rows) * y.cols) / 64)),
  });
}

/** Inverse of a row table: for each of `rows` rows of x the position in `index`, or NONE. */
export function invert(index: ArrayLike<number>, rows: number): Uint32Array<ArrayBuffer> {
  const inverse = new Uint32Array(rows).fill(NONE);
  for (let i = 0; i < index.length; i++) if (index[i] !== NONE) inverse[index[i]] = i;
  return inverse;
}
