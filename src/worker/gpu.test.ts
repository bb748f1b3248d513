import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Variant, variants } from '../core/variant.ts';
import type { Event } from '../protocol/messages.ts';
import type { tune } from '../tasks/tune.ts';
import { Gpu } from './gpu.ts';

const fastest: Variant = { ...variants.workgroup, rows: 'subgroup' };

/** An adapter that only opens. */
function offer(architecture: string): void {
  const features = new Set(['subgroups', 'shader-f16']);
  const device = { features, limits: {}, lost: new Promise(() => {}) };
  const info = { vendor: 'maker', architecture, description: '', device: '', isFallbackAdapter: false };
  const adapter = { features, limits: {}, info, requestDevice: () => Promise.resolve(device) };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
}

beforeEach(() => vi.stubGlobal('self', { isSecureContext: true }));
afterEach(() => vi.unstubAllGlobals());

function measured(result: () => Promise<Awaited<ReturnType<typeof tune>>>) {
  const events: Event[] = [];
  const measure = vi.fn<typeof tune>(result);
  return { events, measure, gpu: new Gpu((event) => events.push(event), measure) };
}

const found = () =>
  Promise.resolve({
    variant: fastest,
    rows: [{ part: 'rows' as const, form: 'subgroup', milliseconds: 1, chosen: true }],
  });

it('measures a GPU before its first run, once, without half precision, and tells the page', async () => {
  offer('card');
  const { events, measure, gpu } = measured(found);
  expect(await gpu.settle(() => {})).toEqual(fastest);
  expect(await gpu.settle(() => {})).toEqual(fastest);
  expect(measure).toHaveBeenCalledTimes(1);
  expect(measure.mock.calls[0][2]?.parts).not.toContain('storage');
  expect(events.at(-1)).toMatchObject({ type: 'kernelsFound', variant: fastest });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'device', state: expect.objectContaining({ kind: 'ready' }) }),
  );
});

it('two runs wait for one measurement, and a choice by hand meanwhile stays', async () => {
  offer('card');
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const { events, measure, gpu } = measured(() => ended.then(found));
  const both = [gpu.settle(() => {}), gpu.settle(() => {})];
  await gpu.choose(variants.quads);
  end();
  expect(await Promise.all(both)).toEqual([variants.quads, variants.quads]);
  expect(measure).toHaveBeenCalledTimes(1);
  expect(events.some(({ type }) => type === 'kernelsFound')).toBe(false);
});

it('leaves a choice, and a software adapter, alone', async () => {
  offer('card');
  const chosen = measured(found);
  await chosen.gpu.choose(variants['quads half']);
  expect(await chosen.gpu.settle(() => {})).toEqual(variants['quads half']);
  const likely = measured(found);
  await likely.gpu.choose(null);
  expect(await likely.gpu.settle(() => {})).toEqual(variants.workgroup);
  offer('swiftshader');
  const software = measured(found);
  expect(await software.gpu.settle(() => {})).toEqual(variants.quads);
  for (const { measure } of [chosen, likely, software]) expect(measure).not.toHaveBeenCalled();
});

it('keeps the likely forms where measuring fails, and does not try again', async () => {
  offer('card');
  const { events, measure, gpu } = measured(() => Promise.reject(new StudioError('shader', 'no', '')));
  expect(await gpu.settle(() => {})).toEqual(variants.workgroup);
  expect(await gpu.settle(() => {})).toEqual(variants.workgroup);
  expect(measure).toHaveBeenCalledTimes(1);
  expect(events.some(({ type }) => type === 'kernelsFound')).toBe(false);
  expect(events.filter(({ type }) => type === 'kernelsNotFound')).toEqual([
    { type: 'kernelsNotFound', error: expect.objectContaining({ code: 'shader', message: 'no' }) },
  ]);
});

it('a device that could not be had is asked for again by whoever needs it next', async () => {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(null) } });
  const { gpu } = measured(found);
  await expect(gpu.use()).rejects.toMatchObject({ code: 'gpu-missing' });
  offer('card');
  expect((await gpu.use()).open.name).toBe('maker card');
});

it('tells the forms in force without opening a device', async () => {
  const requestAdapter = vi.fn(() => Promise.resolve(null));
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  const { gpu } = measured(found);
  expect(gpu.inForce).toEqual(variants.workgroup);
  expect(requestAdapter).not.toHaveBeenCalled();
  offer('card');
  await gpu.choose(variants['quads half']);
  expect(gpu.inForce).toEqual(variants['quads half']);
});
