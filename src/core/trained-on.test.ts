import { expect, it } from 'vitest';
import { lastAdapter, trainedOn } from './trained-on.ts';

it('tells the adapters of a run in their order, each once as long as it goes on', () => {
  expect(trainedOn(null, 'A')).toBe('A');
  expect(trainedOn('', 'A')).toBe('A');
  expect(trainedOn('A', 'A')).toBe('A');
  const both = trainedOn('A', 'B');
  expect(both).toBe('A, then B');
  expect(trainedOn(both, 'B')).toBe(both);
  expect(trainedOn(both, 'A')).toBe('A, then B, then A');
  expect(lastAdapter(both)).toBe('B');
});
