// Which form of each kind of kernel is the fastest on this adapter: few candidates, one shape each, measured in about a
// second where kernels compile quickly.

import { StudioError } from '../core/errors.ts';
import { canRun, isMade, matrixEdge, type Variant, variants } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile } from '../gpu/program.ts';
import { root } from '../gpu/tensor.ts';
import { Stopwatch } from '../gpu/timing.ts';
import { block, type Layers } from '../model/block.ts';
import { attention, mostTiles, tileTable } from '../ops/attention.ts';
import { linear } from '../ops/linear.ts';
import { layerNorm } from '../ops/norm.ts';
import type { TuneRow } from '../protocol/messages.ts';

/** Rows of the trial: those of a small model's batch. */
const rows = 1024;
/** Milliseconds of timed work per candidate. */
const fill = 60;

const trials: Record<keyof Variant, (plan: Plan) => void> = {
  product(plan) {
    const [x, w, b] = [plan.input('x', rows, 192), plan.input('w', 768, 192), plan.input('b', 1, 768)];
    for (const t of [x, w, b]) t.needsGradient = true;
    const y = linear(plan, x, w, b, { name: 'y' });
    plan.seedGradient(y, plan.input('dy', rows, 768));
    plan.backward();
  },
  attention(plan) {
    const qkv = plan.input('qkv', rows, 3 * 192);
    qkv.needsGradient = true;
    const count = mostTiles(256, 0) * (rows / 256);
    const out = attention(plan, qkv, { table: plan.input('tiles', count, 4, 'u32'), count }, 3, 'out');
    plan.seedGradient(out, plan.input('dout', rows, 192));
    plan.backward();
  },
  rows(plan) {
    const [x, gamma, beta] = [plan.input('x', rows, 192), plan.input('gamma', 1, 192), plan.input('beta', 1, 192)];
    for (const t of [x, gamma, beta]) t.needsGradient = true;
    const y = layerNorm(plan, x, { gamma, beta }, 1e-6, 'y');
    plan.seedGradient(y, plan.input('dy', rows, 192));
    plan.backward();
  },
  // what is stored by halves lies between the kernels of a block: all of them together
  storage(plan) {
    const [x, dy] = [plan.input('x', rows, 192), plan.input('dy', rows, 192)];
    x.needsGradient = true;
    const count = mostTiles(256, 0) * (rows / 256);
    const tiles = { table: plan.input('tiles', count, 4, 'u32'), count };
    const y = block(trialLayers(plan), '', x, tiles, 3);
    plan.seedGradient(y, dy);
    plan.backward();
  },
};

/** Layers of a block of 192 channels with weights that are inputs: nothing is trained here. */
function trialLayers(plan: Plan): Layers {
  const outputsOf = (name: string) => (name.endsWith('qkv') ? 3 : name.endsWith('fc1') ? 4 : 1) * 192;
  const weight = (name: string, outputs: number, inputs: number) => {
    const w = plan.input(name, outputs, inputs);
    w.needsGradient = true;
    return w;
  };
  return {
    plan,
    label: 'trial',
    weight: (name) => weight(name, 1, 192),
    linear: (name, x, options = {}) => {
      const outputs = outputsOf(name);
      return linear(plan, x, weight(`${name}.w`, outputs, x.cols), weight(`${name}.b`, 1, outputs), {
        name,
        ...options,
      });
    },
    norm: (name, x, type) =>
      layerNorm(plan, x, { gamma: weight(`${name}.g`, 1, 192), beta: weight(`${name}.b`, 1, 192) }, 1e-6, name, type),
  };
}

/** Forms that this adapter can run. */
export const availableVariants = (features: readonly string[]): Variant[] =>
  Object.values<Variant>(variants).filter((v) => canRun(v, features));

/** Sums over rows first: they compile quickest, and tell what barriers cost. */
export const tunedParts = ['rows', 'product', 'attention', 'storage'] as const satisfies (keyof Variant)[];

/** How much slower than a thread per row a workgroup per row is where barriers are ruinous (some 20 on SwiftShader). */
const ruinous = 4;

/** Forms full of barriers need not be compiled where a sum over a row has shown what a barrier costs. */
function hopeless(part: keyof Variant, v: Variant, rows: readonly TuneRow[]): boolean {
  const barriers =
    part === 'product'
      ? v.product === 'workgroup' || matrixEdge(v)
      : part === 'attention' && v.attention === 'workgroup';
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
 * `measure`: milliseconds of a part in a variant. Each form is measured once, beside the fastest of the parts before it;
 * where a workgroup a row is ruinous, other forms with barriers are not tried. Products that round their operands to halves
 * are tried where storage is asked for too, and bring it with them.
 */
export async function fastestForms(
  candidates: readonly Variant[],
  asked: readonly (keyof Variant)[],
  measure: (part: keyof Variant, variant: Variant) => Promise<number>,
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
    for (const trying of trials) {
      const milliseconds = await measure(part, trying);
      rows.push({ part, form: trying[part], milliseconds, chosen: false });
      if (milliseconds >= fastest) continue;
      fastest = milliseconds;
      variant = trying;
    }
  }
  for (const row of rows) row.chosen = variant[row.part] === row.form;
  return { variant, rows };
}

async function trial(
  pipelines: PipelineCache,
  stopwatch: Stopwatch,
  part: keyof Variant,
  variant: Variant,
): Promise<number> {
  const plan = new Plan({ most: {}, variant });
  trials[part](plan);
  const program = await compile(plan, pipelines);
  const tiles = plan.tensors.find((t) => t.name === 'tiles');
  const place = tiles && root(tiles).place;
  if (place) pipelines.device.queue.writeBuffer(place.buffer, place.offset, tileTable([256, 256, 256, 256]));
  try {
    return (await stopwatch.time(program, {}, fill)).milliseconds;
  } finally {
    program.destroy();
  }
}
