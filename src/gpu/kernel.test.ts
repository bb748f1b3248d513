import { afterEach, expect, it, vi } from 'vitest';
import { testDevice } from '../testing/device.ts';
import { parseKernel, PipelineCache, type PipelineKey } from './kernel.ts';

const kernel = parseKernel(
  'one',
  `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1)
fn fill() { x[0] = 1.0; }
`,
);
const key: PipelineKey = { kernel, entry: 'fill', names: ['x'], overrides: {} };

afterEach(() => vi.restoreAllMocks());

it('a pipeline is compiled once, and again when it failed, from its source on', async () => {
  const device = await testDevice();
  const pipelines = new PipelineCache(device);
  const modules = vi.spyOn(device, 'createShaderModule');
  vi.spyOn(device, 'createComputePipelineAsync').mockRejectedValueOnce(new Error('out of memory'));
  const both = await Promise.allSettled([pipelines.get(key), pipelines.get(key)]);
  expect(both.map((r) => r.status)).toEqual(['rejected', 'rejected']);
  expect(pipelines.created).toBe(1);
  const made = await pipelines.get(key);
  expect(await pipelines.get(key)).toBe(made);
  expect([pipelines.created, modules.mock.calls.length]).toEqual([2, 2]);
});
