import { describe, expect, it } from 'vitest';
import { checkOperation, likely, zeros } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { cosine } from './cosine.ts';

describe('cosine of vectors with tokens', () => {
  it.each([
    { Q: 1, N: 1, C: 3 },
    { Q: 1, N: 131, C: 37 },
    { Q: 3, N: 65, C: 8 },
  ])('$Q with $N tokens of $C channels', ({ Q, N, C }) =>
    checkOperation({
      variant: likely,
      sizes: [{}],
      inputs: { query: { rows: Q, cols: C, gradient: false }, x: { rows: N, cols: C, gradient: false } },
      record: (plan, t) => cosine(plan, t.query, t.x, 'cosine'),
      reference: ({ query, x }) => {
        const out = zeros(Q, N);
        const row = (m: { data: Float64Array }, i: number) => m.data.subarray(i * C, (i + 1) * C);
        for (let q = 0; q < Q; q++)
          for (let n = 0; n < N; n++) {
            const [a, b] = [row(query, q), row(x, n)];
            out.data[q * N + n] = a.reduce((s, v, c) => s + v * b[c], 0) / (Math.hypot(...a) * Math.hypot(...b));
          }
        return out;
      },
    }),
  );

  it('a token of length 0 is like nothing, and no rounding leads beyond 1', async () => {
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) =>
      cosine(plan, input('query', 1, 3, [0.1, 0.7, -3]), input('x', 3, 3, [0, 0, 0, 0.1, 0.7, -3, -10, -70, 300]), 'c'),
    );
    const [none, same, opposite] = await read(recorded);
    expect(none).toBe(0);
    expect(same).toBeCloseTo(1, 6);
    expect(same).toBeLessThanOrEqual(1);
    expect(opposite).toBeCloseTo(-1, 6);
  });
});
