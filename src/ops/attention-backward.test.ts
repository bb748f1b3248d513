// The backward kernels of every form at the sizes of a small ViT, where central differences would take minutes: against the
// formulas in f64. How the forms do at odd sizes is in attention.test.ts.

import { describe, it } from 'vitest';
import type { Variant } from '../core/variant.ts';
import { expectClose, noise, variants } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { attention, tileTable } from './attention.ts';

interface Case {
  heads: number;
  D: number;
  lengths: number[];
}

const rowsOf = ({ lengths }: Case): number => lengths.reduce((a, b) => a + b, 0);

/** Gradient of qkv, (rows, 3C) as it is laid out. */
function inDouble({ heads, D, lengths }: Case, qkv: Float32Array, dout: Float32Array): Float64Array {
  const C = heads * D;
  const dqkv = new Float64Array(qkv.length);
  const scale = 1 / Math.sqrt(D);
  let first = 0;
  for (const length of lengths) {
    for (let head = 0; head < heads; head++) {
      const at = (row: number, part: number) => (first + row) * 3 * C + part * C + head * D;
      const dot = (a: Float32Array, i: number, b: Float32Array, j: number) => {
        let sum = 0;
        for (let c = 0; c < D; c++) sum += a[i + c] * b[j + c];
        return sum;
      };
      for (let i = 0; i < length; i++) {
        const scores = Array.from({ length }, (_, j) => scale * dot(qkv, at(i, 0), qkv, at(j, 1)));
        const most = Math.max(...scores);
        const weights = scores.map((s) => Math.exp(s - most));
        const total = weights.reduce((a, b) => a + b, 0);
        const p = weights.map((w) => w / total);
        const g = (first + i) * C + head * D; // of this row's result
        const dp = p.map((_, j) => dot(dout, g, qkv, at(j, 2)));
        const mean = dp.reduce((sum, v, j) => sum + v * p[j], 0);
        for (let j = 0; j < length; j++) {
          const ds = scale * p[j] * (dp[j] - mean);
          for (let c = 0; c < D; c++) {
            dqkv[at(i, 0) + c] += ds * qkv[at(j, 1) + c];
            dqkv[at(j, 1) + c] += ds * qkv[at(i, 0) + c];
            dqkv[at(j, 2) + c] += p[j] * dout[g + c];
          }
        }
      }
    }
    first += length;
  }
  return dqkv;
}

async function onGpu(variant: Variant, c: Case, qkv: Float32Array, dout: Float32Array): Promise<Float32Array> {
  const [rows, C] = [rowsOf(c), c.heads * c.D];
  const table = tileTable(c.lengths);
  const { recorded, read, program } = await bench(variant, { tiles: table.length / 4 }, ({ plan, input }) => {
    const x = input('qkv', rows, 3 * C, qkv);
    x.needsGradient = true;
    const tiles = { table: input('table', table.length / 4, 4, table, 'u32'), count: 'tiles' };
    const y = attention(plan, x, tiles, c.heads, 'out');
    plan.seedGradient(y, input('dout', rows, C, dout));
    plan.backward();
    return plan.gradientOf(x);
  });
  const dqkv = await read(recorded);
  program.destroy();
  return dqkv;
}

describe.each(variants)('attention backward ($label)', ({ variant }) => {
  it.each([
    { heads: 3, D: 64, lengths: [40, 80] },
    { heads: 2, D: 32, lengths: [129, 1, 30] },
    { heads: 1, D: 37, lengths: [100] },
    // so many values that narrow heads get taller tiles
    { heads: 32, D: 32, lengths: [49, 33, 16, 1] },
    { heads: 64, D: 25, lengths: [65] },
    { heads: 120, D: 9, lengths: [97, 2] },
  ])('$heads heads of $D, segments $lengths: queries, keys and values each', async (c) => {
    const random = noise(7);
    const C = c.heads * c.D;
    const qkv = Float32Array.from({ length: rowsOf(c) * 3 * C }, random);
    const dout = Float32Array.from({ length: rowsOf(c) * C }, random);
    const [actual, expected] = [await onGpu(variant, c, qkv, dout), inDouble(c, qkv, dout)];
    const part = (all: ArrayLike<number>, k: number) =>
      Array.from(all).filter((_, i) => Math.floor((i % (3 * C)) / C) === k);
    // each by its own size: those of queries and keys are far smaller than those of values
    ['dq', 'dk', 'dv'].forEach((name, k) => expectClose(name, part(actual, k), part(expected, k), 1e-5));
  });
});
