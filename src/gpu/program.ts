// A compiled plan: pipelines, buffers and bind groups made once. A step is one uniform write and one pass; nothing is
// created after compile().

import { StudioError } from '../core/errors.ts';
import { allocated, megabytes } from './allocate.ts';
import { bytesOf } from './arena.ts';
import { freeBuffer, makeBuffer, refuseBeyond } from './held.ts';
import type { Pipeline, PipelineCache } from './kernel.ts';
import { planSlots, refuseLargeBindings } from './memory.ts';
import type { Dispatch, Lookup, Plan, Scalar } from './plan.ts';
import { root, type Tensor } from './tensor.ts';

/** Values of the symbolic sizes and scalars of one step. */
export type StepValues = Record<string, number>;

export interface Prepared {
  dispatch: Dispatch;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  /** byte offset of its Dims in the uniform buffer */
  uniform: number;
}

export interface CompileOptions {
  /** called as pipelines become ready */
  onProgress?: (done: number, total: number) => void;
  /** sentinel floats before and behind every buffer (tests): a stray store shows */
  guardFloats?: number;
}

/** Bytes by what they hold. */
export interface ProgramMemory {
  activations: number;
  inputs: number;
  state: number;
  uniforms: number;
}

const uniformStride = 256; // minUniformBufferOffsetAlignment of the default limits

/** Memory that compile() would allocate, before it does. */
export function programMemory(plan: Plan): ProgramMemory {
  const sum = (role: string) =>
    lasting(plan)
      .filter((t) => t.role === role)
      .reduce((n, t) => n + bytesOf(plan, t), 0);
  return {
    activations: planSlots(plan).reduce((n, slot) => n + slot.bytes, 0),
    inputs: sum('input'),
    state: sum('state'),
    uniforms: plan.dispatches.length * uniformStride,
  };
}

/** What needs memory of its own for the whole life of a program: inputs and state that a dispatch binds. */
function lasting(plan: Plan): Tensor[] {
  const bound = new Set(plan.dispatches.flatMap(({ bind }) => Object.values(bind).map(root)));
  return plan.tensors.filter((t) => bound.has(t) && !t.place && !t.alias && t.role !== 'activation');
}

export const programBytes = ({ activations, inputs, state, uniforms }: ProgramMemory): number =>
  activations + inputs + state + uniforms;

export class Program {
  readonly plan: Plan;
  readonly device: GPUDevice;
  readonly prepared: Prepared[];
  readonly memory: ProgramMemory;
  /** uniforms among them */
  readonly #buffers: readonly GPUBuffer[];
  readonly #mostGroups: number;
  #uniforms: GPUBuffer;
  #view: DataView<ArrayBuffer>;
  #changing: { at: number; f32: boolean; scalar: string }[] = [];

  constructor(
    plan: Plan,
    device: GPUDevice,
    prepared: Prepared[],
    buffers: readonly GPUBuffer[],
    uniforms: GPUBuffer,
    memory: ProgramMemory,
  ) {
    this.plan = plan;
    this.device = device;
    this.prepared = prepared;
    this.#buffers = buffers;
    this.memory = memory;
    this.#mostGroups = device.limits.maxComputeWorkgroupsPerDimension;
    this.#uniforms = uniforms;
    this.#view = new DataView(new ArrayBuffer(uniforms.size));
    this.#fixUniforms();
  }

  /** Copies values from the host into a tensor; one that no dispatch binds has no memory, and nothing happens. */
  put(tensor: Tensor, values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): void {
    const { place } = root(tensor);
    if (place && values.length) this.device.queue.writeBuffer(place.buffer, place.offset, values);
  }

  /** Uniforms, all dispatches and what `then` adds to them, in one submit. */
  submit(values: StepValues, then: (encoder: GPUCommandEncoder) => void = () => {}): void {
    this.write(values);
    const encoder = this.device.createCommandEncoder();
    this.encode(encoder, values);
    then(encoder);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Writes the numbers of this step; one upload for all dispatches. */
  write(values: StepValues): void {
    const lookup = this.#lookup(values);
    for (const { at, f32, scalar } of this.#changing) {
      const value = lookup(scalar);
      if (f32) this.#view.setFloat32(at, value, true);
      else this.#view.setUint32(at, value, true);
    }
    this.device.queue.writeBuffer(this.#uniforms, 0, this.#view.buffer);
  }

  /** Writes the fields that never change, and lists the others. */
  #fixUniforms(): void {
    for (const { dispatch, uniform } of this.prepared) {
      for (const { name, type, offset } of dispatch.kernel.dims) {
        const given = dispatch.dims[name];
        if (given === undefined) continue;
        const at = uniform + offset;
        if (typeof given === 'string') this.#changing.push({ at, f32: type === 'f32', scalar: given });
        else if (type === 'f32') this.#view.setFloat32(at, given, true);
        else this.#view.setUint32(at, given, true);
      }
    }
  }

  /** Records all dispatches into one pass of the encoder, `times` times over (benchmarks). */
  encode(
    encoder: GPUCommandEncoder,
    values: StepValues,
    times = 1,
    timestampWrites?: GPUComputePassTimestampWrites,
  ): void {
    const pass = encoder.beginComputePass({ label: 'step', ...(timestampWrites && { timestampWrites }) });
    const size = this.#lookup(values);
    for (let i = 0; i < times; i++) for (const one of this.prepared) this.#record(pass, one, size);
    pass.end();
  }

  /** Records dispatch number i alone; for timing and for finding the tensor that broke. */
  encodeOne(
    encoder: GPUCommandEncoder,
    i: number,
    values: StepValues,
    timestampWrites?: GPUComputePassTimestampWrites,
  ): void {
    const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    this.#record(pass, this.prepared[i], this.#lookup(values));
    pass.end();
  }

  #record(pass: GPUComputePassEncoder, { dispatch, pipeline, bindGroup }: Prepared, size: Lookup): void {
    const [x, y = 1, z = 1] = dispatch.grid(size);
    if (x === 0 || y === 0 || z === 0) return;
    // WebGPU would drop the whole submit, and the step would look like one that was taken
    if (Math.max(x, y, z) > this.#mostGroups)
      throw new StudioError(
        'config',
        `${dispatch.label} needs ${x} × ${y} × ${z} workgroups, this GPU takes at most ${this.#mostGroups} a dimension.`,
        'Choose a smaller batch, fewer frames or larger patches.',
      );
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y, z);
  }

  #lookup(values: StepValues): Lookup {
    return (s: Scalar) => {
      if (typeof s === 'number') return s;
      const value = values[s];
      if (value === undefined) throw new StudioError('internal', `the step sets no value for ${s}`);
      const most = this.plan.most[s];
      if (most !== undefined && value > most)
        throw new StudioError('internal', `${s} is ${value}, memory was planned for at most ${most}`);
      return value;
    };
  }

  /** Frees what compile() made; arenas belong to others. */
  destroy(): void {
    this.#buffers.forEach(freeBuffer);
  }
}

/** Makes pipelines (asynchronously, in parallel), buffers and bind groups for a recorded plan. */
export async function compile(plan: Plan, pipelines: PipelineCache, options: CompileOptions = {}): Promise<Program> {
  const device = pipelines.device;
  const memory = programMemory(plan);
  const total = programBytes(memory);
  refuseLargeBindings(plan, device.limits);
  refuseBeyond(device, 'What is computed', total);
  const compiled = await compilePipelines(plan, pipelines, options.onProgress);
  const buffers: GPUBuffer[] = [];
  return allocated(
    device,
    () => `${megabytes(total)} MB of a plan`,
    () => {
      // others may have taken the rest while pipelines were compiled
      refuseBeyond(device, 'What is computed', total);
      const guard = options.guardFloats ?? 0;
      allocate(plan, device, guard, buffers);
      const uniforms = makeBuffer(device, {
        label: 'dims',
        size: Math.max(uniformStride, plan.dispatches.length * uniformStride),
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      buffers.push(uniforms);
      const prepared = plan.dispatches.map((dispatch, i) =>
        prepare(plan, device, dispatch, compiled[i], uniforms, i, guard),
      );
      return new Program(plan, device, prepared, buffers, uniforms, memory);
    },
    () => buffers.forEach(freeBuffer),
  );
}

/** Binds the tensors of dispatch number i. */
function prepare(
  plan: Plan,
  device: GPUDevice,
  dispatch: Dispatch,
  { pipeline, layout }: Pipeline,
  uniforms: GPUBuffer,
  i: number,
  guard: number,
): Prepared {
  const entries: GPUBindGroupEntry[] = bindingNames(dispatch).map((name) => {
    const binding = dispatch.kernel.bindings.get(name)!;
    if (binding.access === 'uniform')
      return {
        binding: binding.number,
        resource: { buffer: uniforms, offset: i * uniformStride, size: uniformStride },
      };
    const owner = root(dispatch.bind[name]);
    const { buffer, offset } = owner.place!;
    // With guards the binding reaches over the rear guard, so that a store beyond the end is seen there.
    const size = bytesOf(plan, owner) + (guard && owner.role !== 'weight' && owner.role !== 'gradient' ? guard * 4 : 0);
    return { binding: binding.number, resource: { buffer, offset, size: Math.min(size, buffer.size - offset) } };
  });
  return {
    dispatch,
    pipeline,
    bindGroup: device.createBindGroup({ label: dispatch.label, layout, entries }),
    uniform: i * uniformStride,
  };
}

/** Compiles what a plan needs and makes nothing else; what is compiled already is not compiled again. */
export async function compilePipelines(
  plan: Plan,
  pipelines: PipelineCache,
  onProgress?: (done: number, total: number) => void,
): Promise<Pipeline[]> {
  const wanted = plan.dispatches.map((d) =>
    pipelines.get({ kernel: d.kernel, entry: d.entry, names: bindingNames(d), overrides: d.overrides }),
  );
  const distinct = [...new Set(wanted)];
  let done = 0;
  onProgress?.(0, distinct.length);
  await Promise.all(distinct.map((p) => p.then(() => onProgress?.(++done, distinct.length))));
  return Promise.all(wanted);
}

/** Names of everything the dispatch binds, the uniform block included when the kernel has one. */
function bindingNames(d: Dispatch): string[] {
  const uniform = [...d.kernel.bindings.values()].filter((b) => b.access === 'uniform').map((b) => b.name);
  return [...uniform, ...Object.keys(d.bind)];
}

/** Gives every tensor its memory, in buffers that are added to the list as they are made. */
function allocate(plan: Plan, device: GPUDevice, guard: number, buffers: GPUBuffer[]): void {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const make = (label: string, bytes: number, owners: Tensor[]) => {
    const buffer = makeBuffer(device, { label, size: bytes + 2 * guard * 4, usage });
    if (guard) {
      const sentinel = new Float32Array(guard).fill(guardValue);
      device.queue.writeBuffer(buffer, 0, sentinel);
      device.queue.writeBuffer(buffer, bytes + guard * 4, sentinel);
    }
    buffers.push(buffer);
    for (const t of owners) t.place = { buffer, offset: guard * 4 };
  };
  for (const slot of planSlots(plan)) make(slot.tensors[0].name, slot.bytes, slot.tensors);
  for (const t of lasting(plan)) make(t.name, bytesOf(plan, t), [t]);
}

/** What guard elements hold; no kernel writes it. */
export const guardValue = -777.125;
