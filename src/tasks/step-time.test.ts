import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { timeSteps } from './step-time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = () => Date.now();

/** A GPU that needs so long for each step, one behind the other. */
function machine(milliseconds: (step: number) => number) {
  let free = now();
  let taken = 0;
  const advance = () => {
    free = Math.max(free, now()) + milliseconds(taken++);
    const left = free - now();
    return Promise.resolve({ metrics: new Promise((resolve) => setTimeout(resolve, left)) });
  };
  return { advance, taken: () => taken };
}

/** What comes of it once the machine has done everything. */
async function done<T>(result: Promise<T>): Promise<T> {
  result.catch(() => {}); // looked at by who asks
  await vi.runAllTimersAsync();
  return result;
}

it('is the mean over about a second, without the first step', async () => {
  const { advance, taken } = machine((step) => (step === 0 ? 5000 : 110));
  const { milliseconds, steps } = await done(timeSteps(advance, () => false, now));
  // ten steps reach a second and a tenth; an eleventh was on its way
  expect([milliseconds, steps, taken()]).toEqual([110, 10, 12]);
});

it('takes two steps where one is longer than that', async () => {
  const { advance } = machine(() => 4000);
  expect(await done(timeSteps(advance, () => false, now))).toEqual({ milliseconds: 4000, steps: 2 });
});

it('gives up when it is told to', async () => {
  const { advance } = machine(() => 10);
  let asked = 0;
  await expect(done(timeSteps(advance, () => ++asked > 3, now))).rejects.toThrow('not measured to the end');
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
