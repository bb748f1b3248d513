// SIGReg on context tokens: a term that keeps features from collapsing. See shaders/sigreg.wgsl.

import source from '../../shaders/sigreg.wgsl?raw';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan, Scalar } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('sigreg', source);

/** Knots of the Epps–Pulley integral. */
export const knots = 17;
const last = 3;

/**
 * x (rows, S) are tokens along S unit directions, sets (count, 2) the rows of each mask set.
 * Starts the backward pass at x with coefficient · term / count; returns phi (count · 17, 2 S) for `sigregValue`.
 */
export function sigreg(plan: Plan, x: Tensor, sets: Tensor, coefficient: Scalar, name: string): Tensor {
  const S = x.cols;
  const count = sets.rows as number;
  const phi = plan.keep(plan.activation(name, count * knots, 2 * S));
  const dims = { S, count, rows: x.rows, coefficient };
  plan.dispatch({
    label: name,
    kernel,
    entry: 'statistics',
    bind: { x, sets, phi },
    dims,
    grid: () => [Math.ceil((count * knots * S) / 16)],
  });
  const gradient = plan.storeGradient(x, name);
  plan.dispatch({
    label: `${name} dx`,
    kernel,
    entry: 'backward',
    bind: { x, sets, known: phi, dx: gradient },
    dims,
    grid: (size) => fold(Math.ceil((size(x.rows) * S) / 64)),
  });
  return phi;
}

/** The term of each mask set from phi, summed in f64: mean over directions of n Σ w ((Re − e)² + Im²). */
export function sigregValue(phi: Float32Array, tokens: number[], S: number): number[] {
  const step = last / (knots - 1);
  return tokens.map((n, set) => {
    let sum = 0;
    for (let k = 0; k < knots; k++) {
      const t = k * step;
      const e = Math.exp((-t * t) / 2);
      const w = step * (k === 0 || k === knots - 1 ? 0.5 : 1) * e;
      for (let s = 0; s < S; s++) {
        const at = ((set * knots + k) * S + s) * 2;
        sum += w * ((phi[at] - e) ** 2 + phi[at + 1] ** 2);
      }
    }
    return (n * sum) / S;
  });
}
