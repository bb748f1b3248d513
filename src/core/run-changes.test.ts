import { expect, it } from 'vitest';
import { preset } from './presets.ts';
import {
  followed,
  isFull,
  mostChanges,
  optimAt,
  readChanges,
  type RunChange,
  settingsAt,
  settingProblem,
  withChange,
} from './run-changes.ts';
import { scheduleAt } from './schedule.ts';

/** 20 steps, no warm-up, rate from 0.8 to 0 along half a cosine, momentum from 0.9 to 1. */
const optim = {
  ...preset('nano').optim,
  ipe: 10,
  epochs: 2,
  ipeScale: 1,
  warmup: 0,
  startLr: 0.8,
  lr: 0.8,
  finalLr: 0,
  ema: [0.9, 1] as [number, number],
};
const changes = [
  { step: 5, lr: 0.4 },
  { step: 9, ema: 0.5 },
  { step: 12, lr: 0.8, ema: 0.9 },
];
const at = (step: number) => scheduleAt(optimAt(optim, changes, step), step);

it('is the schedule of the changed settings at the same place, from the step on', () => {
  // rates count from 1: step 9 is half of the cosine, step 4 a quarter
  const quarter = 0.5 * (1 + Math.SQRT1_2);
  expect(at(4).lr).toBeCloseTo(0.8 * quarter, 12);
  expect(at(5).lr).toBeCloseTo(0.4 * 0.5 * (1 + Math.cos((Math.PI * 6) / 20)), 12);
  expect(at(9).lr).toBeCloseTo(0.4 * 0.5, 12);
  // momentum counts from 0: on the line from the first to the last
  expect(at(8).momentum).toBeCloseTo(0.9 + 0.1 * (8 / 20), 12);
  expect(at(9).momentum).toBeCloseTo(0.5 + 0.5 * (9 / 20), 12);
});

it('what is put back gives the first schedule again', () => {
  for (const step of [0, 4, 12, 19]) expect(at(step)).toEqual(scheduleAt(optim, step));
});

it('no rate of the schedule is above the new peak, no last momentum below the new first', () => {
  const low = optimAt({ ...optim, startLr: 0.1, finalLr: 0.05 }, [{ step: 0, lr: 0.01, ema: 1 }], 0);
  expect([low.startLr, low.lr, low.finalLr]).toEqual([0.01, 0.01, 0.01]);
  expect(optimAt({ ...optim, ema: [0.9, 0.95] }, [{ step: 0, ema: 0.99 }], 3).ema).toEqual([0.99, 0.99]);
  expect(optimAt({ ...optim, ema: [0.9, 0.95] }, [{ step: 0, ema: 0.91 }], 3).ema).toEqual([0.91, 0.95]);
});

it('a form follows what it shares with the run, and keeps what was typed into it', () => {
  const after = settingsAt({ config: { ...preset('nano'), optim }, changes }, Infinity).optim;
  expect(followed(optim, optim, { ...after, lr: 0.4, ema: [0.5, 1] })).toEqual({ ...optim, lr: 0.4, ema: [0.5, 1] });
  const typed = { ...optim, lr: 0.1, epochs: 9 };
  expect(followed(typed, optim, { ...optim, lr: 0.4, startLr: 0.4, ema: [0.99, 1] })).toEqual({
    ...typed,
    startLr: 0.4,
    ema: [0.99, 1],
  });
});

it('two changes before the same step are one', () => {
  const twice = withChange(withChange([{ step: 2, lr: 0.1 }], 7, { lr: 0.2 }), 7, { ema: 0.5 });
  expect(twice).toEqual([
    { step: 2, lr: 0.1 },
    { step: 7, lr: 0.2, ema: 0.5 },
  ]);
  expect(withChange(twice, 7, { lr: 0.3 })[1]).toEqual({ step: 7, lr: 0.3, ema: 0.5 });
});

it('refuses what settings refuse', () => {
  expect(settingProblem({ lr: 0 })?.message).toContain('learning rate is 0');
  expect(settingProblem({ lr: NaN })?.field).toBe('optim.lr');
  expect(settingProblem({ ema: 1.01 })?.field).toBe('optim.ema');
  expect(settingProblem({})).not.toBeNull();
  expect(settingProblem({ lr: 1e-3, ema: 1 })).toBeNull();
});

it('reads strictly', () => {
  expect(readChanges(changes)).toEqual(changes);
  expect(readChanges([])).toEqual([]);
  for (const odd of [
    null,
    {},
    [null],
    [{ step: -1, lr: 0.1 }],
    [{ step: 1.5, lr: 0.1 }],
    [{ step: 1 }],
    [{ step: 1, lr: '0.1' }],
    [{ step: 1, ema: 2 }],
    [{ step: 1, lr: 0.1, batch: 2 }],
    [
      { step: 2, lr: 0.1 },
      { step: 2, lr: 0.2 },
    ],
  ])
    expect(readChanges(odd), JSON.stringify(odd)).toBeNull();
});

it('a list of changes that a file could not hold is full, but what is changed twice before a step is changed once', () => {
  let all: RunChange[] = [];
  for (let step = 0; step < mostChanges; step++) {
    expect(isFull(all, step)).toBe(false);
    all = withChange(all, step, { lr: 0.001 });
  }
  expect(readChanges(all)).toEqual(all);
  expect(isFull(all, mostChanges)).toBe(true);
  expect(isFull(all, mostChanges - 1)).toBe(false);
  expect(readChanges(withChange(all, mostChanges, { lr: 0.002 }))).toBeNull();
});
