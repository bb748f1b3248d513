import { expect, it } from 'vitest';
import { changedColumn, changedName, changedWords, edgesOf } from './provocation.ts';

it('says what was changed: from 1 for people, from 0 for tables, both with the last frame', () => {
  const teleport = { kind: 'teleport', from: 149, to: 200 } as const;
  expect(changedWords(teleport)).toBe('teleported, frames 150 to 200');
  expect(changedName(teleport)).toBe('teleport-150-200');
  expect(changedColumn(teleport)).toBe('teleport 149 to 199');
});

it('what is swapped is twice as long', () => {
  const swap = { kind: 'swap', from: 32, to: 40 } as const;
  expect(edgesOf(swap)).toEqual([32, 40, 48]);
  expect(changedWords(swap)).toBe('swapped, frames 33 to 40 with 41 to 48');
  expect(changedName(swap)).toBe('swap-33-48');
  expect(changedColumn(swap)).toBe('swap 32 to 47');
});
