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

/** Changes of a run that are on their way to the worker. */
const onTheirWay = new Map<string, number>();

export function noteLeaves(runId: string, change: NoteChange): void {
  onTheirWay.set(runId, (onTheirWay.get(runId) ?? 0) + 1);
  const all = unwrittenNotes();
  put(all.set(runId, { ...all.get(runId), ...change }));
}

/** One of them is written, or the user was told that it is not. */
export function noteArrived(runId: string): void {
  const left = (onTheirWay.get(runId) ?? 1) - 1;
  onTheirWay.set(runId, left);
  if (left > 0) return;
  const all = unwrittenNotes();
  if (all.delete(runId)) put(all);
}
