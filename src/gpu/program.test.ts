import { expect, it } from 'vitest';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { parseKernel } from './kernel.ts';
import { Plan } from './plan.ts';
import { compile } from './program.ts';

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

it('more workgroups than a dimension takes are refused by name before anything is submitted', async () => {
  const pipelines = await testPipelines();
  const most = pipelines.device.limits.maxComputeWorkgroupsPerDimension;
  const program = await compile(recordCount(most + 1).plan, pipelines);
  expect(() => program.submit({ rows: most + 1 })).toThrow(
    `count rows needs ${most + 1} × 1 × 1 workgroups, this GPU takes at most ${most} a dimension.`,
  );
  program.submit({ rows: most });
  await pipelines.device.queue.onSubmittedWorkDone();
  program.destroy();
});
