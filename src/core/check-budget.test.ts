import { describe, expect, it } from 'vitest';
import { CheckBudget } from './check-budget.ts';

/** Steps of a run that were checked. */
function checks(stepMs: number, plainMs: number, probedMs: number, steps: number) {
  const budget = new CheckBudget(0);
  const at: number[] = [];
  const probed: number[] = [];
  for (let step = 1; step <= steps; step++) {
    budget.trained(stepMs);
    if (!budget.due(step)) continue;
    const { withProbes } = budget;
    if (withProbes) probed.push(step);
    at.push(step);
    budget.checked(step, withProbes ? probedMs : plainMs, withProbes);
  }
  return { at, probed, share: budget.share };
}

describe('when checks are due', () => {
  it('every ten steps where they cost next to nothing, the fourth with probes', () => {
    const { at, probed } = checks(100, 1, 1, 80);
    expect(at).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
    expect(probed).toEqual([40, 80]);
  });

  it('a check of three steps comes after sixty more, a twentieth of their time; the first one on credit', () => {
    // 300 ms are a twentieth of 60 steps of 100 ms: step 60 has paid for the first, step 120 for the second as well
    const { at, share } = checks(100, 300, 300, 600);
    expect(at).toEqual([10, 120, 180, 240, 300, 360, 420, 480, 540, 600]);
    expect(share).toBeLessThanOrEqual(0.05);
  });

  it('the first check with probes is earned too, where it is known what one takes', () => {
    const budget = new CheckBudget(0, 900);
    for (let check = 0; check < 3; check++) budget.checked(10 * check, 1, false);
    budget.trained(17_000);
    expect(budget.withProbes).toBe(true);
    expect(budget.due(100)).toBe(false);
    budget.trained(2_000);
    expect(budget.due(100)).toBe(true);
  });

  it.each([
    [10, 400, 900],
    [5000, 1, 3],
    [33, 35, 36],
  ])('steps of %d ms, checks of %d and %d: not beyond the share in the long run', (step, plain, probed) =>
    expect(checks(step, plain, probed, 3000).share).toBeLessThanOrEqual(0.05),
  );
});
