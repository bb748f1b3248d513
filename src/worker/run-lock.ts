// The locks of kept runs: of all tabs of the studio one may write a run.

import { StudioError } from '../core/errors.ts';

/** A page that is being left may hold its locks for a moment. */
const patience = 1500;

/** Takes the lock of a run until the result is called; null when another tab has it. */
export function lock(runId: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const held = () => new Promise<void>((release) => resolve(release));
    navigator.locks.request(`run ${runId}`, { signal: AbortSignal.timeout(patience) }, held).catch(() => resolve(null)); // the time is over
  });
}

export class TakenElsewhere extends StudioError {
  constructor() {
    super(
      'storage',
      'This run is open in another tab of the studio, and two may not write it.',
      'Go on there, or close that tab first.',
    );
  }
}
