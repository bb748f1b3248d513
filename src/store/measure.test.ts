import { expect, it } from 'vitest';
import { measureObstacle, useMeasured } from './measure.ts';

it('nothing is measured beside a run that takes steps, or beside another measurement', () => {
  const idle = useMeasured.getState();
  for (const state of ['paused', 'stopped', 'finished', 'failed'] as const)
    expect(measureObstacle({ state }, idle)).toBeNull();
  expect(measureObstacle(null, idle)).toBeNull();
  for (const state of ['preparing', 'running'] as const)
    expect(measureObstacle({ state }, idle)).toMatch(/^A run is training/);
  expect(measureObstacle(null, { ...idle, tuning: 'tuner 1' })).toMatch(/^The kernels are being measured/);
  expect(measureObstacle(null, { ...idle, jobId: 'benchmark 1' })).toMatch(/^The device is being measured/);
});
