// Mean and covariance of tokens over channels. Formulas in shaders/covariance.wgsl, shapes in covariance_bindings.wgsl.

import bindings from '../../shaders/covariance_bindings.wgsl?raw';
import registerSource from '../../shaders/covariance.wgsl?raw';
import workgroupSource from '../../shaders/covariance_workgroup.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import { stagesProducts } from '../core/variant.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const registers = parseKernel('covariance', registerSource, bindings);
const workgroups = parseKernel('covariance_workgroup', workgroupSource, bindings);

/** Slabs of tokens at most: each keeps a (C, C) of its own. */
const mostSlabs = 8;
/** Tokens of a slab at least. */
const leastRows = 64;

/** x (N, C) → mean (1, C) and covariance (C, C), divided by N. */
export function covariance(plan: Plan, x: Tensor, name: string): { mean: Tensor; covariance: Tensor } {
  const { rows: N, cols: C } = x;
  if (typeof N !== 'number') throw new StudioError('internal', `${name}: the number of tokens must be fixed`);
  const rows = Math.max(leastRows, Math.ceil(N / mostSlabs));
  const slabs = Math.ceil(N / rows);
  const sums = plan.activation(`${name}.sums`, slabs, C);
  const mean = plan.activation(`${name}.mean`, 1, C);
  const parts = plan.activation(`${name}.parts`, slabs * C, C);
  const out = plan.activation(name, C, C);
  const dims = { N, C, slabs, rows };
  const wide = stagesProducts(plan.variant);
  const kernel = wide ? workgroups : registers;
  const tile = wide ? 64 : 32; // channels of a workgroup
  const record = (entry: string, grid: [number, number?, number?], bind: Record<string, Tensor>) =>
    plan.dispatch({ label: `${name} ${entry}`, kernel, entry, bind, dims, grid: () => grid });
  record('slab_sums', fold(Math.ceil((slabs * C) / 64)), { x, sums });
  record('means', [Math.ceil(C / 64)], { known_sums: sums, mean });
  record('products', [Math.ceil(C / tile), Math.ceil(C / tile), slabs], { x, known_mean: mean, parts });
  record('finish', fold(Math.ceil((C * C) / 64)), { known_parts: parts, covariance: out });
  return { mean, covariance: out };
}
