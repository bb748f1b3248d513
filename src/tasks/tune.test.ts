import { expect, it } from 'vitest';
import { type Variant, variantParts, variants } from '../core/variant.ts';
import { testPipelines } from '../testing/check-operation.ts';
import { availableVariants, fastestForms, tune } from './tune.ts';

it('the fastest form of every part, each measured once beside the fastest of the parts before', async () => {
  const cost: Record<keyof Variant, Record<string, number>> = {
    product: { quads: 3, registers: 1, workgroup: 2 },
    attention: { quads: 1, registers: 1, workgroup: 5 },
    rows: { thread: 9, workgroup: 0.5 },
    storage: { single: 2, half: 1 },
  };
  const asked: [string, Variant][] = [];
  const { variant, rows } = await fastestForms(Object.values(variants), variantParts, (part, trying) => {
    asked.push([part, trying]);
    return Promise.resolve(cost[part][trying[part]]);
  });
  const chosen = rows.filter((row) => row.chosen).map(({ part, form }) => `${part} ${form}`);
  expect(variant.product).toBe('registers');
  expect(variant.rows).toBe('workgroup');
  // of equal ones the first
  expect(chosen).toEqual(['product registers', `attention ${variant.attention}`, 'rows workgroup', 'storage single']);
  // register products have no half form, so it is not asked for
  expect(rows.some((row) => row.form === 'half')).toBe(false);
  expect(cost.attention[variant.attention]).toBe(1);
  expect(new Set(rows.map(({ part, form }) => part + form)).size).toBe(rows.length);
  for (const [part, trying] of asked) if (part !== 'product') expect(trying.product).toBe('registers');
});

it('forms that need a feature are not tried without it', () => {
  expect(availableVariants([]).length).toBeGreaterThan(0);
  expect(availableVariants([]).length).toBeLessThan(availableVariants(['subgroups']).length);
});

it('stops between two forms when told', async () => {
  const pipelines = await testPipelines();
  const stop = new AbortController();
  stop.abort();
  await expect(tune(pipelines, [], { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
});

it('measures real kernels and gives their memory back', async () => {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const made = device.createBuffer.bind(device);
  const buffers: { destroyed: boolean }[] = [];
  device.createBuffer = (descriptor) => {
    const buffer = made(descriptor);
    const seen = { destroyed: false };
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      seen.destroyed = true;
      return destroy();
    };
    buffers.push(seen);
    return buffer;
  };
  const told: [string, number, number][] = [];
  const onForm = (...one: [string, number, number]) => told.push(one);
  const { variant, rows } = await tune(pipelines, [...device.features], { parts: ['rows'], onForm });
  device.createBuffer = made;
  expect(told).toEqual(rows.map(({ form }, i) => [form, i, rows.length]));
  expect(rows.length).toBeGreaterThan(1);
  for (const { part, milliseconds } of rows) {
    expect(part).toBe('rows');
    expect(milliseconds).toBeGreaterThan(0);
  }
  expect(rows.filter((row) => row.chosen).map((row) => row.form)).toEqual([variant.rows]);
  expect(Math.min(...rows.map((row) => row.milliseconds))).toBe(rows.find((row) => row.chosen)?.milliseconds);
  expect(buffers.length).toBeGreaterThan(0);
  expect(buffers.every((buffer) => buffer.destroyed)).toBe(true);
});
