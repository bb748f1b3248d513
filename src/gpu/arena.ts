// Parameters of a network in one buffer: decayed tensors first, the others behind, so that AdamW, EMA, gradient norm and
// checkpoint each walk over one stretch of memory. Every tensor starts at a multiple of 256 bytes (binding alignment);
// the gaps hold zeros and stay zero.

import { StudioError } from '../core/errors.ts';
import { allocated, megabytes, refusePiece } from './allocate.ts';
import { freeBuffer, makeBuffer, refuseBeyond } from './held.ts';
import type { Plan } from './plan.ts';
import type { Tensor, TensorRole, TensorType } from './tensor.ts';

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
  /** floats from the start of the arena */
  offset: number;
}

const alignment = 64; // floats
const align = (n: number): number => Math.ceil(n / alignment) * alignment;

/** Bytes of a tensor at its largest. Storage bindings must not be empty, and are whole words. */
export function bytesOf(plan: Plan, t: Tensor): number {
  return Math.max(16, bytesOfValues(t.type, Math.ceil(plan.mostOf(t.rows) * t.cols)));
}

/** Bytes of that many values, in whole words. */
export const bytesOfValues = (type: TensorType, count: number): number =>
  type === 'f16' ? Math.ceil(count / 2) * 4 : count * 4;

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

/** Lays an arena out, without memory. With `optimiser` it can be trained; without, it is a frozen copy. */
export function layoutArena(label: string, specs: ParameterSpec[], optimiser: boolean): Arena {
  const rank = (s: ParameterSpec) => (!s.trained ? 2 : s.decay ? 0 : 1);
  const ordered = [0, 1, 2].flatMap((r) => specs.filter((s) => rank(s) === r));
  const parameters = new Map<string, Parameter>();
  const bound = new Map<string, Bound>();
  let size = 0;
  let decayed = 0;
  let trained = 0;
  for (const spec of ordered) {
    const { name, shape, decay, trained: learns, stack } = spec;
    const count = shape.reduce((a, b) => a * b, 1);
    const row = shape.length === 1 || stack ? shape : shape.slice(1);
    const part = (role: 'weight' | 'gradient'): Tensor => ({
      ...blank(`${label}.${role === 'gradient' ? 'd.' : ''}${name}`, role),
      rows: stack ?? (shape.length === 1 ? 1 : shape[0]),
      cols: row.reduce((a, b) => a * b, 1),
    });
    bound.set(name, { tensor: part('weight'), gradient: optimiser && learns ? part('gradient') : null, offset: size });
    for (let k = 0; k < (stack ?? 1); k++) {
      const official = stack ? `${name}.${k}` : name;
      parameters.set(official, {
        name: official,
        shape,
        decay,
        trained: learns,
        offset: size + k * count,
        size: count,
      });
    }
    size += align(count * (stack ?? 1));
    if (learns) trained = size;
    if (learns && decay) decayed = size;
  }
  const whole = (name: string): Tensor => ({ ...blank(`${label}.${name}`, 'state'), rows: 1, cols: size });
  return {
    label,
    parameters,
    bound,
    size,
    decayed,
    trained,
    weights: whole('weights'),
    gradients: optimiser ? whole('gradients') : null,
    moments: optimiser ? [whole('moment1'), whole('moment2')] : null,
  };
}

const blank = (name: string, role: TensorRole): Omit<Tensor, 'rows' | 'cols'> => ({
  name,
  type: 'f32',
  role,
  place: null,
  alias: null,
  needsGradient: false,
  kept: true,
});

/** Gives an arena its buffers, filled with zeros. */
function place(device: GPUDevice, arena: Arena): void {
  const size = arena.size * 4;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  refusePiece(arena.weights.name, size, device.limits.maxBufferSize);
  refuseBeyond(device, arena.weights.name, arenaBytes(arena));
  for (const t of [arena.weights, arena.gradients, ...(arena.moments ?? [])])
    if (t) t.place = { buffer: makeBuffer(device, { label: t.name, size, usage }), offset: 0 };
  for (const { tensor, gradient, offset } of arena.bound.values()) {
    tensor.place = { buffer: arena.weights.place!.buffer, offset: offset * 4 };
    if (gradient) gradient.place = { buffer: arena.gradients!.place!.buffer, offset: offset * 4 };
  }
}

/**
 * Arenas with their buffers, filled with zeros, once the GPU has said that it has the memory; `make` lays them out by the
 * function it is given. `what` names them. Throws StudioError 'gpu-memory'.
 */
export function createArenas<T>(device: GPUDevice, what: string, make: (create: typeof layoutArena) => T): Promise<T> {
  const arenas: Arena[] = [];
  const bytes = () => arenas.reduce((n, arena) => n + arenaBytes(arena), 0);
  return allocated(
    device,
    () => `${what} (${megabytes(bytes())} MB)`,
    () =>
      make((...layout) => {
        const arena = layoutArena(...layout);
        arenas.push(arena);
        place(device, arena);
        return arena;
      }),
    () => arenas.forEach(destroyArena),
  );
}

/** Weights, and what belongs to their training. */
const arenaBytes = ({ size, gradients, moments }: Arena): number =>
  size * 4 * (1 + (gradients ? 1 : 0) + (moments?.length ?? 0));

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

export function destroyArena(arena: Arena): void {
  for (const t of [arena.weights, arena.gradients, ...(arena.moments ?? [])]) if (t?.place) freeBuffer(t.place.buffer);
}
