import { expect, it } from 'vitest';
import { halfFindings, type HalfRecord } from './half-summary.ts';

const record = (seed: number, single: number[], half: number[], arm: HalfRecord['arm'] = 'half'): HalfRecord => ({
  arm,
  seed,
  adapter: 'here',
  losses: { single, half },
  activations: { single: 4 * 2 ** 20, half: 2.5 * 2 ** 20 },
});

it('holds when no step of any seed strays by a percent', () => {
  const [close] = halfFindings([record(1, [0.5, 0.8], [0.501, 0.796]), record(0, [0.5, 0.4], [0.5, 0.4])]);
  expect(close?.holds).toBe('yes');
  expect(close?.found[0].text).toContain('0.50 % at most'); // 0.004 of 0.8
  expect(close?.found[0].text).toContain('0.18 % on average'); // (0.2 + 0.5) / 2 and 0 %
  expect(close?.found[0].text).toContain('2.5 instead of 4.0 MB');
  expect(close?.config).toEqual({ steps: 2, adapters: ['here'], seeds: [0, 1] });
  expect(halfFindings([record(0, [0.5, 0.8], [0.5, 0.809])])[0].holds).toBe('no');
  expect(halfFindings([])).toEqual([]);
});

it('subgroup matrices are a finding of their own', () => {
  const both = halfFindings([record(0, [0.5], [0.51], 'half-matrix'), record(0, [0.5], [0.501])]);
  expect(both.map(({ id, holds }) => [id, holds])).toEqual([
    ['half', 'yes'],
    ['half-matrix', 'no'],
  ]);
});
