// Which windows of a video surprise is asked for: few enough to wait for, and all of those that a change was made in.

import { gridOf, type RunConfig } from '../core/config.ts';
import { edgesOf, type Provocation } from '../core/provocation.ts';
import type { SurpriseRequest } from '../protocol/looking.ts';

/** Windows of a curve at most, about, besides those around a change. */
const windows = 60;

export function surpriseWindows(
  config: RunConfig,
  frames: number,
  provocation: Provocation | null,
): Pick<SurpriseRequest, 'contexts' | 'every' | 'edges'> {
  const { samplingRate } = config.data;
  // a multiple of the stride, so that the closer ones lie between them
  const strides = Math.ceil((frames - config.model.frames * samplingRate) / windows / samplingRate);
  const every = samplingRate * Math.max(1, strides);
  // where there is a window at every stride anyway, nothing is asked anew
  return {
    contexts: contextsOf(config),
    every,
    edges: provocation && every > samplingRate ? edgesOf(provocation) : [],
  };
}

/** Tubelets of context that surprise is asked for: one, half, all but one. */
function contextsOf(config: RunConfig): number[] {
  const { t } = gridOf(config.model);
  return [...new Set([1, Math.floor(t / 2), t - 1])].filter((n) => n >= 1 && n < t).sort((a, b) => a - b);
}
