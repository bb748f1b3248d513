// The first state of a visit: what an earlier one left of the settings, and whether the demonstration would contradict it.

import { afterEach, expect, it, vi } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { multiBlock, preset } from '../core/presets.ts';

const left = vi.hoisted(() => ({ settings: null as RunConfig | null }));
vi.mock('./remembered.ts', () => ({ remember: () => {}, remembered: () => left.settings }));

afterEach(() => vi.resetModules());

const visit = async (settings: RunConfig | null) => {
  left.settings = settings;
  return (await import('./studio.ts')).useStudio.getState();
};

it('the stored run is shown where its masks are those of the settings, else what the settings draw', async () => {
  const nano = preset('nano');
  expect((await visit(null)).demo).toBe(true);
  vi.resetModules();
  expect((await visit({ ...nano, optim: { ...nano.optim, lr: 0.002 } })).demo).toBe(true);
  for (const other of [
    { ...nano, masks: [multiBlock(4, 0.3)] },
    { ...nano, maskCut: 'official' as const },
    { ...nano, model: { ...nano.model, crop: 48 } },
  ]) {
    vi.resetModules();
    const { demo, config } = await visit(other);
    expect(demo).toBe(false);
    expect(config).toEqual(other);
  }
});
