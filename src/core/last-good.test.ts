import { expect, it } from 'vitest';
import { isGood, ranAway } from './last-good.ts';

const rows = (losses: number[]) => losses.map((loss, step) => ({ step, loss }));

it('weights that gave a loss like those before are good, the ones that broke are not', () => {
  const told = rows([1, 0.9, 0.8, 0.9]); // step 4 broke
  expect([1, 2, 3].map((step) => isGood(step, told))).toEqual([true, true, true]);
  expect(isGood(4, told)).toBe(false);
  expect(isGood(0, told)).toBe(true);
});

it('weights that are finite but spoilt are not good', () => {
  // the third step spoilt them: what was saved behind it gives 900
  const told = rows([1, 1, 1, 900, 400]);
  expect([2, 3, 4].map((step) => isGood(step, told))).toEqual([true, false, false]);
});

it('a level of the loss is the lower quartile of twenty steps, so that one easy mask is none', () => {
  const told = rows([...Array.from({ length: 30 }, (_, i) => (i === 12 ? 0.01 : 1)), 1.8]);
  expect(isGood(30, told)).toBe(true); // 1.8 ≤ 2 × 1
  expect(isGood(30, rows([...Array.from({ length: 30 }, () => 0.5), 1.8]))).toBe(false);
});

it('a loss that went up slowly is held against its lowest level', () => {
  const told = rows(Array.from({ length: 100 }, (_, i) => 1 + Math.max(0, i - 40) / 10));
  expect([40, 50, 51, 90].map((step) => isGood(step, told))).toEqual([true, true, false, false]);
});

it('nothing is known where no loss was told', () => {
  expect(isGood(0, [])).toBe(false);
});

it('has run away whose newest losses are far above those of random weights; no rise below that is told', () => {
  const course = (from: number, to: number) =>
    rows(Array.from({ length: 60 }, (_, i) => (i < 12 ? 0.95 : from + ((to - from) * (i - 12)) / 47)));
  // falls to a third and grows again, as targets that grow richer do; a collapse that is left behind
  for (const sound of [course(0.3, 0.56), course(0.05, 0.9), course(0.9, 1.5)]) expect(ranAway(sound)).toBeNull();
  expect(ranAway(course(0.8, 40))).toMatchObject({ first: 0.95 });
  expect(ranAway(course(0.8, 40))!.now).toBeGreaterThan(20);
  // neither one odd step nor the first ones of a run
  expect(ranAway([...course(0.3, 0.5), { loss: 900 }])).toBeNull();
  expect(ranAway(rows([0.9, 900, 900]))).toBeNull();
});
