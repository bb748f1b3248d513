// Kept runs on the storage that is in force, and the list that they tell.

import type { Event } from '../protocol/messages.ts';
import { KeptRuns } from '../worker/kept-runs.ts';
import type { Library } from '../worker/library.ts';

export function keeping(library: Library) {
  const events: Event[] = [];
  const kept = new KeptRuns((event) => events.push(event), library);
  const look = async () => {
    events.splice(0);
    await kept.look();
    const [list] = events;
    if (list?.type !== 'kept') throw new Error('no list was told');
    const failed = events[1];
    return { runs: list.runs, error: failed?.type === 'keptFailed' ? failed.error : null };
  };
  return { kept, look };
}
