import { expect, it } from 'vitest';
import { heightOf, legible } from './SmallChart.tsx';

it('numbers at the left never lie over each other, and the first named stay', () => {
  const ticks = [0.4, -0.01, 0];
  expect(legible(ticks, heightOf(-0.01, 0.4))).toEqual([0.4, -0.01]);
  expect(legible([0.4, -1, 0], heightOf(-1, 0.4))).toEqual([0.4, -1, 0]);
  expect(legible([0, 0], heightOf(0, 1))).toEqual([0]);
});
