import { describe, expect, it } from 'vitest';
import { tokenCount, tokenPosition } from '../core/grid.ts';
import { expectClose, halves, likely, noise, roundedToHalf } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { attention, tileTable } from './attention.ts';
import { attentionDistances, attentionShares } from './token-attention.ts';

/** Shares of every pair in f64, (H, N, N). */
function allShares(qkv: Float32Array, N: number, H: number, D: number): Float64Array[][] {
  const C = H * D;
  return Array.from({ length: H }, (_, h) =>
    Array.from({ length: N }, (__, i) => {
      const scores = Float64Array.from({ length: N }, (___, j) => {
        let sum = 0;
        for (let c = 0; c < D; c++) sum += qkv[i * 3 * C + h * D + c] * qkv[j * 3 * C + C + h * D + c];
        return sum / Math.sqrt(D);
      });
      const most = Math.max(...scores);
      const weights = scores.map((s) => Math.exp(s - most));
      const total = weights.reduce((a, b) => a + b, 0);
      return weights.map((w) => w / total);
    }),
  );
}

const storages = [
  { label: 'single', variant: likely, type: 'f32' } as const,
  ...halves.map((half) => ({ ...half, type: 'f16' }) as const),
];

describe.each(storages)('attention of a token ($label)', ({ variant, type }) => {
  it.each([
    { grid: { t: 3, h: 2, w: 5 }, H: 3, D: 9, size: 1 },
    { grid: { t: 2, h: 5, w: 4 }, H: 1, D: 32, size: 4 }, // scores of tens: nearly all on one token
  ])('$grid, $H heads of $D', async ({ grid, H, D, size }) => {
    const N = tokenCount(grid);
    const C = H * D;
    const random = noise(N);
    const single = Float32Array.from({ length: N * 3 * C }, () => size * random());
    const values = type === 'f16' ? roundedToHalf(single) : single;
    const { recorded, read, again } = await bench(variant, { token: 7 }, ({ plan, input }) => {
      const qkv = input('qkv', N, 3 * C, values, type);
      const table = tileTable([N]);
      attention(
        plan,
        qkv,
        { table: input('tiles', table.length / 4, 4, table, 'u32'), count: table.length / 4 },
        H,
        'a',
      );
      const from = { qkv, lse: plan.find('a.lse'), grid };
      return {
        shares: attentionShares(plan, from, 'token', 'shares'),
        far: attentionDistances(plan, from, 'far'),
      };
    });
    const expected = allShares(values, N, H, D);
    const shares = await read(recorded.shares);
    expectClose(
      'shares',
      shares,
      expected.flatMap((rows) => [...rows[7]]),
      2e-5,
    );
    for (let h = 0; h < H; h++)
      expect(shares.subarray(h * N, (h + 1) * N).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    await again({ token: 0 });
    expectClose(
      'first token',
      await read(recorded.shares),
      expected.flatMap((rows) => [...rows[0]]),
      2e-5,
    );

    const far = Array.from({ length: N }, (_, i) =>
      expected.flatMap((rows) => {
        const here = tokenPosition(grid, i);
        const mean = (of: (p: { t: number; y: number; x: number }) => number) =>
          rows[i].reduce((sum, p, j) => sum + p * of(tokenPosition(grid, j)), 0);
        return [mean((p) => Math.hypot(p.y - here.y, p.x - here.x)), mean((p) => Math.abs(p.t - here.t))];
      }),
    ).flat();
    expectClose('distances', await read(recorded.far), far, 2e-5);
  });

  it('without any preference everything gets the same: distances by hand', async () => {
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const qkv = input('qkv', 4, 6, new Float32Array(24)); // 2 tubelets of 1 × 2 patches
      attention(plan, qkv, { table: input('tiles', 1, 4, [0, 4, 0, 4], 'u32'), count: 1 }, 1, 'a');
      return attentionDistances(plan, { qkv, lse: plan.find('a.lse'), grid: { t: 2, h: 1, w: 2 } }, 'far');
    });
    expectClose(
      'half of all tokens are one patch away, half one tubelet',
      await read(recorded),
      Array(8).fill(0.5),
      1e-6,
    );
  });
});
