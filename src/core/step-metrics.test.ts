import { expect, it } from 'vitest';
import { addRow, mostRows } from './step-metrics.ts';

it('rows are thinned where they were added one by one or many together, and the newest stays', () => {
  let worker: number[] = [];
  let page: number[] = [];
  for (let step = 0; step < 2.5 * mostRows; step += 7) {
    const some = Array.from({ length: 7 }, (_, i) => step + i);
    for (const one of some) worker = addRow(worker, one);
    page = some.reduce(addRow, [...page]);
    expect(worker.at(-1)).toBe(step + 6);
  }
  expect(page).toEqual(worker);
  expect(worker.length).toBeLessThanOrEqual(mostRows);
  // the older, the fewer
  const gaps = worker.slice(1).map((step, i) => step - worker[i]);
  expect(worker[0]).toBe(0);
  expect(gaps[0]).toBeGreaterThan(gaps[gaps.length - 1]);
  expect(gaps.every((gap, i) => i === 0 || gap <= gaps[i - 1])).toBe(true);
});
