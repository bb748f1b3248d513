import { expect, it } from 'vitest';
import { lastAdapter, shortened, trainedOn } from './trained-on.ts';

it('tells the adapters of a run once each, in the order of their last steps', () => {
  expect(trainedOn(null, 'A')).toBe('A');
  expect(trainedOn('', 'A')).toBe('A');
  expect(trainedOn('A', 'A')).toBe('A');
  const both = trainedOn('A', 'B');
  expect(both).toBe('A, then B');
  expect(trainedOn(both, 'B')).toBe(both);
  expect(trainedOn(both, 'A')).toBe('B, then A');
  expect(lastAdapter(both)).toBe('B');
});

it('keeps the last names whole where there are too many', () => {
  let name: string | null = null;
  for (let i = 0; i < 30; i++) name = trainedOn(name, `nvidia adapter number ${i}`);
  expect(name!.length).toBeLessThanOrEqual(200);
  expect(lastAdapter(name!)).toBe('nvidia adapter number 29');
  expect(name).toMatch(/^nvidia adapter number \d+, then /);
  expect(lastAdapter(shortened(`${'x, then '.repeat(50)}apple metal-3`))).toBe('apple metal-3');
  expect(shortened('y'.repeat(300))).toBe('y'.repeat(200));
});
