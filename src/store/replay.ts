// The replay of a kept run: one at a time, with what came of the last one.

import { create } from 'zustand';
import { type ErrorReport, reportError } from '../core/errors.ts';
import type { ReplayResult } from '../protocol/keeping.ts';
import { newId } from './actions.ts';
import { ask, send } from './engine.ts';

export interface Replay {
  runId: string | null;
  /** while it goes on */
  jobId: string | null;
  result: ReplayResult | null;
  problem: ErrorReport | null;
}

export const useReplay = create<Replay>(() => ({ runId: null, jobId: null, result: null, problem: null }));

export async function replayRun(runId: string): Promise<void> {
  if (useReplay.getState().jobId) return;
  const jobId = newId('replay');
  useReplay.setState({ runId, jobId, result: null, problem: null });
  try {
    const { result } = await ask('replayed', { type: 'replay', jobId, runId });
    useReplay.setState({ result });
  } catch (error) {
    useReplay.setState({ problem: reportError(error) });
  } finally {
    useReplay.setState({ jobId: null });
  }
}

export function cancelReplay(): void {
  const { jobId } = useReplay.getState();
  if (jobId) send({ type: 'cancel', jobId });
}
