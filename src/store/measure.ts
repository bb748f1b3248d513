// What the System screen knows: the benchmark's rows, the step, and the kernels that were chosen for this adapter.

import { create } from 'zustand';
import { reportError, StudioError, type ErrorReport } from '../core/errors.ts';
import { roundingOf, type Variant, variantParts } from '../core/variant.ts';
import type { AdapterReport, BenchmarkRow, RunState, StepReport, TuneRow } from '../protocol/messages.ts';
import { ask, send } from './engine.ts';
import { remember, rememberedEntries } from './remembered.ts';

export interface Measured {
  jobId: string | null;
  /** what is on the GPU ends first */
  cancelling: boolean;
  startedAt: number;
  rows: BenchmarkRow[];
  step: StepReport | null;
  error: ErrorReport | null;
  /** job of the tuner */
  tuning: string | null;
  /** what the tuner measured on this adapter, now or on an earlier visit */
  tuned: { variant: Variant; rows: TuneRow[] } | null;
}

export const useMeasured = create<Measured>(() => ({
  jobId: null,
  cancelling: false,
  startedAt: 0,
  rows: [],
  step: null,
  error: null,
  tuning: null,
  tuned: null,
}));

const set = useMeasured.setState;
let jobs = 0;

/** Why nothing can be measured now, or null. */
export function measureObstacle(run: { state: RunState } | null, { jobId, tuning }: Measured): string | null {
  if (run?.state === 'running' || run?.state === 'preparing')
    return 'A run is training, and both would be slowed down: pause or stop it first.';
  if (tuning) return 'The kernels are being measured: one after the other.';
  return jobId ? 'The device is being measured: one after the other.' : null;
}

export function startBenchmark(): void {
  const jobId = `benchmark ${++jobs}`;
  set({ jobId, cancelling: false, startedAt: Date.now(), rows: [], step: null, error: null });
  send({ type: 'benchmark', jobId });
}

export function cancelBenchmark(): void {
  const { jobId } = useMeasured.getState();
  if (!jobId) return;
  set({ cancelling: true });
  send({ type: 'cancel', jobId });
}

export const benchmarkRow = (jobId: string, row: BenchmarkRow): void =>
  set((s) => (s.jobId === jobId ? { rows: [...s.rows, row] } : {}));

export const benchmarkStep = (jobId: string, step: StepReport): void => set((s) => (s.jobId === jobId ? { step } : {}));

export const benchmarkFailed = (jobId: string, error: ErrorReport): void =>
  set((s) => (s.jobId === jobId ? { error } : {}));

export const benchmarkDone = (jobId: string): void => set((s) => (s.jobId === jobId ? { jobId: null } : {}));

/** Measures the forms of the kernels; the fastest are in force from then on and remembered for this adapter. */
export async function tuneKernels(adapter: AdapterReport): Promise<void> {
  const jobId = `tuner ${++jobs}`;
  set({ tuning: jobId, error: null });
  try {
    const { variant, rows } = await ask('tuned', { type: 'tune', jobId });
    set({ tuned: { variant, rows } });
    rememberKernels(adapter, { variant, rows });
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'cancelled')) set({ error: reportError(error) });
  } finally {
    set({ tuning: null });
  }
}

/** What the worker measured unasked, before the first run on a GPU. */
export function kernelsFound(adapter: AdapterReport, { variant, rows }: { variant: Variant; rows: TuneRow[] }): void {
  set({ tuned: { variant, rows } });
  rememberKernels(adapter, { variant, rows });
}

/** The System screen says why. */
export const kernelsNotFound = (error: ErrorReport): void => set({ error });

export function cancelTuning(): void {
  const { tuning } = useMeasured.getState();
  if (tuning) send({ type: 'cancel', jobId: tuning });
}

/** Forms chosen by hand; null: what is likely the fastest. */
export function chooseKernels(adapter: AdapterReport, variant: Variant | null): void {
  send({ type: 'useVariant', variant });
  set({ tuned: null });
  rememberKernels(adapter, variant && { variant, rows: [] });
}

const place = 'kernels';

const rememberKernels = (adapter: AdapterReport, tuned: Measured['tuned']): void =>
  void remember(place, tuned && { adapter: adapter.name, of: formsOf(adapter), ...tuned });

/** Among which forms it was chosen: where there are others, what was measured among them says nothing. */
const formsOf = ({ available }: AdapterReport): string =>
  available.map((v) => `${variantParts.map((part) => v[part]).join(' ')} ${roundingOf(v)}`).join(', ');

const isVariant = (v: unknown, available: Variant[]): v is Variant =>
  typeof v === 'object' &&
  v !== null &&
  variantParts.every((part) => available.some((a) => a[part] === (v as Record<string, unknown>)[part]));

/** Puts what an earlier visit found on this adapter in force again. */
export function recallKernels(adapter: AdapterReport): void {
  if (useMeasured.getState().tuned) return;
  const { adapter: name, of, rows, variant } = rememberedEntries(place);
  const measured = Array.isArray(rows) && rows.length > 0;
  // otherwise the likely forms stay in force, and a GPU is measured anew
  if (name !== adapter.name || !isVariant(variant, adapter.available) || (measured && of !== formsOf(adapter))) return;
  set({ tuned: { variant, rows: [] } });
  send({ type: 'useVariant', variant });
}
