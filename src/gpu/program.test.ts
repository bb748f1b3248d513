import { afterEach, expect, it, vi } from 'vitest';
import { failingAfter, watchBuffers } from '../testing/buffers.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { Flight } from './flight.ts';
import { parseKernel } from './kernel.ts';
import { Plan } from './plan.ts';
import { compile, programBytes, programMemory } from './program.ts';

/** Adds one to the first value, once a workgroup. */
const counter = parseKernel(
  'counter',
  `struct Dims { rows: u32 }
@group(0) @binding(0) var<uniform> d: Dims;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1)
fn count(@builtin(global_invocation_id) id: vec3u) { if (id.x < d.rows) { x[id.x] += 1.0; } }
`,
);

function recordCount(rows: number) {
  const plan = new Plan({ most: { rows }, variant: likely });
  const x = plan.state('x', 'rows', 1);
  plan.dispatch({
    label: 'count rows',
    kernel: counter,
    entry: 'count',
    bind: { x },
    dims: { rows: 'rows' },
    grid: (size) => [size('rows')],
  });
  return { plan, x };
}

afterEach(() => vi.restoreAllMocks());

it('inputs and state that no dispatch binds need no memory', async () => {
  const pipelines = await testPipelines();
  const { plan, x } = recordCount(100);
  const unused = plan.input('unused', 1000, 1);
  const buffers = watchBuffers(pipelines.device);
  const program = await compile(plan, pipelines);
  expect(buffers.made).toEqual(['x', 'dims']);
  expect(programBytes(programMemory(recordCount(100).plan))).toBe(programBytes(program.memory));
  expect([x.place === null, unused.place]).toEqual([false, null]);
  program.put(unused, new Float32Array(1000));
  program.destroy();
  expect(buffers.alive()).toEqual([]);
});

it('a plan that is refused leaves nothing behind', async () => {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const { plan, x } = recordCount(100);
  // memory of another kind than a dispatch may bind
  const buffer = device.createBuffer({ size: 400, usage: GPUBufferUsage.COPY_SRC });
  plan.dispatch({ ...plan.dispatches[0], bind: { x: { ...x, name: 'only copied', place: { buffer, offset: 0 } } } });
  const buffers = watchBuffers(device);
  await expect(compile(plan, pipelines)).rejects.toThrow(/WebGPU refused 0 MB of a plan/);
  expect(buffers.made).toEqual(['x', 'dims']);
  expect(buffers.alive()).toEqual([]);
  buffer.destroy();
});

it('a plan that does not compile has made nothing', async () => {
  const pipelines = await testPipelines();
  const buffers = watchBuffers(pipelines.device);
  await expect(compile(recordCount(1).plan, failingAfter(0, pipelines, buffers))).rejects.toThrow('refused');
  expect(buffers.made).toEqual([]);
});

it('more workgroups than a dimension takes are refused by name before anything is submitted', async () => {
  const pipelines = await testPipelines();
  const most = pipelines.device.limits.maxComputeWorkgroupsPerDimension;
  const { plan, x } = recordCount(most + 1);
  const program = await compile(plan, pipelines);
  expect(() => program.submit({ rows: most + 1 })).toThrow(
    `count rows needs ${most + 1} × 1 × 1 workgroups, this GPU takes at most ${most} a dimension.`,
  );
  const flight = new Flight(program, [x], 1);
  const first = ([values]: Float32Array[]) => values[0];
  expect(() => flight.submit({ rows: most + 1 }, first)).toThrow('count rows');
  expect(await flight.submit({ rows: most }, first)).toBe(1); // its place is free again
  flight.destroy();
  program.destroy();
});
