// y (M, N) = x (M, K) Wᵀ (N, K) + b, with GELU, residual and position look-up fused behind it.
// Backward: dx = dy W, dW = dyᵀ x, db = Σ dy. Formulas and tiles in shaders/linear.wgsl.

import source from '../../shaders/linear.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Size, Tensor } from '../gpu/tensor.ts';

const kernel = parseKernel('linear', source);

const BIAS = 1;
const GELU = 2;
const RESIDUAL = 4;
const LOOKUP = 8;
const ADD = 16;
const GELU_SLOPE = 32;
const BIAS_GRADIENT = 64;

export interface LinearOptions {
  name: string;
  /** y = GELU(x Wᵀ + b), exact form */
  gelu?: boolean;
  /** (M, N) added to the result; with `rows` (M) its row rows[m] is added (position tables, no gradient) */
  residual?: Tensor;
  rows?: Tensor;
}

/** Value before the GELU, for results that went through one. Its gradient is what the backward pass hands on. */
const beforeGelu = new WeakMap<Tensor, Tensor>();

/** The value that a fused GELU was applied to (fc1 of an MLP). */
export const preActivation = (y: Tensor): Tensor | undefined => beforeGelu.get(y);

/** One linear layer. x (M, K), w (N, K), b (1, N) or null → (M, N). */
export function linear(plan: Plan, x: Tensor, w: Tensor, b: Tensor | null, options: LinearOptions): Tensor {
  const { name, gelu = false, residual, rows } = options;
  if (w.cols !== x.cols) throw new StudioError('internal', `${name}: x has ${x.cols} columns, the weight ${w.cols}`);
  const N = w.rows as number;
  const y = plan.activation(name, x.rows, N, [x, w, b, rows ? null : (residual ?? null)]);
  const pre = gelu ? plan.activation(`${name}.pre`, x.rows, N, [y]) : null;
  if (pre) {
    pre.needsGradient = y.needsGradient;
    beforeGelu.set(y, pre);
  }
  product(plan, {
    label: name,
    A: x,
    B: w,
    C: y,
    M: x.rows,
    N,
    K: x.cols,
    transposeB: true,
    flags: (b ? BIAS : 0) | (gelu ? GELU : 0) | (residual ? RESIDUAL : 0) | (rows ? LOOKUP : 0),
    bias: b,
    residual,
    rows,
    pre,
  });
  plan.onBackward(pre ?? y, () => {
    const dy = plan.gradientOf(pre ?? y);
    if (x.needsGradient) {
      const inner = beforeGelu.get(x);
      const { gradient, accumulate } = plan.writeGradient(inner ?? x);
      product(plan, {
        label: `${name} dx`,
        A: dy,
        B: w,
        C: gradient,
        M: x.rows,
        N: x.cols,
        K: N,
        flags: (accumulate ? ADD : 0) | (inner ? GELU_SLOPE : 0),
        pre: inner ?? null,
      });
    }
    if (w.needsGradient) {
      const { gradient, accumulate } = plan.writeGradient(w);
      const db = b?.needsGradient ? plan.writeGradient(b).gradient : null;
      product(plan, {
        label: `${name} dw`,
        A: dy,
        B: x,
        C: gradient,
        M: N,
        N: x.cols,
        K: x.rows,
        transposeA: true,
        flags: (accumulate ? ADD : 0) | (db ? BIAS_GRADIENT : 0),
        dbias: db,
      });
    }
    if (residual?.needsGradient && !rows) addGradient(plan, residual, plan.gradientOf(y));
  });
  return y;
}

interface Product {
  label: string;
  A: Tensor;
  B: Tensor;
  C: Tensor;
  M: Size;
  N: Size;
  K: Size;
  transposeA?: boolean;
  transposeB?: boolean;
  flags: number;
  bias?: Tensor | null | undefined;
  residual?: Tensor | null | undefined;
  rows?: Tensor | null | undefined;
  pre?: Tensor | null | undefined;
  dbias?: Tensor | null | undefined;
}

function product(plan: Plan, p: Product): void {
  const staged = plan.variant.product === 'workgroup';
  const tile = 64; // both forms: 4 × 4 invocations of 16 × 16, or one workgroup of 64 × 64
  plan.dispatch({
    label: p.label,
    kernel,
    entry: staged ? 'product_workgroup' : 'product',
    overrides: { A_TRANSPOSED: p.transposeA ? 1 : 0, B_TRANSPOSED: p.transposeB ? 1 : 0 },
    bind: {
      A: p.A,
      B: p.B,
      C: p.C,
      bias: p.bias ?? p.A,
      residual: p.residual ?? p.A,
      rows: p.rows ?? p.A,
      pre: p.pre ?? plan.nothing(0),
      dbias: p.dbias ?? plan.nothing(1),
    },
    dims: { M: p.M, N: p.N, K: p.K, flags: p.flags },
    grid: (size) => [Math.ceil(size(p.N) / tile), Math.ceil(size(p.M) / tile)],
  });
}

/** dx += dy, without a kernel where x has no gradient yet. */
function addGradient(plan: Plan, x: Tensor, dy: Tensor): void {
  if (plan.shareGradient(x, dy)) return;
  throw new StudioError(
    'internal',
    `${x.name}: a residual must be recorded before other uses of it in the backward pass`,
  );
}
