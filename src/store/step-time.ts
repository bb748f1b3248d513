// How long a step of the settings in the panel takes on this device, once it was measured.

import { create } from 'zustand';
import type { RunConfig } from '../core/config.ts';
import type { Variant } from '../core/variant.ts';
import { type ErrorReport, StudioError, reportError } from '../core/errors.ts';
import { isActive } from './actions.ts';
import { ask } from './engine.ts';
import { useStudio } from './studio.ts';
import { clipsOfRun } from './start.ts';

export interface StepTiming {
  /** settings that are being measured */
  pending: RunConfig | null;
  /** what was measured last, of which settings with which kernels */
  measured: { config: RunConfig; variant: Variant | null; milliseconds: number } | null;
  problem: { config: RunConfig; error: ErrorReport } | null;
}

export const useStepTime = create<StepTiming>(() => ({ pending: null, measured: null, problem: null }));

/** The kernels that a run would take; null without a device. */
function variantInForce(): Variant | null {
  const { device } = useStudio.getState();
  return device.kind === 'ready' ? device.adapter.variant : null;
}

/** Measures the settings in force; never beside a run. */
export async function measureStep(): Promise<void> {
  const { config, run } = useStudio.getState();
  const clipIds = clipsOfRun(useStudio.getState());
  if (isActive(run) || !clipIds.length || useStepTime.getState().pending === config) return;
  useStepTime.setState({ pending: config, problem: null });
  try {
    const { milliseconds } = await ask('stepTime', { type: 'timeStep', config, clipIds });
    useStepTime.setState({ measured: { config, variant: variantInForce(), milliseconds } });
  } catch (error) {
    // one that gave way to a run or to other settings is asked for again when it is wanted
    const gaveWay = error instanceof StudioError && error.code === 'cancelled';
    if (!gaveWay) useStepTime.setState({ problem: { config, error: reportError(error) } });
  } finally {
    if (useStepTime.getState().pending === config) useStepTime.setState({ pending: null });
  }
}
