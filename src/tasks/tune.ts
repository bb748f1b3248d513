// Which form of each kind of kernel is the fastest on this adapter: few candidates, one shape each, measured in about a
// second where kernels compile quickly. A form that the adapter's compiler refuses, or that computes something else there than
// the plainest one, is not chosen.

import { StudioError } from '../core/errors.ts';
import { availableVariants, isMade, matrixEdge, stagesProducts, type Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Stopwatch } from '../gpu/timing.ts';
import type { TuneRow } from '../protocol/messages.ts';
import { agree, trial, type Trial } from './tune-trials.ts';

/** Sums over rows first: they compile quickest, and tell what barriers cost. */
export const tunedParts = ['rows', 'product', 'attention', 'storage'] as const satisfies (keyof Variant)[];

/** How much slower than a thread per row a workgroup per row is where barriers are ruinous (some 20 on SwiftShader). */
const ruinous = 4;

/** Forms full of barriers need not be compiled where a sum over a row has shown what a barrier costs. */
function hopeless(part: keyof Variant, v: Variant, rows: readonly TuneRow[]): boolean {
  const barriers = part === 'product' ? stagesProducts(v) : part === 'attention' && v.attention === 'workgroup';
  if (!barriers) return false;
  const of = (name: Variant['rows']) => rows.find((r) => r.part === 'rows' && r.form === name)?.milliseconds ?? NaN;
  return of('workgroup') > ruinous * of('thread');
}

export interface Tuned {
  variant: Variant;
  rows: TuneRow[];
}

export interface TuneOptions {
  parts?: readonly (keyof Variant)[];
  signal?: AbortSignal;
  /** before every form: which one, and how many are done of all, some of which may turn out not to be worth a trial */
  onForm?: (form: string, done: number, total: number) => void;
}

/**
 * Measures every form of the parts and puts the fastest of each together; other parts stay as the first candidate has them.
 * Throws StudioError 'cancelled' between two forms.
 */
export async function tune(
  pipelines: PipelineCache,
  features: readonly string[],
  { parts: asked = tunedParts, signal, onForm }: TuneOptions = {},
): Promise<Tuned> {
  const stopwatch = new Stopwatch(pipelines.device, null);
  const candidates = availableVariants(features);
  const total = asked
    .map((part) => formsOf(candidates, part).length)
    .reduce((n, forms) => n + (forms > 1 ? forms : 0), 0);
  let done = 0;
  try {
    return await fastestForms(candidates, asked, (part, variant) => {
      if (signal?.aborted) throw new StudioError('cancelled', 'The forms of the kernels were not all measured.');
      onForm?.(variant[part], done++, total);
      return trial(pipelines, stopwatch, part, variant);
    });
  } finally {
    stopwatch.destroy();
  }
}

/** Forms of a part among the candidates, each once. */
const formsOf = <P extends keyof Variant>(candidates: readonly Variant[], part: P): Variant[P][] => [
  ...new Set(candidates.map((candidate) => candidate[part])),
];

/**
 * `measure`: a trial of a part in a variant. Each form is measured once, beside the fastest of the parts before it, and held
 * against the first; where a workgroup a row is ruinous, other forms with barriers are not tried. Products that round their
 * operands to halves are tried where storage is asked for too, and bring it with them.
 */
export async function fastestForms(
  candidates: readonly Variant[],
  asked: readonly (keyof Variant)[],
  measure: (part: keyof Variant, variant: Variant) => Promise<Trial>,
): Promise<Tuned> {
  const rows: TuneRow[] = [];
  let [variant] = candidates;
  for (const part of asked) {
    let fastest = Infinity;
    const before = variant;
    const trials = formsOf(candidates, part)
      .map((form): Variant => ({ ...before, [part]: form }))
      .map((v): Variant =>
        part === 'product' && matrixEdge(v) && asked.includes('storage') ? { ...v, storage: 'half' } : v,
      )
      .filter((v) => isMade(v) && !hopeless(part, v, rows));
    if (trials.length < 2) continue; // nothing to choose
    let plainest: Trial | null = null;
    for (const trying of trials) {
      const row: TuneRow = { part, form: trying[part], milliseconds: null, chosen: false };
      rows.push(row);
      const found = await compiled(measure(part, trying));
      if (!found) row.problem = 'does not compile';
      else if (plainest && !agree(plainest, found, trying.storage === 'half')) row.problem = 'computes something else';
      if (!found || row.problem) continue;
      plainest ??= found;
      row.milliseconds = found.milliseconds;
      if (found.milliseconds >= fastest) continue;
      fastest = found.milliseconds;
      variant = trying;
    }
  }
  for (const row of rows) row.chosen = variant[row.part] === row.form;
  return { variant, rows };
}

/** Null where the adapter's compiler refused the kernel. */
const compiled = (measured: Promise<Trial>): Promise<Trial | null> =>
  measured.catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'shader') return null;
    throw error;
  });
