import { afterEach, expect, it, vi } from 'vitest';
import { availableVariants, variants } from '../core/variant.ts';
import type { AdapterReport } from '../protocol/messages.ts';
import { stubStorage } from '../testing/memory-storage.ts';
import { kernelsFound, measureObstacle, recallKernels, chooseKernels, useMeasured } from './measure.ts';

const { sent } = vi.hoisted(() => ({ sent: [] as unknown[] }));
vi.mock('./engine.ts', () => ({
  ask: () => new Promise(() => {}),
  send: (command: unknown) => void sent.push(command),
}));
afterEach(() => vi.unstubAllGlobals());

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

it('what was measured on an earlier visit holds as long as there is nothing else to choose; what was chosen always', () => {
  stubStorage();
  const adapter = (features: string[]) => ({ name: 'a GPU', available: availableVariants(features) }) as AdapterReport;
  const recalled = (features: string[]) => {
    useMeasured.setState({ tuned: null });
    sent.length = 0;
    recallKernels(adapter(features));
    return sent;
  };
  const variant = variants.registers;
  kernelsFound(adapter([]), {
    variant,
    rows: [{ part: 'product', form: 'registers', milliseconds: 1, chosen: true }],
  });
  expect(recalled([])).toEqual([{ type: 'useVariant', variant }]);
  expect(recalled(['subgroups'])).toEqual([]); // forms that were not measured
  chooseKernels(adapter([]), variant);
  expect(recalled(['subgroups'])).toEqual([{ type: 'useVariant', variant }]);
});
