// Multi-head self-attention over packed segments. Formulas and tiles in shaders/attention.wgsl.

import bindings from '../../shaders/attention_bindings.wgsl?raw';
import quadBackwardKv from '../../shaders/attention_quads_backward_kv.wgsl?raw';
import quadBackwardQ from '../../shaders/attention_quads_backward_q.wgsl?raw';
import quadBlocks from '../../shaders/attention_quads_blocks.wgsl?raw';
import quadForward from '../../shaders/attention_quads.wgsl?raw';
import registerBackward from '../../shaders/attention_backward.wgsl?raw';
import registerBlocks from '../../shaders/attention_blocks.wgsl?raw';
import registerForward from '../../shaders/attention.wgsl?raw';
import workgroupBackward from '../../shaders/attention_workgroup_backward.wgsl?raw';
import workgroupBlocks from '../../shaders/attention_workgroup_blocks.wgsl?raw';
import workgroupForward from '../../shaders/attention_workgroup.wgsl?raw';
import type { Lookup, Plan } from '../gpu/plan.ts';
import type { Size, Tensor } from '../gpu/tensor.ts';
import { storedKernels, storedOf } from './stored.ts';

type Kernels = ReturnType<typeof storedKernels>;

/** A form: its three kernels, of which the backward ones may be one file. */
interface Form {
  forward: Kernels;
  backwardQ: Kernels;
  backwardKv: Kernels;
}

/** Three kernels of a form, what they share, and what stands behind their names. */
function formOf(
  name: string,
  shared: string,
  forward: string,
  backward: string | { q: string; kv: string },
  of = '',
): Form {
  const kernels = (suffix: string, own: string) =>
    storedKernels(`${name}${suffix}${of}`, own, `${shared}\n${bindings}`);
  if (typeof backward !== 'string')
    return {
      forward: kernels('', forward),
      backwardQ: kernels('_backward_q', backward.q),
      backwardKv: kernels('_backward_kv', backward.kv),
    };
  const both = kernels('_backward', backward);
  return { forward: kernels('', forward), backwardQ: both, backwardKv: both };
}

const registers = formOf('attention', registerBlocks, registerForward, registerBackward);
const quads = formOf('attention_quads', quadBlocks, quadForward, { q: quadBackwardQ, kv: quadBackwardKv });
/** With so many channels staged at a time. */
const workgroup = (wide: number): Form =>
  formOf(
    'attention_workgroup',
    `${workgroupBlocks}\nconst WIDE = ${wide}u;`,
    workgroupForward,
    workgroupBackward,
    ` (${wide})`,
  );
const workgroups = { 32: workgroup(32), 64: workgroup(64) };

/** Rows of a tile: those of a segment that share one walk over the segment. */
const tileRows = 16;

/** Attention tiles of packed segments: the table (tiles, 4), and the name of its row count. */
export interface Tiles {
  table: Tensor;
  count: Size;
}

/** Tiles of segments with these row counts: [first row, end row, first and end row of the segment] each. */
export function tileTable(lengths: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  let tiles = 0;
  for (let i = 0; i < lengths.length; i++) tiles += Math.ceil(lengths[i] / tileRows);
  const table = new Uint32Array(tiles * 4);
  let at = 0;
  let first = 0;
  for (let i = 0; i < lengths.length; i++) {
    const end = first + lengths[i];
    for (let row = first; row < end; row += tileRows) {
      table.set([row, Math.min(row + tileRows, end), first, end], at);
      at += 4;
    }
    first = end;
  }
  return table;
}

/** Most tiles that `segments` segments of together `rows` rows can have; with 0, those of one segment. */
export const mostTiles = (rows: number, segments: number): number => Math.ceil(rows / tileRows) + segments;

/** qkv (rows, 3C) = q | k | v, each (H, D) → (rows, C), stored as qkv is. */
export function attention(plan: Plan, qkv: Tensor, tiles: Tiles, heads: number, name: string): Tensor {
  const C = qkv.cols / 3;
  const D = C / heads;
  const type = qkv.type === 'f16' ? 'f16' : 'f32';
  const out = plan.activation(name, qkv.rows, C, [qkv], type);
  const stored = storedOf(qkv, out);
  const lse = plan.activation(`${name}.lse`, qkv.rows, heads);
  const { kernels, overrides, dims, grid } = form(plan, tiles, heads, D, plan.mostOf(qkv.rows) * C);
  plan.dispatch({
    label: name,
    kernel: kernels.forward[stored],
    entry: 'forward',
    overrides,
    bind: { tiles: tiles.table, qkv, out, lse },
    dims,
    grid,
  });
  plan.onBackward(out, () => {
    const dout = plan.gradientOf(out);
    const delta = plan.activation(`${name}.delta`, qkv.rows, heads);
    // Both kernels write their own columns of dqkv, and nothing else reads qkv: always the first writer.
    const dqkv = plan.storeGradient(qkv, name);
    plan.dispatch({
      label: `${name} dq`,
      kernel: kernels.backwardQ[stored],
      entry: 'backward_q',
      overrides,
      bind: { tiles: tiles.table, qkv, made: out, sums: lse, dout, delta, dqkv },
      dims,
      grid,
    });
    plan.dispatch({
      label: `${name} dkv`,
      kernel: kernels.backwardKv[stored],
      entry: 'backward_kv',
      overrides,
      bind: { tiles: tiles.table, qkv, sums: lse, dout, known_delta: delta, dqkv },
      dims,
      grid,
    });
  });
  return out;
}

/** Plans that have wide heads already: their narrow ones use the same kernel, so that there is less to compile. */
const withWideHeads = new WeakSet<Plan>();

/** Values of a result from which the taller tile of narrow heads is worth its compilation. */
const worthTallTiles = 1e5;

/** Plans that have such a result already: all of their later narrow heads get the taller tile, so that there is less to compile. */
const withTallTiles = new WeakSet<Plan>();

/**
 * Kernels, sizes and grid for results of up to `values` values. registers: 8 rows × 32 channels an invocation; quads: 8 × 32,
 * 16 × 64 or 32 × 32 a workgroup; workgroup: 16 × 64 or 16 × 32.
 */
function form(plan: Plan, tiles: Tiles, heads: number, D: number, values: number) {
  const blocks = Math.min(4, Math.ceil(D / 16));
  const dims = { tiles: tiles.count, H: heads, D, blocks, scale: 1 / Math.sqrt(D) };
  const of = (kernels: Form, perTile: number, channels: number, overrides: Record<string, number> = {}) => ({
    kernels,
    overrides,
    dims,
    grid: (size: Lookup): [number, number, number] => [
      Math.ceil(size(tiles.count) * perTile),
      heads,
      Math.ceil(D / channels),
    ],
  });
  switch (plan.variant.attention) {
    case 'registers':
      return of(registers, 1 / 8, 32); // workgroups of 16 halves
    case 'workgroup':
      return D > 32 ? of(workgroups[64], 1, 64) : of(workgroups[32], 1, 32);
    case 'quads': {
      if (blocks > 2) withWideHeads.add(plan);
      if (values > worthTallTiles) withTallTiles.add(plan);
      const wide = withWideHeads.has(plan);
      // of two tiles that a tall one takes together the second has nothing to do
      if (blocks <= 2 && withTallTiles.has(plan)) return of(quads, 1, 16 * blocks, { ROWS: 2 * tileRows });
      return of(quads, wide ? 1 : 2, 16 * blocks, { ROWS: wide ? tileRows : tileRows / 2 });
    }
  }
  return plan.variant.attention satisfies never;
}
