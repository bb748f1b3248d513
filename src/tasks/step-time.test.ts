import { expect, it } from 'vitest';
import { timeSteps } from './step-time.ts';

/** A GPU that needs so long for each step, one behind the other; the clock stands still unless it is waited for. */
function machine(milliseconds: (step: number) => number) {
  let clock = 0;
  let free = 0;
  let taken = 0;
  const advance = () => {
    const end = Math.max(free, clock) + milliseconds(taken++);
    free = end;
    const arrive = () => (clock = Math.max(clock, end));
    // the numbers of a step are there once somebody waits for them
    const metrics = { then: (done: (v: number) => void) => done(arrive()), catch: () => metrics };
    return Promise.resolve({ metrics: metrics as unknown as Promise<number> });
  };
  return { advance, now: () => clock, taken: () => taken };
}

it('is the mean over about a second, without the first step', async () => {
  const { advance, now, taken } = machine((step) => (step === 0 ? 5000 : 110));
  const { milliseconds, steps } = await timeSteps(advance, () => false, now);
  // ten steps reach a second and a tenth; an eleventh was on its way
  expect([milliseconds, steps, taken()]).toEqual([110, 10, 12]);
});

it('takes two steps where one is longer than that', async () => {
  const { advance, now } = machine(() => 4000);
  expect(await timeSteps(advance, () => false, now)).toEqual({ milliseconds: 4000, steps: 2 });
});

it('gives up when it is told to', async () => {
  const { advance, now } = machine(() => 10);
  let asked = 0;
  await expect(timeSteps(advance, () => ++asked > 3, now)).rejects.toThrow('not measured to the end');
});

it('a step that fails is told', async () => {
  const failing = () => Promise.resolve({ metrics: Promise.reject(new Error('lost')) });
  await expect(
    timeSteps(
      failing,
      () => false,
      () => 0,
    ),
  ).rejects.toThrow('lost');
});
