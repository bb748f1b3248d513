import { expect, it } from 'vitest';
import { calledRun, runName } from './run-name.ts';

const ids = Array.from({ length: 4000 }, (_, i) => `run-mc${(i * 7919).toString(36)}-${i % 5}`);

it('the same id has the same name, of two words', () => {
  for (const id of ids) {
    expect(runName(id)).toBe(runName(id));
    expect(runName(id)).toMatch(/^[a-z]{3,8}-[a-z]{3,8}$/);
  }
});

it('spreads over its words as chance would', () => {
  const names = new Map<string, number>();
  for (const id of ids) names.set(runName(id), (names.get(runName(id)) ?? 0) + 1);
  // 4000 draws from 64 × 64 leave 4096 · e^(−4000/4096) ≈ 1542 names unused; the spread is about 20
  expect(4096 - names.size).toBeGreaterThan(1440);
  expect(4096 - names.size).toBeLessThan(1640);
  for (const place of [0, 1]) {
    const words = new Map<string, number>();
    for (const id of ids) {
      const word = runName(id).split('-')[place];
      words.set(word, (words.get(word) ?? 0) + 1);
    }
    // no word is in the list twice, and none is drawn much more often than 62.5 times
    expect(words.size).toBe(64);
    expect(Math.max(...words.values())).toBeLessThan(62.5 + 5 * Math.sqrt(62.5));
  }
});

it('what the user wrote comes first', () => {
  expect(calledRun('run-1', 'with more noise')).toBe('with more noise');
  expect(calledRun('run-1', '')).toBe(runName('run-1'));
});
