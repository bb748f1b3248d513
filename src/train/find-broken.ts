// Names the first tensor of a step that is not finite, by running the step again one dispatch at a time. The guard is
// set, so nothing is updated. Only called when a step broke.

import type { Arena } from '../gpu/arena.ts';
import type { Program, StepValues } from '../gpu/program.ts';
import { readBuffer, readTensor } from '../gpu/readback.ts';
import type { Size } from '../gpu/tensor.ts';
import type { Networks } from './step.ts';

/** Inputs and weights are looked at first, then every result in the order of the tape. */
export async function findBroken(program: Program, nets: Networks, values: StepValues): Promise<string> {
  const { device, plan } = program;
  const count = (rows: Size, cols: number) => (typeof rows === 'number' ? rows : values[rows]) * cols;
  const clips = plan.find('clips');
  if (broken(await readTensor(device, clips, count(clips.rows, clips.cols)))) return 'the input clips';
  for (const arena of [nets.encoder, nets.predictor, nets.target]) {
    const found = await brokenParameter(device, arena);
    if (found) return found;
  }
  program.write(values);
  for (let i = 0; i < program.prepared.length; i++) {
    const encoder = device.createCommandEncoder();
    program.encodeOne(encoder, i, values);
    device.queue.submit([encoder.finish()]);
    const { dispatch } = program.prepared[i];
    for (const [name, t] of Object.entries(dispatch.bind)) {
      if (dispatch.kernel.bindings.get(name)?.access !== 'read_write' || t.type === 'u32' || t.role === 'state')
        continue;
      if (broken(await readTensor(device, t, count(t.rows, t.cols)))) return `${t.name} (${dispatch.label})`;
    }
  }
  return 'a gradient norm that overflows';
}

async function brokenParameter(device: GPUDevice, arena: Arena): Promise<string | null> {
  const { buffer } = arena.weights.place!;
  const values = await readBuffer(device, buffer, 0, arena.size);
  for (const p of arena.parameters.values())
    if (broken(values.subarray(p.offset, p.offset + p.size))) return `${arena.label}.${p.name}`;
  return null;
}

const broken = (values: Float32Array): boolean => values.some((v) => !Number.isFinite(v));
