import { expect, it } from 'vitest';
import { availableVariants, type Variant, variants } from '../core/variant.ts';
import { testPipelines } from '../testing/check-operation.ts';
import { describeDevice } from '../testing/device.ts';
import { StudioError } from '../core/errors.ts';
import { fastestForms, tune, tunedParts } from './tune.ts';

/** A trial of this many milliseconds. */
const took = (milliseconds: number, ...values: number[]) =>
  Promise.resolve({ milliseconds, values: [Float32Array.from(values)] });

it('the fastest form of every part, each measured once beside the fastest of the parts before', async () => {
  const cost: Record<keyof Variant, Record<string, number>> = {
    product: { quads: 3, registers: 1, workgroup: 2, workgroup32: 2, matrix8: 2, matrix16: 2 },
    attention: { quads: 1, registers: 1, workgroup: 5 },
    rows: { thread: 9, workgroup: 0.5, subgroup: 0.7 },
    storage: { single: 2, half: 1 },
  };
  const asked: [string, Variant][] = [];
  const { variant, rows } = await fastestForms(Object.values(variants), tunedParts, (part, trying) => {
    asked.push([part, trying]);
    return took(cost[part][trying[part]]);
  });
  const chosen = rows.filter((row) => row.chosen).map(({ part, form }) => `${part} ${form}`);
  expect(variant.product).toBe('registers');
  expect(variant.rows).toBe('workgroup');
  // of equal ones the first
  expect(chosen).toEqual(['rows workgroup', 'product registers', `attention ${variant.attention}`]);
  // register products have no half form, so that there is nothing to choose
  expect(rows.some((row) => row.part === 'storage')).toBe(false);
  expect(cost.attention[variant.attention]).toBe(1);
  expect(new Set(rows.map(({ part, form }) => part + form)).size).toBe(rows.length);
  for (const [part, trying] of asked)
    if (part === 'attention' || part === 'storage') expect(trying.product).toBe('registers');
});

it('does not compile forms with barriers where a row has shown that barriers are ruinous', async () => {
  const tried = async (workgroupRow: number) => {
    const forms: string[] = [];
    await fastestForms(Object.values(variants), tunedParts, (part, trying) => {
      forms.push(`${part} ${trying[part]}`);
      return took(part === 'rows' && trying.rows !== 'thread' ? workgroupRow : 1);
    });
    return forms;
  };
  expect(await tried(3.9)).toEqual(expect.arrayContaining(['product workgroup', 'attention workgroup']));
  const ruinous = await tried(50);
  expect(ruinous).not.toContain('product workgroup');
  expect(ruinous).not.toContain('product workgroup32');
  expect(ruinous).not.toContain('attention workgroup');
  expect(ruinous.filter((form) => form.includes('matrix'))).toEqual([]);
  expect(ruinous).toEqual(expect.arrayContaining(['rows workgroup', 'product quads', 'attention registers']));
});

it('products by matrices bring half precision with them, and are not tried where it is not asked for', async () => {
  const tuned = (asked: readonly (keyof Variant)[]) =>
    fastestForms(Object.values(variants), asked, (_, { product }) => took(product === 'matrix16' ? 1 : 2));
  const { variant, rows } = await tuned(tunedParts);
  expect(variant).toMatchObject({ product: 'matrix16', storage: 'half' });
  expect(rows.filter(({ part }) => part === 'attention').length).toBeGreaterThan(1);
  expect(rows.some(({ part }) => part === 'storage')).toBe(false); // there is only one way to store then
  const without = await tuned(['rows', 'product', 'attention']);
  expect(without.variant.storage).toBe('single');
  expect(without.rows.map(({ form }) => form)).not.toContain('matrix16');
});

it('a form that the adapter refuses, or that computes something else there, is not chosen and says why', async () => {
  const { variant, rows } = await fastestForms(Object.values(variants), ['product'], (_, { product }) => {
    if (product === 'registers') return took(9, 1, -100);
    if (product.startsWith('workgroup')) return Promise.reject(new StudioError('shader', 'line 3'));
    return took(1, 1, product === 'quads' ? -100.05 : NaN);
  });
  expect(variant.product).toBe('quads'); // off by less than rounding may be
  expect(rows.map(({ form, milliseconds, problem, chosen }) => [form, milliseconds, problem, chosen])).toEqual([
    ['registers', 9, undefined, false],
    ['workgroup', null, 'does not compile', false],
    ['workgroup32', null, 'does not compile', false],
    ['quads', 1, undefined, true],
  ]);
  for (const wrong of [NaN, -100.2]) {
    const found = await fastestForms(Object.values(variants), ['product'], (_, { product }) =>
      took(product === 'registers' ? 9 : 1, 1, product === 'registers' ? -100 : wrong),
    );
    expect(found.variant.product).toBe('registers');
    expect(found.rows[1]).toMatchObject({ milliseconds: null, problem: 'computes something else' });
  }
  const other = fastestForms(Object.values(variants), ['product'], () => Promise.reject(new Error('lost')));
  await expect(other).rejects.toThrow('lost');
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
  const { variant, rows } = await tune(pipelines, (await describeDevice()).features, { parts: ['rows'], onForm });
  device.createBuffer = made;
  expect(told).toEqual(rows.map(({ form }, i) => [form, i, rows.length]));
  expect(rows.length).toBeGreaterThan(1);
  for (const { part, milliseconds } of rows) {
    expect(part).toBe('rows');
    expect(milliseconds).toBeGreaterThan(0);
  }
  expect(rows.filter((row) => row.chosen).map((row) => row.form)).toEqual([variant.rows]);
  expect(rows.every((row) => row.problem === undefined)).toBe(true);
  const times = rows.map((row) => row.milliseconds ?? NaN);
  expect(Math.min(...times)).toBe(rows.find((row) => row.chosen)?.milliseconds);
  expect(buffers.length).toBeGreaterThan(0);
  expect(buffers.every((buffer) => buffer.destroyed)).toBe(true);
});
