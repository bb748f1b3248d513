import { describe, it } from 'vitest';
import { expectClose, likely } from '../testing/check-operation.ts';
import { bench } from '../testing/record.ts';
import { multiplyAdd, stream } from './peak.ts';

const n = 4096;
const values = Float32Array.from({ length: n }, (_, i) => Math.sin(i));

describe('peak', () => {
  it('copies and writes every value', async () => {
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const from = input('from', 1, n, values);
      const copied = plan.state('copied', 1, n);
      const written = plan.state('written', 1, n);
      stream(plan, 'copy', from, copied);
      stream(plan, 'write', from, written);
      return { copied, written };
    });
    expectClose('copied', await read(recorded.copied), values, 0);
    expectClose(
      'written',
      await read(recorded.written),
      values.map((_, i) => Math.floor(i / 4)),
      0,
    );
  });

  it('reads every value once', async () => {
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const sums = plan.state('sums', 1, n);
      stream(plan, 'read', input('from', 1, n, values), sums);
      return sums;
    });
    const expected = new Float64Array(n / 16);
    for (let i = 0; i < n; i++) expected[i % (n / 16)] += values[i];
    expectClose('sums', (await read(recorded)).slice(0, n / 16), expected, 1e-6);
  });

  it('multiplies and adds as often as it says', async () => {
    const rounds = 5;
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const sink = plan.state('sink', 1, n);
      multiplyAdd(plan, input('from', 1, n, values), sink, n / 4, rounds);
      return sink;
    });
    // four chains, each with a factor of its own, four multiply-adds a round: s, t, u and v are added in turn
    const expected = Array.from({ length: n }, (_, i) => {
      const added = [0, 1, 2, 3].map((k) => values[(i + 4 * k) % n]);
      const first = (Math.floor(i / 4) + 1) * 4;
      return added.reduce((total, start, chain) => {
        const factor = Math.min(0.5, Math.max(-0.5, values[(first + chain) % n]));
        let value = start;
        for (let step = 0; step < 4 * rounds; step++) value = value * factor + added[step % 4];
        return total + value;
      }, 0);
    });
    expectClose('sink', await read(recorded), expected, 1e-6);
  });
});
