// Cross-attention of learned queries over packed segments. Formulas and shapes in shaders/cross_attention.wgsl.

import source from '../../shaders/cross_attention.wgsl?raw';
import { StudioError } from '../core/errors.ts';
import { parseKernel } from '../gpu/kernel.ts';
import type { Lookup, Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fold } from './fold.ts';

const kernel = parseKernel('cross_attention', source);

/** Which rows belong together. */
export interface Segments {
  /** (S, 2): first row and row count */
  table: Tensor;
  /** (rows, 1): the segment of every row */
  owner: Tensor;
}

/** Tables of segments that lie one behind the other with these row counts. */
export function segmentTables(lengths: readonly number[]): {
  table: Uint32Array<ArrayBuffer>;
  owner: Uint32Array<ArrayBuffer>;
} {
  const table = new Uint32Array(lengths.length * 2);
  const owner = new Uint32Array(lengths.reduce((a, b) => a + b, 0));
  let first = 0;
  lengths.forEach((length, s) => {
    table.set([first, length], 2 * s);
    owner.fill(s, first, (first += length));
  });
  return { table, owner };
}

/**
 * q (Q, C) projected queries, kv (rows, 2C) = k | v → (S · Q, C), with `residual` (Q, C) added to every segment's result.
 * The shares p (rows, Q · H) are the tensor `name.p`.
 */
export function crossAttention(
  plan: Plan,
  q: Tensor,
  kv: Tensor,
  residual: Tensor | null,
  segments: Segments,
  heads: number,
  name: string,
): Tensor {
  const [Q, C] = [q.rows, q.cols];
  if (typeof Q !== 'number' || kv.cols !== 2 * C)
    throw new StudioError('internal', `${name}: queries (${Q}, ${C}) do not fit keys and values of ${kv.cols}`);
  const { table, owner } = segments;
  // the result has Q rows a segment; a symbolic segment count can only be had with one query
  if (typeof table.rows === 'string' && Q !== 1)
    throw new StudioError('internal', `${name}: ${Q} queries need a fixed number of segments`);
  const rows = typeof table.rows === 'string' ? table.rows : table.rows * Q;
  const out = plan.activation(name, rows, C, [q, kv, residual]);
  const p = plan.activation(`${name}.p`, kv.rows, Q * heads);
  const dims = {
    rows: kv.rows,
    S: table.rows,
    Q,
    H: heads,
    D: C / heads,
    scale: 1 / Math.sqrt(C / heads),
    residual: residual ? 1 : 0,
    add: 0,
  };
  const of = (each: (size: Lookup) => number) => (size: Lookup) => fold(Math.ceil(each(size) / 64));
  const perRow = of((size) => size(kv.rows) * Q * heads);
  const perShare = of((size) => size(table.rows) * Q * heads);
  const perResult = of((size) => size(table.rows) * Q * C);
  const record = (entry: string, grid: (size: Lookup) => [number, number], bind: Record<string, Tensor>, add = 0) =>
    plan.dispatch({ label: `${name} ${entry}`, kernel, entry, bind, dims: { ...dims, add }, grid });

  record('scores', perRow, { q, kv, p });
  record('normalise', perShare, { segments: table, p });
  record('mix', perResult, { segments: table, kv, residual: residual ?? q, known_p: p, out });

  plan.onBackward(out, () => {
    const dout = plan.gradientOf(out);
    const ds = plan.activation(`${name}.ds`, kv.rows, Q * heads);
    record('backward_p', perRow, { owner, kv, dout, ds });
    record('backward_normalise', perShare, { segments: table, known_p: p, ds });
    if (kv.needsGradient) {
      const gradient = plan.storeGradient(kv, name); // keys and values have no other use
      const grid = of((size) => size(kv.rows) * C);
      record('backward_kv', grid, { owner, q, known_p: p, known_ds: ds, dout, dkv: gradient });
    }
    if (!q.needsGradient) return;
    const part = plan.activation(`${name}.part`, rows, C);
    record('backward_segments', perResult, { segments: table, kv, known_ds: ds, part });
    const direct = residual?.needsGradient ? plan.writeGradient(residual) : null;
    record(
      'backward_queries',
      of(() => Q * C),
      {
        known_part: part,
        dout,
        dq: plan.storeGradient(q, name),
        dresidual: direct?.gradient ?? plan.nothing(0),
      },
      direct?.accumulate ?? 0,
    );
  });
  return out;
}
