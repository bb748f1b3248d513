import { describe, expect, it } from 'vitest';
import { columnStatistics, neighbourAnswers, neighboursOf, type Rows, standardise } from './neighbours.ts';
import { integer, makeKey, normal } from './random.ts';
import { cpuTimer } from '../testing/cpu-time.ts';

/** As it is written in the paper: everything compared, sorted and cut. */
function plainly(x: Rows, train: number[], labels: number[], asked: number[], classes: number, k: number): number[] {
  const unit = (r: number) => {
    const row = Array.from({ length: x.dim }, (_, c) => x.values[r * x.dim + c]);
    const length = Math.hypot(...row) || 1;
    return row.map((v) => v / length);
  };
  return asked.flatMap((r) => {
    const row = unit(r);
    const near = train
      .map((t) => ({ label: labels[t], cosine: unit(t).reduce((sum, v, c) => sum + v * row[c], 0) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, k);
    const weights = near.map(({ cosine }) => Math.exp((cosine - near[0].cosine) / 0.07));
    const total = weights.reduce((a, b) => a + b, 0);
    const shares = new Array<number>(classes).fill(0);
    near.forEach(({ label }, n) => (shares[label] += weights[n] / total));
    return shares;
  });
}

describe('neighbours', () => {
  // rows 0 and 1 point right, row 2 up; row 3 asks from nearly right, row 4 from up
  const x = { dim: 2, values: [1, 0, 2, 0.1, 0, 3, 5, 0.2, 0.1, 1] };

  it('the nearest by angle answers, whatever the lengths', () => {
    const answers = neighbourAnswers(x, [0, 1, 2], [0, 0, 1], [3, 4], 2, 1);
    expect([...answers]).toEqual([1, 0, 0, 1]);
  });

  it('k neighbours vote by exp(cosine / 0.07)', () => {
    const [first, second] = neighbourAnswers({ dim: 2, values: [1, 0, 0, 1, 3, 4] }, [0, 1], [0, 1], [2], 2, 2);
    // cosines 0.6 and 0.8
    expect(first / second).toBeCloseTo(Math.exp(-0.2 / 0.07), 9);
    expect(first + second).toBeCloseTo(1, 12);
  });

  it('answers bit for bit what sorting all of them gives: equals in their order, zeros, few rows, many neighbours', () => {
    const rows = (n: number, dim: number, of: (i: number) => number): Rows => ({
      dim,
      values: Float32Array.from({ length: n * dim }, (_, i) => of(i)),
    });
    const key = makeKey(3, 'rows');
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    for (const [x, n] of [
      [rows(60, 5, (i) => normal(key, 0, i)), 60],
      // most cosines come many times over, and some rows are 0
      [rows(60, 2, (i) => integer(key, 0, i, 3) - 1), 60],
      [rows(9, 1, (i) => i - 4), 9],
    ] as const)
      for (const trained of [1, 2, 3, 4, 5, 6, n - 3])
        for (const k of [1, 3, 20, 100]) {
          // not in the order of their numbers: of equals, the first in the list
          const train = range(0, trained).reverse();
          const labels = range(0, n).map((i) => i % 4);
          const got = neighbourAnswers(x, train, labels, range(trained, n), 4, k);
          expect([...got]).toEqual(plainly(x, train, labels, range(trained, n), 4, k));
        }
    expect([
      ...neighbourAnswers(
        rows(2, 2, (i) => i),
        [],
        [0, 1],
        [0, 1],
        2,
        3,
      ),
    ]).toEqual([0, 0, 0, 0]);
  });

  it('asked in parts they answer as at once', () => {
    const ask = neighboursOf(x, [0, 1, 2], [0, 0, 1], 2, 2);
    expect([...ask([3]), ...ask([]), ...ask([4])]).toEqual([
      ...neighbourAnswers(x, [0, 1, 2], [0, 0, 1], [3, 4], 2, 2),
    ]);
  });

  it('takes a fraction of a second where comparing everything with everything took ten', { timeout: 60_000 }, () => {
    const dim = 192;
    const key = makeKey(4, 'rows');
    const few = Float32Array.from({ length: 4096 }, (_, i) => normal(key, 0, i));
    const values = Float32Array.from({ length: 4096 * dim }, (_, i) => few[(i * 31) % 4093]);
    const all = Array.from({ length: 4096 }, (_, i) => i);
    const taken = cpuTimer();
    neighbourAnswers({ values, dim }, all.slice(1230), new Uint8Array(4096), all.slice(0, 1230), 1, 20);
    expect(taken()).toBeLessThan(4000);
  });

  it('a column that never changes is told whatever its value and its rows, and scales nothing up', () => {
    for (const value of [0.1, -2.1179, 1 / 3, 5e-7, 0])
      for (let n = 1; n < 100; n++) {
        const rows = { dim: 1, values: Float32Array.from({ length: n + 1 }, (_, i) => (i < n ? value : value + 1e-4)) };
        const train = Array.from({ length: n }, (_, i) => i);
        const { deviation } = columnStatistics(rows, train);
        expect(deviation[0]).toBe(1);
        const scaled = standardise(rows, columnStatistics(rows, train));
        expect(scaled.subarray(0, n).every((v) => v === 0)).toBe(true);
        expect(scaled[n]).toBeCloseTo(1e-4, 6);
      }
  });

  it('columns are standardised by the training rows alone; a constant one stays', () => {
    const rows = { dim: 2, values: [1, 7, 3, 7, 100, 9] };
    const statistics = columnStatistics(rows, [0, 1]);
    expect([...statistics.mean]).toEqual([2, 7]);
    expect([...statistics.deviation]).toEqual([1, 1]);
    expect([...standardise(rows, statistics)]).toEqual([-1, 0, 1, 0, 98, 2]);
  });
});
