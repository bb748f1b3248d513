import { describe, expect, it } from 'vitest';
import {
  checkOperation,
  expectClose,
  halves,
  matrices,
  noise,
  roundedToHalf,
  productVariants,
} from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import type { Variant } from '../core/variant.ts';
import { linear } from './linear.ts';
import { geluRef, linearRef } from './linear.ref.ts';

interface Layer {
  rows: number;
  K: number;
  N: number;
  /** (rows, K), (N, K), (rows, N) */
  x: Float32Array;
  w: Float32Array;
  dy: Float32Array;
  b?: Float32Array;
}

/** One layer on the GPU, forward and backward, where central differences would take minutes. */
async function onGpu(variant: Variant, { rows, K, N, x, w, dy, b }: Layer) {
  const { recorded, read, program } = await bench(variant, {}, ({ plan, input }) => {
    const [tx, tw] = [input('x', rows, K, x), input('w', N, K, w)];
    const tb = b ? input('b', 1, N, b) : null;
    const inputs = tb ? [tx, tw, tb] : [tx, tw];
    for (const t of inputs) t.needsGradient = true;
    const y = linear(plan, tx, tw, tb, { name: 'y' });
    plan.seedGradient(y, input('dy', rows, N, dy));
    plan.backward();
    return [y, ...inputs.map((t) => plan.gradientOf(t))];
  });
  const [y, dx, dw, db] = await Promise.all(recorded.map(read));
  program.destroy();
  return { y, dx, dw, db };
}

/** The same in f64. */
function inDouble({ rows, K, N, x, w, dy, b }: Layer) {
  const y = Float64Array.from({ length: rows * N }, (_, i) => b?.[i % N] ?? 0);
  const [dx, dw, db] = [new Float64Array(rows * K), new Float64Array(N * K), new Float64Array(N)];
  for (let m = 0; m < rows; m++)
    for (let n = 0; n < N; n++) {
      const g = dy[m * N + n];
      db[n] += g;
      let sum = 0;
      for (let k = 0; k < K; k++) {
        sum += x[m * K + k] * w[n * K + k];
        dx[m * K + k] += g * w[n * K + k];
        dw[n * K + k] += g * x[m * K + k];
      }
      y[m * N + n] += sum;
    }
  return { y, dx, dw, db };
}

describe.each(productVariants)('linear ($label)', ({ variant }) => {
  // widths and counts that no tile divides, a single row, and fewer than four in every direction
  it.each([
    { K: 13, N: 7, rows: [29, 1, 4] },
    { K: 3, N: 2, rows: [3, 1, 17] },
    { K: 64, N: 48, rows: [40, 16] },
    { K: 5, N: 70, rows: [66, 2] },
  ])('x ($rows, $K) W ($N, $K) with bias', ({ K, N, rows }) =>
    checkOperation({
      variant,
      sizes: rows.map((n) => ({ n })),
      inputs: { x: { rows: 'n', cols: K }, w: { rows: N, cols: K }, b: { rows: 1, cols: N } },
      record: (plan, t) => linear(plan, t.x, t.w, t.b, { name: 'y' }),
      reference: (t) => linearRef(t.x, t.w, t.b),
    }),
  );

  it('no bias', () =>
    checkOperation({
      variant,
      sizes: [{ n: 9 }],
      inputs: { x: { rows: 'n', cols: 10 }, w: { rows: 6, cols: 10 } },
      record: (plan, t) => linear(plan, t.x, t.w, null, { name: 'y' }),
      reference: (t) => linearRef(t.x, t.w, null),
    }));

  it('an MLP: GELU fused forward and backward, residual', () =>
    checkOperation({
      variant,
      sizes: [{ n: 11 }, { n: 3 }],
      inputs: {
        x: { rows: 'n', cols: 6 },
        w1: { rows: 21, cols: 6 },
        b1: { rows: 1, cols: 21 },
        w2: { rows: 6, cols: 21 },
        b2: { rows: 1, cols: 6 },
      },
      record: (plan, t) => {
        const hidden = linear(plan, t.x, t.w1, t.b1, { name: 'fc1', gelu: true });
        return linear(plan, hidden, t.w2, t.b2, { name: 'fc2', residual: t.x });
      },
      reference: (t) => {
        const y = linearRef(geluRef(linearRef(t.x, t.w1, t.b1)), t.w2, t.b2);
        return { ...y, data: y.data.map((v, i) => v + t.x.data[i]) };
      },
    }));

  // gradients that add up, with columns inside of a tile and at its end
  it.each([false, true])('one layer twice on one input (result of a GELU: %s)', (gelu) =>
    checkOperation({
      variant,
      sizes: [{ n: 27 }, { n: 3 }],
      inputs: {
        x: { rows: 'n', cols: 5 },
        w1: { rows: 37, cols: 5 },
        w2: { rows: 7, cols: 37 },
        b2: { rows: 1, cols: 7 },
      },
      record: (plan, t) => {
        const hidden = linear(plan, t.x, t.w1, null, { name: 'fc1', gelu });
        const once = linear(plan, hidden, t.w2, t.b2, { name: 'once' });
        return linear(plan, hidden, t.w2, t.b2, { name: 'again', residual: once });
      },
      reference: (t) => {
        const hidden = linearRef(t.x, t.w1, null);
        const y = linearRef(gelu ? geluRef(hidden) : hidden, t.w2, t.b2);
        return { ...y, data: y.data.map((v) => 2 * v) };
      },
    }),
  );

  it('GELU far out on both sides', () =>
    checkOperation({
      variant,
      sizes: [{ n: 41 }],
      inputs: {
        x: {
          rows: 'n',
          cols: 4,
          gradient: false,
          data: (_, rows) => Float32Array.from({ length: rows * 4 }, (_v, i) => (i - 82) / 8),
        },
        w: { rows: 4, cols: 4, gradient: false, data: () => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
      },
      record: (plan, t) => linear(plan, t.x, t.w, null, { name: 'y', gelu: true }),
      reference: (t) => geluRef(linearRef(t.x, t.w, null)),
      tolerance: 1e-7,
    }));

  it('adds rows of a table looked up by index', () =>
    checkOperation({
      variant,
      sizes: [{ n: 10 }, { n: 7 }],
      inputs: {
        x: { rows: 'n', cols: 5 },
        w: { rows: 9, cols: 5 },
        table: { rows: 4, cols: 9, gradient: false },
        index: {
          rows: 'n',
          cols: 1,
          type: 'u32',
          data: (_, rows) => Array.from({ length: rows }, (_v, i) => (i * 7) % 4),
        },
      },
      record: (plan, t) => linear(plan, t.x, t.w, null, { name: 'y', residual: t.table, rows: t.index }),
      reference: (t) => {
        const y = linearRef(t.x, t.w, null);
        return { ...y, data: y.data.map((v, i) => v + t.table.data[t.index.data[Math.floor(i / 9)] * 9 + (i % 9)]) };
      },
    }));

  // so much work that other tiles are chosen than above; central differences would take minutes
  it.each([
    { rows: 401, K: 330, N: 450 },
    { rows: 1001, K: 601, N: 96 },
  ])('large: x ($rows, $K) W ($N, $K), all gradients', async ({ rows, K, N }) => {
    const random = noise(5);
    const values = (n: number) => Float32Array.from({ length: n }, random);
    const layer = { rows, K, N, x: values(rows * K), w: values(N * K), b: values(N), dy: values(rows * N) };
    const [actual, expected] = [await onGpu(variant, layer), inDouble(layer)];
    for (const name of ['y', 'dx', 'dw', 'db'] as const) expectClose(name, actual[name], expected[name], 3e-6);
  });
});

// A half has 11 bits: what is stored by halves is off by at most 2^-11 of itself, what is only read by halves is not off.
describe.each(halves)('linear ($label)', ({ variant }) => {
  const rounding = 2 ** -11;

  it.each([
    { K: 13, N: 7, rows: [29, 1, 4] },
    { K: 64, N: 48, rows: [40, 16] },
  ])('x by halves ($rows, $K) W ($N, $K), y single, all gradients', ({ K, N, rows }) =>
    checkOperation({
      variant,
      sizes: rows.map((n) => ({ n })),
      inputs: { x: { rows: 'n', cols: K, type: 'f16' }, w: { rows: N, cols: K }, b: { rows: 1, cols: N } },
      record: (plan, t) => linear(plan, t.x, t.w, t.b, { name: 'y' }),
      reference: (t) => linearRef(t.x, t.w, t.b),
    }),
  );

  it('y by halves', () =>
    checkOperation({
      variant,
      tolerance: rounding,
      sizes: [{ n: 33 }, { n: 2 }],
      inputs: { x: { rows: 'n', cols: 21, type: 'f16' }, w: { rows: 11, cols: 21 }, b: { rows: 1, cols: 11 } },
      record: (plan, t) => linear(plan, t.x, t.w, t.b, { name: 'y', type: 'f16' }),
      reference: (t) => linearRef(t.x, t.w, t.b),
    }));

  it('an MLP whose hidden values, before and behind the GELU, are stored by halves', () =>
    checkOperation({
      variant,
      tolerance: 4 * rounding,
      sizes: [{ n: 11 }, { n: 3 }],
      inputs: {
        x: { rows: 'n', cols: 6, type: 'f16' },
        w1: { rows: 21, cols: 6 },
        b1: { rows: 1, cols: 21 },
        w2: { rows: 6, cols: 21 },
        b2: { rows: 1, cols: 6 },
      },
      record: (plan, t) => {
        const hidden = linear(plan, t.x, t.w1, t.b1, { name: 'fc1', gelu: true, type: 'f16' });
        return linear(plan, hidden, t.w2, t.b2, { name: 'fc2' });
      },
      reference: (t) => linearRef(geluRef(linearRef(t.x, t.w1, t.b1)), t.w2, t.b2),
    }));
});

// Operands that halves hold exactly make exact products, so these are held to the tolerance of single precision.
describe.each(matrices)('linear ($label)', ({ variant }) => {
  it.each([
    { K: 13, N: 7, rows: [29, 1, 4], half: true },
    { K: 64, N: 48, rows: [40, 16], half: false },
    { K: 5, N: 70, rows: [66, 2], half: false },
    { K: 130, N: 33, rows: [131], half: true },
  ])('x ($rows, $K) W ($N, $K), all gradients', ({ K, N, rows, half }) =>
    checkOperation({
      variant,
      coarse: true,
      sizes: rows.map((n) => ({ n })),
      inputs: {
        x: { rows: 'n', cols: K, ...(half && { type: 'f16' as const }) },
        w: { rows: N, cols: K },
        b: { rows: 1, cols: N },
      },
      record: (plan, t) => linear(plan, t.x, t.w, t.b, { name: 'y' }),
      reference: (t) => linearRef(t.x, t.w, t.b),
    }),
  );

  it('an MLP by halves, with a residual', () =>
    checkOperation({
      variant,
      coarse: true,
      tolerance: 4 * 2 ** -11, // hidden values and their gradients are rounded
      sizes: [{ n: 70 }, { n: 3 }],
      inputs: {
        x: { rows: 'n', cols: 6, type: 'f16' },
        r: { rows: 'n', cols: 6 },
        w1: { rows: 21, cols: 6 },
        b1: { rows: 1, cols: 21 },
        w2: { rows: 6, cols: 21 },
        b2: { rows: 1, cols: 6 },
      },
      record: (plan, t) => {
        const hidden = linear(plan, t.x, t.w1, t.b1, { name: 'fc1', gelu: true, type: 'f16' });
        return linear(plan, hidden, t.w2, t.b2, { name: 'fc2', residual: t.r });
      },
      reference: (t) => {
        const y = linearRef(geluRef(linearRef(t.x, t.w1, t.b1)), t.w2, t.b2);
        return { ...y, data: y.data.map((v, i) => v + t.r.data[i]) };
      },
    }));

  // a half has nothing below 2^-24 and nothing above 65504: gradients of both kinds, and in two blocks of one product
  it.each([2 ** -60, 2 ** -20, 2 ** 40])('gradients of the size of %s', async (size) => {
    const [rows, K, N] = [130, 9, 5];
    const random = noise(3);
    const coarse = (n: number) => Float32Array.from({ length: n }, () => Math.round(16 * random()) / 16);
    const dy = coarse(rows * N).map((v, i) => v * (i < 64 * N ? size : 1));
    const layer = { rows, K, N, x: coarse(rows * K), w: coarse(N * K), dy };
    const [actual, expected] = [await onGpu(variant, layer), inDouble(layer)];
    const bySize = (dx: ArrayLike<number>) => Array.from(dx, (v, i) => v / (i < 64 * K ? size : 1));
    expectClose('dx, each block by its own size', bySize(actual.dx), bySize(expected.dx), 3e-6);
    expectClose('dw', actual.dw, expected.dw, 3e-6);
  });

  it('operands of any value are rounded to halves, and a gradient that is not a number is not hidden', async () => {
    const [rows, K, N] = [70, 40, 50];
    const random = noise(9);
    const values = (n: number) => Float32Array.from({ length: n }, random);
    const layer = { rows, K, N, x: values(rows * K), w: values(N * K), dy: values(rows * N).with(0, NaN) };
    const actual = await onGpu(variant, layer);
    const { y } = inDouble({ ...layer, x: roundedToHalf(layer.x), w: roundedToHalf(layer.w) });
    expectClose('y', actual.y, y, 3e-6);
    expect(actual.dx.slice(0, K).every(Number.isNaN)).toBe(true);
    expect(actual.dw.slice(0, K).every(Number.isNaN)).toBe(true);
  });
});
