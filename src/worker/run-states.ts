// How a run stands is told here, and why it failed: to the page at once, and to the list of kept runs.

import { type ErrorCode, reportError } from '../core/errors.ts';
import type { RunState } from '../protocol/messages.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Post } from './library.ts';
import { hasEnded, release, type Run } from './run.ts';

export interface RunStates {
  setState: (r: Run, state: RunState, error?: unknown) => void;
  /** the first reason stands */
  fail: (r: Run, error: unknown) => void;
  /** its device went away */
  lose: (r: Run, error: unknown) => void;
}

export function runStates(post: Post, kept: Pick<KeptRuns, 'describe' | 'look'>): RunStates {
  function setState(r: Run, state: RunState, error: unknown = null): void {
    r.state = state;
    post({
      type: 'runState',
      runId: r.runId,
      state,
      step: r.pretraining?.step ?? 0,
      error: error === null ? null : reportError(error),
    });
    r.wake();
  }

  function fail(r: Run, error: unknown): void {
    if (r.state !== 'failed') {
      const ended = hasEnded(r);
      setState(r, 'failed', error);
      if (!ended) note(r, reportError(error).code);
    }
    release(r);
  }

  /** Why a run failed, for the list of kept ones. One that does not say so is no harm: the page of now does, and the run is as it
   * was saved. */
  function note(r: Run, code: ErrorCode): void {
    r.failure = code;
    // steps whose numbers a lost GPU did not give back were not taken
    const taken = code === 'gpu-lost' ? (r.rows.at(-1)?.step ?? (r.before?.step ?? 0) - 1) + 1 : r.pretraining?.step;
    if (taken === undefined) return;
    void kept
      .describe(r.runId, { broke: { step: taken + 1, code } })
      .then(() => kept.look())
      .catch(() => {});
  }

  function lose(r: Run, error: unknown): void {
    r.lost = r.pretraining !== null;
    // one that waits for the run before it too: the page knows of no device until the user looks for one again
    if (!hasEnded(r)) fail(r, error);
    // a browser may say of a read-back that it ended before it says why
    else if (r.failure === 'internal') note(r, 'gpu-lost');
  }

  return { setState, fail, lose };
}
