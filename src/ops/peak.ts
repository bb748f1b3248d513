// What the adapter can do at best: multiply-adds, reading, writing, copying. See shaders/peak.wgsl.

import source from '../../shaders/peak.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('peak', source);

/** Operations of one multiply_add dispatch: 16 chains, 4 multiply-adds a round. */
export const peakFlops = (invocations: number, rounds: number): number => invocations * rounds * 16 * 4 * 2;

/** Independent chains in registers: `invocations` (a multiple of 64) × `rounds`. */
export function multiplyAdd(plan: Plan, from: Tensor, into: Tensor, invocations: number, rounds: number): void {
  plan.dispatch({
    label: 'multiply-add',
    kernel,
    entry: 'multiply_add',
    bind: { source: from, sink: into },
    dims: { n: vec4Of(from), rounds },
    grid: () => [invocations / 64],
  });
}

/** read: from → a sixteenth of `into`; write: into; copy: from → into. */
export function stream(plan: Plan, what: 'read' | 'write' | 'copy', from: Tensor, into: Tensor): void {
  const n = vec4Of(from);
  plan.dispatch({
    label: what,
    kernel,
    entry: `stream_${what}`,
    bind: what === 'write' ? { sink: into } : { source: from, sink: into },
    dims: { n, rounds: 0 },
    grid: () => fold(Math.ceil(n / (what === 'read' ? 16 * 64 : 64))),
  });
}

const vec4Of = (t: Tensor): number => ((t.rows as number) * t.cols) / 4;
