// Why something cannot be done with a kept run just now; null where it can. Buttons that are off say it. And how a run broke.

import { nameSome } from '../core/numbered.ts';
import type { Broke } from '../core/run-note.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import type { DeviceState } from '../protocol/messages.ts';
import { withoutDevice } from '../store/start.ts';

export interface Around {
  /** whether there is a GPU */
  device: DeviceState['kind'];
  /** a run trains on the page, and whether it is this one */
  busy: boolean;
  live: boolean;
  /** a run is being read */
  opening: boolean;
}

const elsewhere = 'It is open in another tab: go on there, or close that tab first';
const opening = 'A run is being read';

const needs = ({ missing }: Pick<KeptRun, 'missing'>): string =>
  `It needs ${nameSome(missing.map((f) => f.name))}: drop ${missing.length === 1 ? 'it' : 'them'} on the page first`;

export function replayObstacle(kept: Pick<KeptRun, 'missing'>, device: DeviceState['kind']): string | null {
  if (kept.missing.length) return needs(kept);
  return device === 'ready' ? null : withoutDevice(device);
}

export function resumeObstacle(
  kept: Pick<KeptRun, 'elsewhere' | 'missing'>,
  around: Omit<Around, 'live'>,
): string | null {
  if (kept.elsewhere) return elsewhere;
  if (kept.missing.length) return needs(kept);
  if (around.busy) return 'A run trains on this page: stop it first';
  if (around.opening) return opening;
  return around.device === 'ready' ? null : withoutDevice(around.device);
}

/** Of what is written down about it: pin, hide. */
export const noteObstacle = (kept: Pick<KeptRun, 'elsewhere'>): string | null => (kept.elsewhere ? elsewhere : null);

export function deleteObstacle(kept: Pick<KeptRun, 'elsewhere'>, around: Omit<Around, 'device'>): string | null {
  if (kept.elsewhere) return elsewhere;
  if (around.busy && around.live) return 'It trains on this page: stop it first';
  return around.opening ? opening : null;
}

/** Null for a run that did not break, and for one that got through that step after all. `step`: steps it has taken. */
export const brokenWords = (broke: Broke | undefined, step: number): string | null =>
  !broke || step >= broke.step
    ? null
    : broke.code === 'non-finite'
      ? `broken in step ${broke.step}: NaN or infinity`
      : `broken off after step ${broke.step - 1}${broke.code === 'gpu-lost' ? ': the GPU was lost' : ''}`;
