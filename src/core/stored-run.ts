// The numbers of a run as one JSON document, for whoever works on with them; one is shown before anything was trained.

import type { RunConfig } from './config.ts';
import { isObject } from './is-object.ts';
import type { BranchPoint } from './lineage.ts';
import type { RunChange } from './run-changes.ts';

export interface StoredMetrics {
  step: number;
  loss: number;
  lossPerSet: number[];
  terms: { latent: number; variance: number; sigreg: number };
  encoderNorm: number;
  predictorNorm: number;
  lr: number;
  weightDecay: number;
  momentum: number;
}

export interface StoredMap {
  /** null: random weights */
  step: number | null;
  clipId: string;
  start: number;
  /** which draw of the run's masks */
  draw: number;
  sets: { context: number[]; target: number[]; error: number[] }[];
}

/** What such a document says of itself. */
export const runFormat = 'v-jepa-studio run 1';

export interface StoredRun {
  format: typeof runFormat;
  /** its name among the runs that are kept; documents of before it was written have none */
  runId?: string;
  /** what it began with; older documents have neither of the two behind it */
  config: RunConfig;
  /** what was changed on the way, and what it branched off */
  changes?: RunChange[];
  parent?: BranchPoint | null;
  adapter: string;
  metrics: StoredMetrics[];
  maps: StoredMap[];
}

/** Whether a parsed document is a run of ours; enough to draw it safely. */
export function isStoredRun(v: unknown): v is StoredRun {
  if (!isObject(v) || v.format !== runFormat || !isObject(v.config) || typeof v.adapter !== 'string') return false;
  const { runId, metrics, maps } = v;
  return (
    (runId === undefined || typeof runId === 'string') &&
    Array.isArray(metrics) &&
    metrics.every(
      (m) => isObject(m) && typeof m.step === 'number' && typeof m.loss === 'number' && Array.isArray(m.lossPerSet),
    ) &&
    Array.isArray(maps) &&
    maps.every((m) => isObject(m) && typeof m.clipId === 'string' && Array.isArray(m.sets))
  );
}
