// Running a few dispatches by hand in a test: inputs with values, a plan, results by tensor.

import { Plan } from '../gpu/plan.ts';
import type { Variant } from '../core/variant.ts';
import { compile, type Program, type StepValues } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { root, type Tensor, type TensorType } from '../gpu/tensor.ts';
import { runOnce, stored, testPipelines } from './check-operation.ts';

export interface Bench {
  plan: Plan;
  /** an input with these values; rows × cols */
  input: (name: string, rows: number, cols: number, values: ArrayLike<number>, type?: TensorType) => Tensor;
}

/** Records with `record`, runs once with `values`, and returns a reader. */
export async function bench<T>(
  variant: Variant,
  values: StepValues,
  record: (b: Bench) => T,
): Promise<{
  recorded: T;
  program: Program;
  read: (t: Tensor) => Promise<Float32Array>;
  again: (v: StepValues) => Promise<void>;
}> {
  const pipelines = await testPipelines();
  const plan = new Plan({ most: values, variant, keepAll: true });
  const writes: { t: Tensor; values: ArrayLike<number> }[] = [];
  const recorded = record({
    plan,
    input(name, rows, cols, given, type = 'f32') {
      const t = plan.input(name, rows, cols, type);
      writes.push({ t, values: given });
      return t;
    },
  });
  const program = await compile(plan, pipelines);
  for (const { t, values: given } of writes) {
    const { place } = root(t);
    // what no dispatch reads has no memory
    if (place) pipelines.device.queue.writeBuffer(place.buffer, place.offset, stored(t.type, given));
  }
  await runOnce(program, values);
  return {
    recorded,
    program,
    read: (t) => readTensor(pipelines.device, t, plan.mostOf(t.rows) * t.cols),
    again: (v) => runOnce(program, v),
  };
}
