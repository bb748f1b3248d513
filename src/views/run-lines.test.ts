import { expect, it } from 'vitest';
import { type Quantity, quantitiesOf } from '../core/run-curves.ts';
import { isSmoothed, linesOf, type ShownRun } from './run-lines.ts';

const losses = [4, 2, 0, 2];
const metrics = losses.map((loss, step) => ({
  step,
  loss,
  lossPerSet: [loss],
  terms: { latent: loss, variance: 0, sigreg: 0 },
  encoderNorm: 1,
  predictorNorm: 1,
  lr: loss,
  weightDecay: 0.04,
  momentum: 0.99,
  tokens: 1,
  milliseconds: 1000,
}));
const run = { runId: 'a', name: 'a', outline: { metrics, health: [] } } as unknown as ShownRun;
const named = (chart: 'loss' | 'schedule', id: string): Quantity =>
  quantitiesOf(chart, [run.outline]).find((quantity) => quantity.id === id)!;

it('values are those of the line that is drawn, its band those of every step', () => {
  const [line] = linesOf([run], named('loss', 'loss'), 'step', 0.5);
  // running sums 2, 2, 1, 1.5 over the weights .5, .75, .875, .9375 that they have so far
  const expected = [4, 8 / 3, 8 / 7, 8 / 5];
  expected.forEach((value, i) => expect(line.curve.y[i]).toBeCloseTo(value, 12));
  expect(line.line.map(({ mean }) => mean)).toEqual([...line.curve.y]);
  expect(line.band.map(({ low }) => low)).toEqual(losses);
});

it('a schedule is drawn as it was set, and so is what is not smoothed at all', () => {
  const lr = named('schedule', 'lr');
  expect(isSmoothed(lr)).toBe(false);
  expect([...linesOf([run], lr, 'step', 0.99)[0].curve.y]).toEqual(losses);
  const loss = named('loss', 'loss');
  expect(isSmoothed(loss)).toBe(true);
  expect([...linesOf([run], loss, 'step', 0)[0].curve.y]).toEqual(losses);
});
