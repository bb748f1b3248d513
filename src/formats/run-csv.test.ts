import { expect, it } from 'vitest';
import { chartCsv, officialLog } from './run-csv.ts';

const row = (step: number, loss: number, sigreg = 0) => ({
  step,
  loss,
  lossPerSet: [loss],
  terms: { latent: loss / 2, variance: 0.25, sigreg },
  encoderNorm: 1.234_567_8,
  predictorNorm: 12,
  lr: 1,
  weightDecay: 1,
  momentum: 1,
  milliseconds: 41.9,
});

const whole = (ipe: number) => [{ until: Infinity, ipe }];

it('steps before a branch keep the epochs of the run that took them', () => {
  const epochs = [{ until: 10, ipe: 4 }, { until: 12, ipe: 3 }, ...whole(100)];
  const lines = officialLog(
    [3, 4, 9, 10, 11, 12, 100].map((step) => row(step, 1)),
    epochs,
  ).split('\n');
  expect(lines.slice(1, -1).map((line) => line.split(',', 2).join())).toEqual([
    '1,3',
    '2,0',
    '3,1',
    '4,1',
    '4,2',
    '1,12',
    '2,0',
  ]);
});

it('has the columns, the order and the digits of the official log; epochs count from 1, iterations from 0', () => {
  expect(officialLog([row(0, 0.5), row(299, 1), row(300, NaN), row(901, Infinity)], whole(300))).toBe(
    [
      'epoch,itr,loss,loss-jepa,reg-loss,enc-grad-norm,pred-grad-norm,gpu-time(ms),wall-time(ms)',
      '1,0,0.50000,0.25000,0.25000,1.23457,12.00000,-1,41',
      '1,299,1.00000,0.50000,0.25000,1.23457,12.00000,-1,41',
      '2,0,nan,nan,0.25000,1.23457,12.00000,-1,41',
      '4,1,inf,inf,0.25000,1.23457,12.00000,-1,41',
      '',
    ].join('\n'),
  );
});

it('a run with SIGReg has its term behind the official columns, which stay as they are', () => {
  expect(officialLog([row(0, 0.5), row(1, 1, 9.25)], whole(300))).toBe(
    [
      'epoch,itr,loss,loss-jepa,reg-loss,enc-grad-norm,pred-grad-norm,gpu-time(ms),wall-time(ms),sigreg-loss',
      '1,0,0.50000,0.25000,0.25000,1.23457,12.00000,-1,41,0.00000',
      '1,1,1.00000,0.50000,0.25000,1.23457,12.00000,-1,41,9.25000',
      '',
    ].join('\n'),
  );
});

it('lines of a chart, every point; names that a user wrote are quoted where they must be', () => {
  const lines = [
    {
      runId: 'run-1',
      name: 'brave-otter',
      steps: Float64Array.of(1, 2),
      minutes: Float64Array.of(1 / 60, 1 / 30),
      values: Float64Array.of(0.5, 0.25),
    },
    { runId: 'run-2', name: 'wide, "deep"', steps: [1], minutes: [2], values: [3] },
    // a name may come from somebody else's file: nothing that a spreadsheet would work out
    { runId: 'run-3', name: '=1+1', steps: [1], minutes: [2], values: [-3] },
  ];
  expect(chartCsv('mask set 1', lines)).toBe(
    [
      'run,name,step,minutes,mask set 1',
      'run-1,brave-otter,1,0.016667,0.5',
      'run-1,brave-otter,2,0.033333,0.25',
      'run-2,"wide, ""deep""",1,2,3',
      "run-3,'=1+1,1,2,-3",
      '',
    ].join('\n'),
  );
});
