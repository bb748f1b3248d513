import { describe, expect, it } from 'vitest';
import { CheckBudget } from './check-budget.ts';

const whole = { step: 0, total: Infinity, probed: null, asked: false };

/** Steps of a run that were checked; `total`: how long it is, beyond the places that are looked at unless told. */
function checks(stepMs: number, plainMs: number, probedMs: number, steps: number, total = Infinity) {
  // of a whole run the check before its first step tells what probes take
  const budget = new CheckBudget({ ...whole, total, probed: total === Infinity ? null : probedMs });
  const at: number[] = [];
  const probed: number[] = [];
  for (let step = 1; step <= steps; step++) {
    budget.trained(stepMs);
    if (!budget.due(step)) continue;
    const withProbes = budget.withProbes(step);
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
    const budget = new CheckBudget({ ...whole, probed: 900 });
    for (let check = 0; check < 3; check++) budget.checked(10 * check, 1, false);
    budget.trained(17_000);
    expect(budget.withProbes(30)).toBe(true);
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

  it('a short run with quick steps is looked at at its places, for a quarter of its time', () => {
    // a check takes 20 steps: a twentieth would allow one in 400 of them
    const { at, probed, share } = checks(50, 1000, 1500, 300, 300);
    // the first is on credit; a quarter of 160 steps is two checks, of 240 three, which leaves none for probes: the end, which
    // is looked at in any case, asks them
    expect(at).toEqual([10, 160, 240]);
    expect(probed).toEqual([]);
    // with steps of twice the time they are asked at half, and at their own turn, the fourth check
    expect(checks(100, 1000, 1500, 300, 300).probed).toEqual([150, 225]);
    expect(share).toBeLessThanOrEqual(0.25);
  });

  it('a long one is not looked at more for its places', () => {
    const alone = checks(400, 3000, 4000, 1000);
    const { at, share } = checks(400, 3000, 4000, 1000, 1000);
    expect(at.length - alone.at.length).toBeLessThanOrEqual(3);
    expect(share).toBeLessThan(0.07);
  });

  it('probes that cost ten checks keep none of those away', () => {
    const { at, probed } = checks(100, 2000, 20_000, 1000, 1000);
    expect(at.filter((step) => step >= 500).length).toBeGreaterThanOrEqual(2);
    expect(at.some((step) => step >= 500 && step < 600)).toBe(true);
    expect(at.some((step) => step >= 750)).toBe(true);
    expect(probed).toEqual([]);
  });

  it('who wants probes every fifty steps has them, though a check takes a hundred, and counted from the run’s own beginning', () => {
    const budget = new CheckBudget({ step: 130, total: 1000, probed: 9000, asked: true });
    budget.every = 50;
    const probed: number[] = [];
    for (let step = 131; step <= 310; step++) {
      budget.trained(90);
      if (!budget.due(step)) continue;
      if (budget.withProbes(step)) probed.push(step);
      budget.checked(step, 9000, budget.withProbes(step));
    }
    expect(probed).toEqual([150, 200, 250, 300]);
    budget.every = null;
    expect([350, 400].map((step) => budget.due(step))).toEqual([false, false]);
  });

  it('probes that trained weights were asked with before are not asked for again at half', () => {
    const taken = (asked: boolean) => {
      const budget = new CheckBudget({ step: 400, total: 1000, probed: 900, asked });
      budget.trained(60_000);
      return [600, 1000].map((step) => budget.withProbes(step));
    };
    expect(taken(true)).toEqual([false, true]);
    expect(taken(false)).toEqual([true, true]);
  });
});
