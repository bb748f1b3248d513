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
    const small = values.map((v) => v / 2);
    const { recorded, read } = await bench(likely, {}, ({ plan, input }) => {
      const sink = plan.state('sink', 1, n);
      multiplyAdd(plan, input('from', 1, n, small), sink, n / 4, rounds);
      return sink;
    });
    const expected = Array.from({ length: n }, (_, i) => {
      const s = small[i];
      const t = small[(i + 4) % n];
      const chain = (start: number) => {
        let a = start;
        for (let k = 0; k < 3 * rounds; k++) a = a * t + s;
        return a;
      };
      return [1, 0.5, 0.25, 0.125].reduce((sum, share) => sum + chain(s * share), 0);
    });
    expectClose('sink', await read(recorded), expected, 1e-6);
  });
});
