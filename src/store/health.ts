// The health of the run on the page: its checks, and the verdict that they allow.

import { create } from 'zustand';
import { isProbeInterval, type ProbeInterval } from '../core/check-budget.ts';
import type { RunConfig } from '../core/config.ts';
import type { ErrorReport } from '../core/errors.ts';
import { type HealthRow, withHealthRow } from '../core/health-row.ts';
import type { Event } from '../protocol/messages.ts';
import { chooseConfig } from './actions.ts';
import { send } from './engine.ts';
import { remember, remembered } from './remembered.ts';

export interface Health {
  runId: string | null;
  rows: HealthRow[];
  /** of the time of the run's steps that checks took */
  share: number;
  /** the clips of the checks are not among those that the run learns from */
  heldOut: boolean;
  problem: ErrorReport | null;
  /** index of the row that is looked at; null follows the newest */
  looked: number | null;
  /** the user waits for a check */
  asked: boolean;
  /** steps between two checks with probes, of every run; null: as they are earned */
  probeEvery: ProbeInterval | null;
}

const empty = { rows: [], share: 0, heldOut: true, problem: null, looked: null, asked: false };

export const useHealth = create<Health>(() => ({ runId: null, probeEvery: null, ...empty }));

const place = 'probe every';

/** What was chosen on an earlier visit. */
export function recallProbeEvery(): void {
  const steps = remembered(place);
  if (isProbeInterval(steps)) chooseProbeEvery(steps);
}

/** For the run on the page and for those to come, remembered on this device. */
export function chooseProbeEvery(probeEvery: ProbeInterval | null): void {
  useHealth.setState({ probeEvery });
  remember(place, probeEvery);
  send({ type: 'probeEvery', steps: probeEvery });
}

export function receiveHealth({ runId, rows, share, heldOut }: Extract<Event, { type: 'health' }>): void {
  useHealth.setState((before) => {
    const known = before.runId === runId ? before : { ...before, ...empty, runId };
    return {
      ...known,
      rows: rows.reduce(withHealthRow, known.rows),
      share,
      heldOut,
      problem: null,
      asked: known.asked && rows.every(({ step }) => step === 0),
    };
  });
}

export const healthFailed = (runId: string, problem: ErrorReport): void =>
  useHealth.setState((before) => (before.runId === runId ? { problem, asked: false } : { ...empty, runId, problem }));

/** A run that begins again is checked again, whatever ended the checks before. */
export const healthBegins = (): void => useHealth.setState({ problem: null });

/** A check with probes, at the next step or, of a run that rests, at once. */
export function checkNow(runId: string): void {
  useHealth.setState((before) => (before.runId === runId ? { asked: true } : { ...empty, runId, asked: true }));
  send({ type: 'check', runId });
}

/** Looks at the check with this index; null follows the newest. */
export const lookAtCheck = (looked: number | null): void => useHealth.setState({ looked });

/** Settings for the next run; the one that trains keeps its own. */
export const takeRemedy = (config: RunConfig): void => chooseConfig(config);
