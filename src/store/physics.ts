// Physics pairs: what the run on the page finds more surprising, beside networks that were never trained.

import { create } from 'zustand';
import type { ErrorReport } from '../core/errors.ts';
import { reportError, StudioError } from '../core/errors.ts';
import type { PhysicsReport } from '../protocol/looking.ts';
import { ask, send } from './engine.ts';
import { onRunBegun, useStudio } from './studio.ts';

export interface Physics {
  /** untrained networks to compare with */
  untrained: number;
  jobId: string | null;
  /** of which run after how many steps */
  found: { runId: string; step: number; report: PhysicsReport } | null;
  error: ErrorReport | null;
}

export const usePhysics = create<Physics>(() => ({ untrained: 3, jobId: null, found: null, error: null }));
const set = usePhysics.setState;

onRunBegun(() => set({ error: null }));

/** Sets of every property: 16 pairs each. */
const sets = 8;
let jobs = 0;

export const chooseUntrained = (untrained: number): void => set({ untrained });

export async function scorePairs(): Promise<void> {
  const { run, device } = useStudio.getState();
  const { jobId: busy, untrained } = usePhysics.getState();
  if (!run || busy || device.kind !== 'ready') return;
  const jobId = `physics ${++jobs}`;
  set({ jobId, error: null });
  try {
    const { step, report } = await ask('physics', { type: 'physics', jobId, runId: run.runId, sets, untrained });
    set({ found: { runId: run.runId, step, report } });
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'cancelled')) set({ error: reportError(error) });
  } finally {
    set({ jobId: null });
  }
}

export function cancelPairs(): void {
  const { jobId } = usePhysics.getState();
  if (jobId) send({ type: 'cancel', jobId });
}
