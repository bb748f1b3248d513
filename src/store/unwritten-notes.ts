// What the user said of runs and the worker has not written yet: kept by the page, so that it outlives one that goes away at
// once.

import { type NoteChange, readNoteChange } from '../core/run-note.ts';
import { remember, rememberedEntries } from './remembered.ts';

const place = 'unwritten notes';

/** Changes by run, in one object per run: a later one stands over an earlier one. */
export function unwrittenNotes(): Map<string, NoteChange> {
  return new Map(
    Object.entries(rememberedEntries(place)).flatMap(([runId, told]) => {
      const change = readNoteChange(told);
      return change ? [[runId, change]] : [];
    }),
  );
}

function put(all: ReadonlyMap<string, NoteChange>): void {
  remember(place, all.size ? Object.fromEntries(all) : null);
}

/** Changes that are on their way to the worker, by run: how many, and what all of them say. */
const onTheirWay = new Map<string, { count: number; change: NoteChange }>();

/** What was said of a run since the worker wrote last; nothing is an empty change. */
export const changeOnItsWay = (runId: string): NoteChange => onTheirWay.get(runId)?.change ?? {};

export function noteLeaves(runId: string, change: NoteChange): void {
  const count = (onTheirWay.get(runId)?.count ?? 0) + 1;
  onTheirWay.set(runId, { count, change: { ...changeOnItsWay(runId), ...change } });
  const all = unwrittenNotes();
  put(all.set(runId, { ...all.get(runId), ...change }));
}

/** One of them is written, or the user was told that it is not. */
export function noteArrived(runId: string): void {
  const { count, change } = onTheirWay.get(runId) ?? { count: 1, change: {} };
  if (count > 1) {
    onTheirWay.set(runId, { count: count - 1, change });
    return;
  }
  onTheirWay.delete(runId);
  const all = unwrittenNotes();
  if (all.delete(runId)) put(all);
}
