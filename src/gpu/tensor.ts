// A matrix (rows, cols) that lives on the GPU. Tokens of a batch are packed: rows are tokens of all clips, one after
// the other, and the row count of a step may be symbolic.

/** A fixed number, or the name of one that every step sets anew ('Nctx'). */
export type Size = number | string;

/** How the values of a tensor lie in memory; f16 where the adapter has `shader-f16` and the plan's variant stores by halves. */
export type TensorType = 'f32' | 'f16' | 'u32';

/** What a tensor is, and so how its memory is kept. */
export type TensorRole =
  | 'activation' // lives from its first to its last use within a step
  | 'input' // written by the host
  | 'weight' // lies in a parameter arena
  | 'gradient' // of a weight, in the gradient arena
  | 'state'; // kept across steps (optimiser, loss values)

export interface Tensor {
  name: string;
  rows: Size;
  cols: number;
  type: TensorType;
  role: TensorRole;
  /** where it lies; activations get theirs when the plan is compiled */
  place: { buffer: GPUBuffer; offset: number } | null;
  /** shares the memory of another tensor */
  alias: Tensor | null;
  /** whether the backward pass goes through it */
  needsGradient: boolean;
  /** kept after the step, to be read by name */
  kept: boolean;
}

/** The tensor whose memory is really used. */
export function root(t: Tensor): Tensor {
  let r = t;
  while (r.alias) r = r.alias;
  return r;
}
