import { describe, expect, it } from 'vitest';
import { columnStatistics, neighbourAnswers, standardise } from './neighbours.ts';

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

  it('columns are standardised by the training rows alone; a constant one stays', () => {
    const rows = { dim: 2, values: [1, 7, 3, 7, 100, 9] };
    const statistics = columnStatistics(rows, [0, 1]);
    expect([...statistics.mean]).toEqual([2, 7]);
    expect([...statistics.deviation]).toEqual([1, 1]);
    expect([...standardise(rows, statistics)]).toEqual([-1, 0, 1, 0, 98, 2]);
  });
});
