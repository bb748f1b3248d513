import { describe, expect, it } from 'vitest';
import { askByFolds } from './folds.ts';

/** (clips, dim) numbers that have nothing to do with anything. */
const noise = (clips: number, dim: number) =>
  Float64Array.from({ length: clips * dim }, (_, i) => (Math.sin(12.9898 * (i + 1) + 78.233 * i * i) * 43758.5453) % 1);

describe('probes by folds', () => {
  const names = Array.from({ length: 60 }, (_, i) => 'abcd'[i % 4]);

  it('asks every clip, and tells classes that lie apart', () => {
    const dim = 4;
    const values = noise(60, dim).map((v, i) => 0.1 * v + (Math.floor(i / dim) % 4 === i % dim ? 1 : 0));
    expect(askByFolds({ values, dim }, 'letter', names)).toEqual({
      axis: 'letter',
      neighbours: 1,
      linear: 1,
      chance: 0.25,
      train: 40,
      test: 60,
    });
  });

  it('no clip is answered by its own label: of noise with more columns than clips, which could be learnt by heart, nothing is known', () => {
    const { linear, neighbours } = askByFolds({ values: noise(60, 200), dim: 200 }, 'letter', names);
    // 60 answers at chance .25: one deviation is .056
    expect(linear).toBeLessThan(0.45);
    expect(neighbours).toBeLessThan(0.45);
  });

  it('a class of one clip is asked too, and cannot be known; chance is the largest class', () => {
    const values = Float64Array.of(0, 0.1, 0.2, 1, 1.1, 1.2, 9);
    const told = askByFolds({ values, dim: 1 }, 'x', ['a', 'a', 'a', 'b', 'b', 'b', 'c']);
    expect(told).toMatchObject({ test: 7, chance: 3 / 7 });
    expect(told.linear).toBeLessThan(1);
  });
});
