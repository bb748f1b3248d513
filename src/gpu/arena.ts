// Parameters of a network in one buffer: decayed tensors first, the others behind, so that AdamW, EMA, gradient norm and
// checkpoint each walk over one stretch of memory. Every tensor starts at a multiple of 256 bytes (binding alignment);
// the gaps hold zeros and stay zero.

import { StudioError } from '../core/errors.ts';
import type { Plan } from './plan.ts';
import type { Tensor } from './tensor.ts';

export interface ParameterSpec {
  /** official name, e.g. blocks.0.attn.qkv.weight */
  name: string;
  /** official shape; as a matrix: first dimension × the product of the others, or 1 × n */
  shape: number[];
  /** weight decay applies (official rule: more than one dimension and no 'bias' in the name) */
  decay: boolean;
  /** fixed tables (position embeddings) have no gradient */
  trained: boolean;
  /** this many parameters of one shape, name.0, name.1 …, one behind the other and bound as one tensor (mask tokens) */
  stack?: number;
}

export interface Parameter {
  name: string;
  shape: number[];
  decay: boolean;
  trained: boolean;
  /** floats from the start of the arena, and how many */
  offset: number;
  size: number;
}

/** What kernels bind: one parameter, or a stack of them. */
export interface Bound {
  tensor: Tensor;
  /** null where there is none */
  gradient: Tensor | null;
}

const alignment = 64; // floats
const align = (n: number): number => Math.ceil(n / alignment) * alignment;

/** Bytes of a tensor at its largest. Storage bindings must not be empty. */
export function bytesOf(plan: Plan, t: Tensor): number {
  return Math.max(16, Math.ceil(plan.mostOf(t.rows) * t.cols * 4));
}

const bufferUsage = (): number => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

export interface Arena {
  label: string;
  /** by official name */
  parameters: Map<string, Parameter>;
  /** by the name of the spec: like parameters, but a stack is one */
  bound: Map<string, Bound>;
  /** floats of the whole arena */
  size: number;
  /** floats [0, decayed) are under weight decay */
  decayed: number;
  /** floats [0, trained) are updated; fixed tables lie behind */
  trained: number;
  weights: Tensor;
  /** present in arenas that are trained */
  gradients: Tensor | null;
  moments: [Tensor, Tensor] | null;
}

/** Lays an arena out and makes its buffers. An arena with `optimiser` can be trained; without, it is a frozen copy. */
export function createArena(device: GPUDevice, label: string, specs: ParameterSpec[], optimiser: boolean): Arena {
  const rank = (s: ParameterSpec) => (!s.trained ? 2 : s.decay ? 0 : 1);
  const ordered = [0, 1, 2].flatMap((r) => specs.filter((s) => rank(s) === r));
  let size = 0;
  let decayed = 0;
  let trained = 0;
  const placed = ordered.map((spec) => {
    const count = spec.shape.reduce((a, b) => a * b, 1);
    const offset = size;
    size += align(count * (spec.stack ?? 1));
    if (spec.trained) trained = size;
    if (spec.trained && spec.decay) decayed = size;
    return { spec, offset, count };
  });
  const whole = (name: string): Tensor => ({
    name: `${label}.${name}`,
    rows: 1,
    cols: size,
    type: 'f32',
    role: 'state',
    place: { buffer: device.createBuffer({ label: `${label}.${name}`, size: size * 4, usage: bufferUsage() }), offset: 0 },
    alias: null,
    needsGradient: false,
    kept: true,
  });
  const weights = whole('weights');
  const gradients = optimiser ? whole('gradients') : null;
  const part = (spec: ParameterSpec, of: Tensor, offset: number, role: 'weight' | 'gradient'): Tensor => {
    const row = spec.shape.length === 1 || spec.stack ? spec.shape : spec.shape.slice(1);
    return {
      name: `${label}.${role === 'gradient' ? 'd.' : ''}${spec.name}`,
      rows: spec.stack ?? (spec.shape.length === 1 ? 1 : spec.shape[0]),
      cols: row.reduce((a, b) => a * b, 1),
      type: 'f32',
      role,
      place: { buffer: of.place!.buffer, offset: offset * 4 },
      alias: null,
      needsGradient: false,
      kept: true,
    };
  };
  const parameters = new Map<string, Parameter>();
  const bound = new Map<string, Bound>();
  for (const { spec, offset, count } of placed) {
    const { name, shape, decay, trained: learns } = spec;
    bound.set(name, {
      tensor: part(spec, weights, offset, 'weight'),
      gradient: gradients && learns ? part(spec, gradients, offset, 'gradient') : null,
    });
    const add = (official: string, at: number) =>
      parameters.set(official, { name: official, shape, decay, trained: learns, offset: at, size: count });
    if (spec.stack) for (let k = 0; k < spec.stack; k++) add(`${name}.${k}`, offset + k * count);
    else add(name, offset);
  }
  return {
    label,
    parameters,
    bound,
    size,
    decayed,
    trained,
    weights,
    gradients,
    moments: optimiser ? [whole('moment1'), whole('moment2')] : null,
  };
}

/** Tells the plan which weights have gradients, and where. */
export function trainArena(plan: Plan, arena: Arena): void {
  for (const b of arena.bound.values()) if (b.gradient) plan.provideGradient(b.tensor, b.gradient);
}

/** The weight of that name, as kernels bind it. */
export function weight(arena: Arena, name: string): Tensor {
  const found = arena.bound.get(name);
  if (!found) throw new StudioError('internal', `${arena.label} has no parameter ${name}`);
  return found.tensor;
}

/** Copies values into the named parameter. Length must match. */
export function writeParameter(device: GPUDevice, arena: Arena, name: string, values: Float32Array): void {
  const p = arena.parameters.get(name);
  if (!p) throw new StudioError('format', `${arena.label} has no parameter ${name}`, 'The file belongs to another architecture.');
  if (values.length !== p.size)
    throw new StudioError('format', `${name} has ${values.length} values, this model has ${p.size} (${p.shape.join(' × ')})`);
  device.queue.writeBuffer(arena.weights.place!.buffer, p.offset * 4, values as Float32Array<ArrayBuffer>);
}

export function destroyArena(arena: Arena): void {
  for (const t of [arena.weights, arena.gradients, ...(arena.moments ?? [])]) t?.place?.buffer.destroy();
}
