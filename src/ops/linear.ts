// y (M, N) = x (M, K) Wᵀ (N, K) + b, with GELU, residual and position look-up fused behind it.
// Backward: dx = dy W, dW = dyᵀ x, db = Σ dy. Formulas in shaders/linear.wgsl; several forms of it, see core/variant.ts.

import bindings from '../../shaders/linear_bindings.wgsl?raw';
import matrixBackward from '../../shaders/linear_matrix_backward.wgsl?raw';
import matrixBlocks from '../../shaders/linear_matrix_blocks.wgsl?raw';
import matrixForward from '../../shaders/linear_matrix.wgsl?raw';
import quadBackward from '../../shaders/linear_quads_backward.wgsl?raw';
import quadBlocks from '../../shaders/linear_quads_blocks.wgsl?raw';
import quadForward from '../../shaders/linear_quads.wgsl?raw';
import registerSource from '../../shaders/linear.wgsl?raw';
import results from '../../shaders/linear_results.wgsl?raw';
import workgroupSource from '../../shaders/linear_workgroup.wgsl?raw';
import edge16 from '../../shaders/matrix_16.wgsl?raw';
import edge8 from '../../shaders/matrix_8.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Size, Tensor } from '../gpu/tensor.ts';
import { storedKernels, storedOf } from './stored.ts';

const registers = parseKernel('linear', registerSource); // single precision only
const quads = {
  forward: storedKernels('linear_quads', quadForward, `${quadBlocks}\n${bindings}`),
  backward: storedKernels('linear_quads_backward', quadBackward, `${quadBlocks}\n${bindings}`),
};
/** Subgroup matrices of this edge. */
function matrix(edge: number, source: string) {
  const shared = `${matrixBlocks}\n${results}\n${bindings}\n${source}`;
  return {
    forward: storedKernels(`linear_matrix (${edge})`, matrixForward, shared),
    backward: storedKernels(`linear_matrix_backward (${edge})`, matrixBackward, shared),
  };
}
/** Tiles of this edge, both passes in one file. */
function workgroup(tile: number) {
  const shared = `${results}\n${bindings}\nconst TILE = ${tile}u;`;
  const kernels = storedKernels(`linear_workgroup (${tile})`, workgroupSource, shared);
  return { forward: kernels, backward: kernels };
}
/** Forms that stage operands in workgroup memory. */
const stagedForms = {
  workgroup: workgroup(64),
  workgroup32: workgroup(32),
  matrix8: matrix(8, edge8),
  matrix16: matrix(16, edge16),
};

const BIAS = 1;
const GELU = 2;
const RESIDUAL = 4;
const LOOKUP = 8;
const ADD = 16;
const GELU_SLOPE = 32;
const BIAS_GRADIENT = 64;
const ADD_DW = 128;
const INPUT_GRADIENT = 256;

export interface LinearOptions {
  name: string;
  /** y = GELU(x Wᵀ + b), exact form */
  gelu?: boolean;
  /** (M, N) added to the result; with `rows` (M) its row rows[m] is added (position tables, no gradient) */
  residual?: Tensor;
  rows?: Tensor;
  /** how the result, and the value before a GELU, are stored */
  type?: 'f32' | 'f16';
}

/** Value before the GELU, for results that went through one. Its gradient is what the backward pass hands on. */
const beforeGelu = new WeakMap<Tensor, Tensor>();

/** One linear layer. x (M, K), w (N, K), b (1, N) or null → (M, N). */
export function linear(plan: Plan, x: Tensor, w: Tensor, b: Tensor | null, options: LinearOptions): Tensor {
  const { name, gelu = false, residual, rows, type = 'f32' } = options;
  if (w.cols !== x.cols) throw new StudioError('internal', `${name}: x has ${x.cols} columns, the weight ${w.cols}`);
  const N = w.rows as number;
  const y = plan.activation(name, x.rows, N, [x, w, b, rows ? null : (residual ?? null)], type);
  const pre = gelu ? plan.activation(`${name}.pre`, x.rows, N, [y], type) : null;
  if (pre) {
    pre.needsGradient = y.needsGradient;
    beforeGelu.set(y, pre);
  }
  forward(plan, { name, x, w, y, b, residual: residual ?? null, rows: rows ?? null, pre });
  plan.onBackward(pre ?? y, () => {
    const dy = plan.gradientOf(pre ?? y);
    const inner = beforeGelu.get(x) ?? null;
    const input = x.needsGradient ? plan.writeGradient(inner ?? x) : null;
    const weight = w.needsGradient ? plan.writeGradient(w) : null;
    const db = weight && b?.needsGradient ? plan.writeGradient(b).gradient : null;
    if (input || weight) backward(plan, { name, x, w, dy, inner, input, weight, db });
    if (residual?.needsGradient && !rows) addGradient(plan, residual, plan.gradientOf(y));
  });
  return y;
}

interface Forward {
  name: string;
  x: Tensor;
  w: Tensor;
  y: Tensor;
  b: Tensor | null;
  residual: Tensor | null;
  rows: Tensor | null;
  pre: Tensor | null;
}

interface Backward {
  name: string;
  x: Tensor;
  w: Tensor;
  dy: Tensor;
  /** value before the GELU that made x */
  inner: Tensor | null;
  input: { gradient: Tensor; accumulate: 0 | 1 } | null;
  weight: { gradient: Tensor; accumulate: 0 | 1 } | null;
  db: Tensor | null;
}

function forward(plan: Plan, f: Forward): void {
  const { x, w, y, b, residual, rows, pre } = f;
  const flags = (b ? BIAS : 0) | (pre ? GELU : 0) | (residual ? RESIDUAL : 0) | (rows ? LOOKUP : 0);
  if (plan.variant.product === 'registers') {
    const operands = { A: x, B: w, C: y, M: x.rows, N: y.cols, K: x.cols, transposeB: true };
    return product(plan, { label: f.name, ...operands, flags, bias: b, residual, rows, pre });
  }
  const { kernels, overrides, tall, wide } = tiles(plan, onePass(plan, x, y));
  plan.dispatch({
    label: f.name,
    kernel: kernels.forward[storedOf(x, y)],
    entry: 'forward',
    overrides,
    bind: { W: w, x, y, bias: b ?? x, residual: residual ?? x, lookup: rows ?? x, pre: pre ?? plan.nothing(0) },
    dims: { rows: x.rows, out: y.cols, in: x.cols, flags },
    grid: (size) => [Math.ceil(y.cols / wide), Math.ceil(size(x.rows) / tall)],
  });
}

/** dx and dW (with db) in one dispatch: they share dy, and fewer dispatches are what a GPU wants. */
function backward(plan: Plan, g: Backward): void {
  const { x, w, dy, inner, input, weight, db } = g;
  if (plan.variant.product === 'registers') return backwardRegisters(plan, g);
  const { kernels, overrides, tall, wide } = tiles(plan, onePass(plan, x, dy));
  plan.dispatch({
    label: `${g.name} ${input && weight ? 'dx dw' : input ? 'dx' : 'dw'}`,
    // writes gradients, which are single precision
    kernel: kernels.backward[x.type === 'f16' ? 'halfIn' : 'single'],
    entry: 'backward',
    overrides,
    bind: {
      W: w,
      x,
      dy,
      dx: input?.gradient ?? plan.nothing(0),
      dw: weight?.gradient ?? plan.nothing(1),
      db: db ?? plan.nothing(2),
      known_pre: inner ?? x,
    },
    dims: {
      rows: x.rows,
      out: dy.cols,
      in: x.cols,
      flags:
        (input ? INPUT_GRADIENT : 0) |
        (input?.accumulate ? ADD : 0) |
        (inner ? GELU_SLOPE : 0) |
        (db ? BIAS_GRADIENT : 0) |
        (weight?.accumulate ? ADD_DW : 0),
    },
    grid: (size) => [
      Math.ceil(x.cols / wide),
      (input ? Math.ceil(size(x.rows) / tall) : 0) + (weight ? Math.ceil(dy.cols / tall) : 0),
    ],
  });
}

/** Operations of a layer's forward pass. */
const onePass = (plan: Plan, x: Tensor, y: Tensor): number => 2 * plan.mostOf(x.rows) * x.cols * y.cols;

/** Operations of the largest product of a plan (one pass of it), from which the large tile is worth its compilation. */
const worthLargeTiles = 1e8;

/** Plans that have large tiles already: their smaller products use the same kernel, so that there is less to compile. */
const withLargeTiles = new WeakSet<Plan>();

/** Kernel and tile of a layer whose forward pass takes this many operations. */
function tiles(plan: Plan, operations: number) {
  const { product: form } = plan.variant;
  if (form !== 'quads' && form !== 'registers') {
    const tile = form === 'workgroup32' ? 32 : 64;
    return { kernels: stagedForms[form], overrides: {}, tall: tile, wide: tile };
  }
  if (operations > worthLargeTiles) withLargeTiles.add(plan);
  if (withLargeTiles.has(plan)) return { kernels: quads, overrides: { LARGE: 1 }, tall: 48, wide: 48 };
  return { kernels: quads, overrides: { LARGE: 0 }, tall: 24, wide: 32 };
}

function backwardRegisters(plan: Plan, { name, x, w, dy, inner, input, weight, db }: Backward): void {
  if (input)
    product(plan, {
      label: `${name} dx`,
      A: dy,
      B: w,
      C: input.gradient,
      M: x.rows,
      N: x.cols,
      K: dy.cols,
      flags: (input.accumulate ? ADD : 0) | (inner ? GELU_SLOPE : 0),
      pre: inner,
    });
  if (weight)
    product(plan, {
      label: `${name} dw`,
      A: dy,
      B: x,
      C: weight.gradient,
      M: dy.cols,
      N: x.cols,
      K: x.rows,
      transposeA: true,
      flags: (weight.accumulate ? ADD : 0) | (db ? BIAS_GRADIENT : 0),
      dbias: db,
    });
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
  bias?: Tensor | null;
  residual?: Tensor | null;
  rows?: Tensor | null;
  pre?: Tensor | null;
  dbias?: Tensor | null;
}

function product(plan: Plan, p: Product): void {
  plan.dispatch({
    label: p.label,
    kernel: registers,
    entry: 'product',
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
    grid: (size) => [Math.ceil(size(p.N) / 64), Math.ceil(size(p.M) / 64)],
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
