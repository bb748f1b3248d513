// The tape. Operations record their forward dispatches here and leave a closure that records the backward ones;
// `backward()` runs those in reverse. Recorded once, compiled once (program.ts), replayed every step.
//
// The first writer of a gradient stores, later writers accumulate: decided here, while recording.

import { StudioError } from '../core/errors.ts';
import type { Kernel } from './kernel.ts';
import { root, type Size, type Tensor, type TensorRole, type TensorType } from './tensor.ts';
import type { Variant } from '../core/variant.ts';

/** A uniform field: a number, or the name of one that every step sets anew. */
export type Scalar = number | string;

/** Looks a symbolic size or scalar up in the values of the step. */
export type Lookup = (s: Scalar) => number;

export interface Dispatch {
  label: string;
  /** the part of the plan that it belongs to, where the plan tells its parts */
  stage: string | null;
  kernel: Kernel;
  entry: string;
  overrides: Record<string, number>;
  bind: Record<string, Tensor>;
  dims: Record<string, Scalar>;
  /** number of workgroups for the sizes of this step */
  grid: (size: Lookup) => [number, number?, number?];
}

export interface PlanOptions {
  /** the most that each symbolic size can be; memory is planned for it */
  most: Record<string, number>;
  variant: Variant;
  /** keep every activation, for tests and for reading by name */
  keepAll?: boolean;
  /** make the activations of marked parts again in the backward pass instead of keeping them */
  recompute?: boolean;
}

export class Plan {
  readonly most: Record<string, number>;
  readonly variant: Variant;
  readonly dispatches: Dispatch[] = [];
  readonly tensors: Tensor[] = [];
  #keepAll: boolean;
  #recompute: boolean;
  #tape: { result: Tensor; record: () => void }[] = [];
  #gradients = new Map<Tensor, Tensor>();
  #provided = new Map<Tensor, Tensor>();
  #nothing: Tensor[] = [];
  #frozen = false;
  #stage: string | null = null;
  #names = new Map<string, number>();

  constructor(options: PlanOptions) {
    this.most = options.most;
    this.variant = options.variant;
    this.#keepAll = options.keepAll ?? false;
    this.#recompute = options.recompute ?? false;
  }

  /** The largest value of a size. */
  mostOf(size: Size): number {
    if (typeof size === 'number') return size;
    const most = this.most[size];
    if (most === undefined) throw new StudioError('internal', `the plan knows no size called ${size}`);
    return most;
  }

  #tensor(name: string, rows: Size, cols: number, role: TensorRole, type: TensorType): Tensor {
    // Two calls of one layer make two tensors of one name: number them, so that each can be asked for.
    const seen = this.#names.get(name) ?? 0;
    this.#names.set(name, seen + 1);
    const t: Tensor = {
      name: seen ? `${name}#${seen}` : name,
      rows,
      cols,
      type,
      role,
      place: null,
      alias: null,
      needsGradient: false,
      kept: role !== 'activation' || this.#keepAll,
    };
    this.tensors.push(t);
    return t;
  }

  /** Written by the host before a step. */
  input(name: string, rows: Size, cols: number, type: TensorType = 'f32'): Tensor {
    return this.#tensor(name, rows, cols, 'input', type);
  }

  /** Kept from step to step. */
  state(name: string, rows: Size, cols: number, type: 'f32' | 'u32' = 'f32'): Tensor {
    return this.#tensor(name, rows, cols, 'state', type);
  }

  /** The result of an operation; goes through the backward pass when one of `from` does. */
  activation(
    name: string,
    rows: Size,
    cols: number,
    from: (Tensor | null)[] = [],
    type: 'f32' | 'f16' = 'f32',
  ): Tensor {
    const t = this.#tensor(name, rows, cols, 'activation', type);
    t.needsGradient = !this.#frozen && from.some((f) => f?.needsGradient);
    return t;
  }

  /** Something to bind where a kernel wants a writable buffer that this call does not use. */
  nothing(i: number): Tensor {
    return (this.#nothing[i] ??= this.#tensor(`nothing${i}`, 1, 64, 'state', 'f32'));
  }

  /** Keeps an activation until the next step, so that it can be read. */
  keep(t: Tensor): Tensor {
    t.kept = true;
    return t;
  }

  dispatch(d: Omit<Dispatch, 'overrides' | 'stage'> & { overrides?: Record<string, number> }): void {
    const written = Object.entries(d.bind).filter(([name]) => d.kernel.bindings.get(name)?.access === 'read_write');
    for (const [name, t] of written)
      for (const [other, u] of Object.entries(d.bind))
        if (other !== name && root(t) === root(u))
          throw new StudioError('internal', `${d.label}: ${name} and ${other} are the same tensor ${root(t).name}`);
    this.dispatches.push({ overrides: {}, stage: this.#stage, ...d });
  }

  /** Everything that `record` dispatches belongs to this stage, unless a stage around it has begun already. */
  during<T>(stage: string, record: () => T): T {
    const before = this.#stage;
    this.#stage ??= stage;
    try {
      return record();
    } finally {
      this.#stage = before;
    }
  }

  /** Leaves a closure that records backward dispatches, if the backward pass reaches `result` at all. */
  onBackward(result: Tensor, record: () => void): void {
    if (result.needsGradient) this.#tape.push({ result, record });
  }

  /** Records without a backward pass: target encoder, frozen probes. */
  frozen<T>(record: () => T): T {
    const before = this.#frozen;
    this.#frozen = true;
    try {
      return record();
    } finally {
      this.#frozen = before;
    }
  }

  /**
   * A part of the network whose activations need not be kept: with `recompute` it is recorded as frozen, and once more at
   * the start of its backward pass. The same dispatches on the same numbers, so the result is the same bit for bit.
   */
  remade(x: Tensor, record: () => Tensor): Tensor {
    if (!this.#recompute || this.#frozen || !x.needsGradient) return record();
    const y = this.frozen(record);
    y.needsGradient = true;
    this.onBackward(y, () => {
      const outer = this.#tape;
      this.#tape = [];
      const again = record();
      this.seedGradient(again, this.gradientOf(y));
      const inner = this.#tape;
      this.#tape = outer;
      this.#replay(inner);
    });
    return y;
  }

  /** Gradient of a weight, laid down beforehand in the gradient arena; not yet written. */
  provideGradient(weight: Tensor, gradient: Tensor): void {
    weight.needsGradient = true;
    this.#provided.set(weight, gradient);
  }

  /** Where to write the gradient of t, and whether to add to what is there. */
  writeGradient(t: Tensor): { gradient: Tensor; accumulate: 0 | 1 } {
    const there = this.#gradients.get(t);
    if (there) return { gradient: there, accumulate: 1 };
    const gradient = this.#provided.get(t) ?? this.#tensor(`d.${t.name}`, t.rows, t.cols, 'activation', 'f32');
    this.#gradients.set(t, gradient);
    return { gradient, accumulate: 0 };
  }

  /** Where an operation of that name writes the gradient of t that can only store. Throws StudioError 'internal' where another
   * one has written before: what it left would be lost. */
  storeGradient(t: Tensor, name: string): Tensor {
    const { gradient, accumulate } = this.writeGradient(t);
    if (accumulate) throw new StudioError('internal', `${name} cannot add to the gradient of ${t.name}`);
    return gradient;
  }

  /** The gradient of t as written so far, for reading it. */
  gradientOf(t: Tensor): Tensor {
    const gradient = this.#gradients.get(t);
    if (!gradient) throw new StudioError('internal', `no gradient has been recorded for ${t.name}`);
    return gradient;
  }

  /** Sets the gradient that the backward pass starts from. */
  seedGradient(t: Tensor, gradient: Tensor): void {
    this.#gradients.set(t, gradient);
  }

  /**
   * y = x + f(…): the gradient of x is that of y. When x has none yet they share memory, which is safe because every
   * reader of dy is recorded before any writer that adds to dx. Returns false when x has one and a kernel must add.
   */
  shareGradient(x: Tensor, dy: Tensor): boolean {
    if (this.#gradients.has(x) || this.#provided.has(x)) return false;
    const gradient = this.#tensor(`d.${x.name}`, x.rows, x.cols, 'activation', 'f32');
    gradient.alias = dy;
    this.#gradients.set(x, gradient);
    return true;
  }

  /** Records the backward pass: every closure whose result has a gradient, last first. */
  backward(): void {
    const tape = this.#tape;
    this.#tape = [];
    this.#replay(tape);
  }

  #replay(tape: { result: Tensor; record: () => void }[]): void {
    for (const { result, record } of tape.toReversed()) if (this.#gradients.has(result)) record();
  }

  /** The tensor of that name; for reading and for the plan's own listing. */
  find(name: string): Tensor {
    const t = this.tensors.find((u) => u.name === name);
    if (!t) throw new StudioError('internal', `the plan has no tensor called ${name}`);
    return t;
  }
}
