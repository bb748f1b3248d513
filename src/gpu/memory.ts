// Who may share memory with whom. Lifetimes of activations are known from the tape, so a few slots serve them all.
// A slot is a buffer of its own: WebGPU forbids one buffer to be read-only and writable within a dispatch.

import { refusePiece } from './allocate.ts';
import { bytesOf } from './arena.ts';
import type { Plan } from './plan.ts';
import { root, type Tensor } from './tensor.ts';

export interface Slot {
  bytes: number;
  tensors: Tensor[];
}

interface Life {
  tensor: Tensor;
  first: number;
  last: number;
  bytes: number;
}

/** Lifetimes of all activations, in dispatch numbers, by the tensor that owns the memory. */
function lifetimes(plan: Plan): Life[] {
  const lives = new Map<Tensor, Life>();
  plan.dispatches.forEach((d, i) => {
    for (const bound of Object.values(d.bind)) {
      const owner = root(bound);
      if (owner.role !== 'activation') continue;
      const life = lives.get(owner) ?? { tensor: owner, first: i, last: i, bytes: bytesOf(plan, owner) };
      life.last = i;
      lives.set(owner, life);
    }
  });
  for (const t of plan.tensors) {
    const life = lives.get(root(t));
    if (life && t.kept) life.last = Infinity;
  }
  return [...lives.values()];
}

/** Gives every activation a slot: the largest first, into the first slot where nobody lives at the same time. */
export function planSlots(plan: Plan): Slot[] {
  const slots: { bytes: number; lives: Life[] }[] = [];
  for (const life of lifetimes(plan).sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const free = slots.find((slot) => slot.lives.every((other) => other.last < life.first || life.last < other.first));
    if (free) free.lives.push(life);
    else slots.push({ bytes: life.bytes, lives: [life] });
  }
  return slots.map(({ bytes, lives }) => ({ bytes, tensors: lives.map((l) => l.tensor) }));
}

export type BindingLimits = Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>;

/** Throws StudioError 'gpu-memory' when a dispatch of the plan binds more at once than a device of these limits can. */
export function refuseLargeBindings(plan: Plan, limits: BindingLimits): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  for (const { bind } of plan.dispatches)
    for (const bound of Object.values(bind)) {
      const owner = root(bound);
      refusePiece(owner.name, bytesOf(plan, owner), most);
    }
}
