// Ring 1 of proof: an operation against a plain f64 reference, its gradient against central differences of that reference.
// One recorded plan is replayed for several token counts; every buffer has guard elements at both ends, and what a run does
// not write is NaN, as memory that others have used may be: who reads behind the rows or channels in use is found.

import { expect } from 'vitest';
import { fromHalf, toHalf } from '../core/half.ts';
import { bytesOf } from '../gpu/arena.ts';
import { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { canRun, likelyVariant, matrixEdge, type Variant, variants as named } from '../core/variant.ts';
import { compile, guardValue, type Program, type StepValues } from '../gpu/program.ts';
import { readBuffer, readTensor } from '../gpu/readback.ts';
import { root, type Size, type Tensor, type TensorType } from '../gpu/tensor.ts';
import { describeDevice, testDevice } from './device.ts';

const device = await describeDevice();

/** A matrix of the reference, in f64. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float64Array;
}

export const zeros = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols) });

export interface InputSpec {
  rows: Size;
  cols: number;
  /** values; random normal ones when absent */
  data?: (sizes: StepValues, rows: number) => ArrayLike<number>;
  type?: 'u32' | 'f16';
  /** checked against central differences (default: every input but u32) */
  gradient?: boolean;
}

export interface OperationCase {
  sizes: StepValues[];
  inputs: Record<string, InputSpec>;
  record: (plan: Plan, t: Record<string, Tensor>) => Tensor;
  reference: (t: Record<string, Matrix>, sizes: StepValues) => Matrix;
  variant: Variant;
  /** largest allowed |difference| as a share of the largest |expected| value */
  tolerance?: number;
  /** values and upstream gradients are random multiples of 1/16 up to 4, which halves hold exactly */
  coarse?: boolean;
}

const runnable = Object.entries(named)
  .filter(([, variant]) => canRun(variant, device.features))
  .map(([label, variant]) => ({ label, variant }));

const singles = runnable.filter(({ variant }) => variant.storage === 'single');

/** The first variant of every form of a part. */
const distinct = (part: keyof Variant) =>
  singles.filter(({ variant }, i) => singles.findIndex((other) => other.variant[part] === variant[part]) === i);

/** Every form of attention that the device can run, each with another form of products. */
export const variants = distinct('attention');

/** Every form of products that the device can run. */
export const productVariants = distinct('product');

/** Every form of sums over rows that the device can run. */
export const rowVariants = distinct('rows');

/** Those that store activations by halves; none where the adapter has no shader-f16. */
export const halves = runnable.filter(({ variant }) => variant.storage === 'half' && !matrixEdge(variant));

/** Those whose products round their operands to halves; none where the adapter has no subgroup matrices. */
export const matrices = runnable.filter(({ variant }) => matrixEdge(variant));

/** Values of a tensor as they lie in memory, in whole words. */
export function stored(type: TensorType, values: ArrayLike<number>): Uint32Array | Uint16Array | Float32Array {
  if (type === 'u32') return Uint32Array.from(values);
  if (type === 'f32') return Float32Array.from(values);
  const halves = new Uint16Array(Math.ceil(values.length / 2) * 2);
  halves.set(toHalf(values));
  return halves;
}

/** The nearest half precision numbers. */
export const roundedToHalf = (values: ArrayLike<number>): Float32Array<ArrayBuffer> => fromHalf(toHalf(values));

/** The form that the studio would choose on this device. */
export const likely = named[likelyVariant(device.software, device.features)];

/** Deterministic, roughly normal numbers. */
export function noise(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** |a − b| ≤ tolerance · max|b|, named by the first element that differs. */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(actual.length, `${name}: length`).toBe(expected.length);
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i] - expected[i]);
    if (!(off <= tolerance * Math.max(scale, 1e-3)))
      throw new Error(`${name}[${i}] is ${actual[i]}, expected ${expected[i]} (largest ${scale}, ${off / scale} off)`);
  }
}

let cache: PipelineCache | null = null;

/** Pipelines shared by all tests of a process. */
export async function testPipelines(): Promise<PipelineCache> {
  const device = await testDevice();
  return (cache ??= new PipelineCache(device));
}

/** Writes the inputs, runs one step and waits. */
export async function runOnce(program: Program, values: StepValues): Promise<void> {
  program.write(values);
  const encoder = program.device.createCommandEncoder();
  program.encode(encoder, values);
  program.device.queue.submit([encoder.finish()]);
  await program.device.queue.onSubmittedWorkDone();
}

/** Throws when a guard element of any buffer was overwritten. */
export async function expectGuards(program: Program, guard: number): Promise<void> {
  for (const t of program.plan.tensors) {
    if (!t.place || t.role === 'weight' || t.role === 'gradient') continue;
    const bytes = bytesOf(program.plan, t);
    const front = await readBuffer(program.device, t.place.buffer, 0, guard);
    const rear = await readBuffer(program.device, t.place.buffer, t.place.buffer.size - guard * 4, guard);
    for (const value of [...front, ...rear])
      if (value !== guardValue) throw new Error(`${t.name} (${bytes} bytes): a guard element holds ${value}`);
  }
}

export async function checkOperation(c: OperationCase): Promise<void> {
  const pipelines = await testPipelines();
  const { device: gpu } = pipelines;
  const tolerance = c.tolerance ?? 3e-6;
  const guard = 64;
  const most: Record<string, number> = {};
  for (const sizes of c.sizes) for (const [name, n] of Object.entries(sizes)) most[name] = Math.max(most[name] ?? 0, n);
  const plan = new Plan({ most, variant: c.variant, keepAll: true });
  const inputs: Record<string, Tensor> = {};
  for (const [name, spec] of Object.entries(c.inputs)) {
    inputs[name] = plan.input(name, spec.rows, spec.cols, spec.type ?? 'f32');
    inputs[name].needsGradient = spec.type !== 'u32' && spec.gradient !== false;
  }
  const result = c.record(plan, inputs);
  const seed = plan.input('seed', result.rows, result.cols);
  if (result.needsGradient) {
    plan.seedGradient(result, seed);
    plan.backward();
  }
  const program = await compile(plan, pipelines, { guardFloats: guard });
  const normal = noise(7);
  const random = c.coarse ? () => Math.round(16 * Math.max(-4, Math.min(4, normal()))) / 16 : normal;
  for (const sizes of c.sizes) {
    const at = (size: Size) => (typeof size === 'number' ? size : sizes[size]);
    const upload = (t: Tensor, values: ArrayLike<number>) => {
      if (!root(t).place) return; // nothing reads it
      gpu.queue.writeBuffer(t.place!.buffer, t.place!.offset, stored(t.type, values));
    };
    for (const t of plan.tensors) if (t.place && t.role !== 'state') spoil(gpu, t, bytesOf(plan, t));
    const matrices: Record<string, Matrix> = {};
    for (const [name, spec] of Object.entries(c.inputs)) {
      const rows = at(spec.rows);
      const given = spec.data?.(sizes, rows) ?? Float32Array.from({ length: rows * spec.cols }, random);
      upload(inputs[name], given);
      matrices[name] = {
        rows,
        cols: spec.cols,
        data: Float64Array.from(
          spec.type === 'f16' ? roundedToHalf(given) : spec.type ? given : Float32Array.from(given),
        ),
      };
    }
    const expected = c.reference(matrices, sizes);
    const gout = Float32Array.from({ length: expected.data.length }, random);
    upload(seed, gout);
    await runOnce(program, sizes);
    const label = JSON.stringify(sizes);
    expectClose(`result ${label}`, await readTensor(gpu, result, expected.data.length), expected.data, tolerance);
    if (result.needsGradient) {
      for (const [name, t] of Object.entries(inputs)) {
        if (!t.needsGradient) continue;
        const places = spread(matrices[name].data.length, 200);
        const numeric = centralDifferences(matrices, name, places, (m) => dot(c.reference(m, sizes).data, gout));
        const actual = await readTensor(gpu, plan.gradientOf(t), matrices[name].data.length);
        expectClose(
          `d ${name} ${label}`,
          places.map((i) => actual[i]),
          numeric,
          tolerance * 4,
        );
      }
    }
    await expectGuards(program, guard);
  }
  program.destroy();
}

/** Fills the memory of a tensor with NaN, whatever its type. Tables are left: no kernel may read an index that is none. */
function spoil(device: GPUDevice, { place, type }: Tensor, bytes: number): void {
  if (!place || type === 'u32') return;
  const nan = type === 'f16' ? 0x7e007e00 : 0x7fc00000;
  device.queue.writeBuffer(place.buffer, place.offset, new Uint32Array(bytes / 4).fill(nan));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Up to `most` places of a list, first and last among them. */
function spread(length: number, most: number): number[] {
  const n = Math.min(length, most);
  return Array.from({ length: n }, (_, i) => (n === 1 ? 0 : Math.round((i * (length - 1)) / (n - 1))));
}

/** Gradient of f at some places by the symmetric difference quotient, in f64. */
function centralDifferences(
  matrices: Record<string, Matrix>,
  name: string,
  places: number[],
  f: (m: Record<string, Matrix>) => number,
): number[] {
  const { data } = matrices[name];
  const step = 1e-5;
  return places.map((i) => {
    const value = data[i];
    data[i] = value + step;
    const above = f(matrices);
    data[i] = value - step;
    const below = f(matrices);
    data[i] = value;
    return (above - below) / (2 * step);
  });
}
