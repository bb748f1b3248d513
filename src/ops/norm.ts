// LayerNorm of every row, with or without gamma and beta. Formulas in shaders/norm.wgsl.

import source from '../../shaders/norm.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Lookup, Plan } from '../gpu/plan.ts';
import type { Size, Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('norm', source);

/** x (rows, C) → (rows, C). `affine` null: no gamma and beta (target normalisation). */
export function layerNorm(
  plan: Plan,
  x: Tensor,
  affine: { gamma: Tensor; beta: Tensor } | null,
  eps: number,
  name: string,
): Tensor {
  const C = x.cols;
  const y = plan.activation(name, x.rows, C, [x, affine?.gamma ?? null]);
  const stats = plan.activation(`${name}.stats`, x.rows, 2);
  const dims = { rows: x.rows, C, affine: affine ? 1 : 0, add: 0, eps };
  const perRow = plan.variant.rows === 'workgroup';
  const grid = rowGrid(x.rows, perRow);
  const gamma = affine?.gamma ?? x;
  plan.dispatch({
    label: name,
    kernel,
    entry: perRow ? 'forward_workgroup' : 'forward',
    bind: { x, gamma, beta: affine?.beta ?? x, y, stats },
    dims,
    grid,
  });
  plan.onBackward(y, () => {
    const dy = plan.gradientOf(y);
    if (x.needsGradient) {
      const { gradient, accumulate } = plan.writeGradient(x);
      plan.dispatch({
        label: `${name} dx`,
        kernel,
        entry: perRow ? 'backward_x_workgroup' : 'backward_x',
        bind: { x, gamma, dy, known: stats, dx: gradient },
        dims: { ...dims, add: accumulate },
        grid,
      });
    }
    if (affine?.gamma.needsGradient) {
      const { gradient: dgamma, accumulate } = plan.writeGradient(affine.gamma);
      const { gradient: dbeta } = plan.writeGradient(affine.beta);
      plan.dispatch({
        label: `${name} dw`,
        kernel,
        entry: 'backward_w',
        bind: { x, dy, known: stats, dgamma, dbeta },
        dims: { ...dims, add: accumulate },
        grid: () => [Math.ceil(C / 16)],
      });
    }
  });
  return y;
}

const rowGrid =
  (rows: Size, perRow: boolean) =>
  (size: Lookup): [number, number?] =>
    fold(perRow ? size(rows) : Math.ceil(size(rows) / 16));
