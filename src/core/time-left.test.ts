import { expect, it } from 'vitest';
import { evenPace } from './time-left.ts';

it('time left counts from the first report, not from what went before it', () => {
  let clock = 60_000;
  const left = evenPace(() => clock);
  expect(left(0, 0)).toBeNull(); // how much there is to do is not known
  clock += 30_000;
  expect(left(1, 9)).toBeNull();
  clock += 4000;
  expect(left(3, 9)).toBeCloseTo(12, 9); // two took 4 s, six are left
  clock += 12_000;
  expect(left(9, 9)).toBe(0);
});
