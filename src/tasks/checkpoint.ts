// A checkpoint: everything that a run needs to be taken up again, as one safetensors file. Settings, clips and the like
// are JSON in its metadata; the numbers of its steps are a tensor, exact to the last bit. Randomness has no state.

import { isObject } from '../core/is-object.ts';
import type { RunConfig } from '../core/config.ts';
import { totalSteps } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { type HealthRow, readHealthRows } from '../core/health-row.ts';
import { type Ancestor, isRunId, readLineage } from '../core/lineage.ts';
import { readConfig } from '../core/read-config.ts';
import { readChanges, type RunChange } from '../core/run-changes.ts';
import { shortened } from '../core/trained-on.ts';
import { roundingOf, type Variant, variants } from '../core/variant.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { ClipRef } from '../protocol/messages.ts';
import type { NamedTensor } from '../train/snapshot.ts';
import { readClips } from './clip-names.ts';
import { refuse } from './refuse-checkpoint.ts';

export interface Checkpoint {
  runId: string;
  config: RunConfig;
  /** steps taken; the next one is step `step` */
  step: number;
  /** milliseconds since 1970 */
  savedAt: number;
  /** in the order in which the run numbers them */
  clips: ClipRef[];
  /** what it was trained on: only there does it go on bit for bit */
  adapter: string;
  variant: Variant;
  /** how its kernels rounded when it was saved (`roundingOf`); those of now where it does not say */
  rounding?: number;
  /** learning rate and EMA as they were changed on the way */
  changes: RunChange[];
  /** the runs that it branched off, the oldest first; its own first step is the last one's `step` */
  lineage: Ancestor[];
  /** of its steps, those of its ancestors too: of all while they are few, of a long run every second one's or fewer */
  metrics: StepMetrics[];
  /** checks of its health so far */
  health: HealthRow[];
  tensors: Map<string, NamedTensor>;
}

const format = 'v-jepa-studio checkpoint 1';
const columns = [
  'step',
  'loss',
  'latent',
  'variance',
  'sigreg',
  'encoderNorm',
  'predictorNorm',
  'lr',
  'weightDecay',
  'momentum',
  'tokens',
  'milliseconds',
] as const;

export function writeCheckpoint(c: Checkpoint): Uint8Array<ArrayBuffer> {
  const sets = c.config.masks.length;
  const width = columns.length + sets;
  const rows = new Float64Array(c.metrics.length * width);
  c.metrics.forEach((m, i) => {
    const flat = { ...m, ...m.terms };
    rows.set([...columns.map((name) => flat[name]), ...m.lossPerSet], i * width);
  });
  const { runId, step, savedAt, adapter, variant, config, clips, rounding = roundingOf(variant) } = c;
  const tensors = new Map<string, { shape: number[]; data: Float32Array | Float64Array }>(c.tensors);
  tensors.set('metrics', { shape: [c.metrics.length, width], data: rows });
  return writeSafetensors(tensors, {
    format,
    run: JSON.stringify({ runId, step, savedAt, adapter, variant, rounding }),
    config: JSON.stringify(config),
    clips: JSON.stringify(clips),
    changes: JSON.stringify(c.changes),
    lineage: JSON.stringify(c.lineage),
    health: JSON.stringify(c.health.filter(isReadable)),
    columns: JSON.stringify([...columns, ...Array.from({ length: sets }, (_, i) => `lossPerSet.${i}`)]),
  });
}

/** JSON makes null of what is not finite, and a check with such a gap would keep the whole run from being read. */
const isReadable = (row: HealthRow): boolean => readHealthRows(JSON.parse(JSON.stringify([row]))) !== null;

/** Throws StudioError 'format' for whatever is not a checkpoint of the studio. Tensors are not yet held against a model. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { metadata, tensors: stored } = readSafetensors(bytes);
  if (metadata.format !== format)
    throw new StudioError(
      'format',
      metadata.format?.startsWith('v-jepa-studio checkpoint')
        ? `The checkpoint was written by another version of the studio (${metadata.format.slice(0, 60)}).`
        : 'The file holds tensors, but it is no checkpoint of the studio.',
      'Choose a file that the studio exported; an encoder from elsewhere can be looked at as ONNX, on the Look screen.',
    );
  const config = readConfig(parse(metadata.config));
  const run = parse(metadata.run);
  const whole = (v: unknown): v is number => Number.isSafeInteger(v) && Number(v) >= 0;
  if (!isObject(run)) return refuse('its run is not described');
  const { runId, step, savedAt, adapter, variant, rounding = 1 } = run;
  if (typeof runId !== 'string' || !isRunId(runId)) return refuse('its run has no sound name');
  if (!whole(step) || step > totalSteps(config.optim)) return refuse('its step is not one of its run');
  if (!whole(savedAt) || typeof adapter !== 'string') return refuse('it does not say when and where it was made');
  const tensors = new Map<string, NamedTensor>();
  for (const [name, { shape, data }] of stored) {
    if (name === 'metrics') continue;
    if (!(data instanceof Float32Array)) return refuse(`${name} is not made of F32 numbers`);
    tensors.set(name, { shape, data });
  }
  const metrics = readMetrics(stored.get('metrics'), config.masks.length);
  // checkpoints from before there were checks have none
  const health = metadata.health === undefined ? [] : readHealthRows(parse(metadata.health));
  // nor had they changes or branches
  const changes = metadata.changes === undefined ? [] : readChanges(parse(metadata.changes));
  if (!changes || changes.some((c) => c.step > step)) return refuse('its changes are not sound');
  const lineage = metadata.lineage === undefined ? [] : readLineage(parse(metadata.lineage));
  if (!lineage || lineage.some((a) => a.step > step)) return refuse('its ancestors are not sound');
  if (!health || health.some((row) => row.step > step)) return refuse('its health checks are not sound');
  // of a long run some steps are left out; curves are searched by halves
  if (metrics.some((m, i) => !whole(m.step) || (i > 0 && m.step <= metrics[i - 1].step)))
    return refuse('its numbers are not those of one step after the other');
  if (metrics.some((m) => m.step >= step)) return refuse('its numbers go beyond its step');
  return {
    runId,
    config,
    step,
    savedAt,
    clips: readClips(parse(metadata.clips)),
    adapter: shortened(adapter),
    variant: readVariant(variant),
    rounding: whole(rounding) ? rounding : refuse('it does not say how its kernels round'),
    changes,
    lineage,
    metrics,
    health,
    tensors,
  };
}

function readMetrics(
  stored: { dtype: string; shape: number[]; data: ArrayBufferView<ArrayBuffer> } | undefined,
  sets: number,
): StepMetrics[] {
  const width = columns.length + sets;
  if (!stored || stored.dtype !== 'F64' || stored.shape.length !== 2 || stored.shape[1] !== width)
    return refuse('it has no table of metrics');
  const values = new Float64Array(stored.data.buffer);
  return Array.from({ length: stored.shape[0] }, (_, i) => {
    const row = values.subarray(i * width, (i + 1) * width);
    const of = (name: (typeof columns)[number]) => row[columns.indexOf(name)];
    return {
      step: of('step'),
      loss: of('loss'),
      lossPerSet: [...row.subarray(columns.length)],
      terms: { latent: of('latent'), variance: of('variance'), sigreg: of('sigreg') },
      encoderNorm: of('encoderNorm'),
      predictorNorm: of('predictorNorm'),
      lr: of('lr'),
      weightDecay: of('weightDecay'),
      momentum: of('momentum'),
      tokens: of('tokens'),
      milliseconds: of('milliseconds'),
    };
  });
}

function readVariant(value: unknown): Variant {
  const forms = Object.values(variants);
  if (!isObject(value)) return refuse('it does not say which kernels it used');
  const product = forms.find((f) => f.product === value.product)?.product;
  const attention = forms.find((f) => f.attention === value.attention)?.attention;
  const rows = forms.find((f) => f.rows === value.rows)?.rows;
  // what was saved before there was half precision does not speak of it
  const storage = forms.find((f) => f.storage === (value.storage ?? 'single'))?.storage;
  return product && attention && rows && storage
    ? { product, attention, rows, storage }
    : refuse('it used kernels that are unknown here');
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return refuse('its description is not JSON');
  }
}
