// What the user says of a run: its name, notes and group; whether a checkpoint of it is pinned, whether it is shown, and
// whether it is about to leave; and what its checkpoints cannot tell, that it broke. Kept beside them.

import { isObject } from './is-object.ts';

/** How a run broke: the step that it did not get through, counted from 1, and the code of the error. */
export interface Broke {
  step: number;
  code: string;
}

export interface RunNote {
  /** '': the name drawn from its id (run-name.ts) */
  name: string;
  notes: string;
  /** '': none */
  group: string;
  /** step of the checkpoint that stays whatever comes after it */
  pinned: number | null;
  hidden: boolean;
  /** deleted, and may be taken back until then (milliseconds since 1970); null: it stays */
  leaves: number | null;
  /** absent where it never did; behind that step it is sound again */
  broke?: Broke;
}

/** What of it means something elsewhere: a run that goes out as a file carries it. */
export type ToldNote = Pick<RunNote, 'name' | 'notes' | 'group'>;

/** A change that the user makes; `pinned` says whether, which step that is the folder knows. */
export interface NoteChange {
  name?: string;
  notes?: string;
  group?: string;
  pinned?: boolean;
  hidden?: boolean;
  leaves?: number | null;
  broke?: Broke;
}

const format = 'v-jepa-studio run note 1';
export const mostName = 80;
export const mostNotes = 4000;

export const noNote: RunNote = { name: '', notes: '', group: '', pinned: null, hidden: false, leaves: null };

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, mostName);

/** `newest`: step of the newest checkpoint, which is the one that a pin holds. */
export function withNote(note: RunNote, change: NoteChange, newest: number | null): RunNote {
  const { name, notes, group, pinned, hidden, leaves, broke = note.broke } = change;
  return {
    name: name === undefined ? note.name : oneLine(name),
    notes: notes === undefined ? note.notes : notes.slice(0, mostNotes),
    group: group === undefined ? note.group : oneLine(group),
    pinned: pinned === undefined ? note.pinned : pinned ? newest : null,
    hidden: hidden ?? note.hidden,
    leaves: leaves === undefined ? note.leaves : leaves,
    ...(broke && { broke }),
  };
}

export const writeNote = (note: RunNote): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify({ format, ...note }));

const isText = (v: unknown, most: number): v is string => typeof v === 'string' && v.length <= most;
const isMaybeCount = (v: unknown): v is number | null => v === null || (Number.isSafeInteger(v) && Number(v) >= 0);

/** Null for anything that is not a whole note. */
export function readNote(bytes: Uint8Array): RunNote | null {
  let v: unknown;
  try {
    v = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (typeof v !== 'object' || v === null || !('format' in v) || v.format !== format) return null;
  const { name, notes, group, pinned, hidden, leaves, broke } = v as Record<string, unknown>;
  if (!isText(name, mostName) || !isText(notes, mostNotes) || !isText(group, mostName)) return null;
  if (!isMaybeCount(pinned) || typeof hidden !== 'boolean' || !isMaybeCount(leaves)) return null;
  return { name, notes, group, pinned, hidden, leaves, ...(isBroke(broke) && { broke }) };
}

const isBroke = (v: unknown): v is Broke =>
  isObject(v) && Number.isSafeInteger(v.step) && Number(v.step) > 0 && isText(v.code, mostName);

export const tellNote = ({ name, notes, group }: ToldNote): string => JSON.stringify({ name, notes, group });

/** What a file says of its run; null for one that says nothing, and for what no note could be. */
export function readToldNote(text: string | undefined): ToldNote | null {
  let v: unknown;
  try {
    v = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  if (typeof v !== 'object' || v === null) return null;
  const { name, notes, group } = v as Record<string, unknown>;
  return isText(name, mostName) && isText(notes, mostNotes) && isText(group, mostName) ? { name, notes, group } : null;
}

/** Null for anything that is not a change; what else it holds is left out. */
export function readNoteChange(v: unknown): NoteChange | null {
  if (typeof v !== 'object' || v === null) return null;
  const { name, notes, group, pinned, hidden, leaves } = v as Record<string, unknown>;
  const sound =
    (name === undefined || isText(name, mostNotes)) &&
    (notes === undefined || isText(notes, mostNotes)) &&
    (group === undefined || isText(group, mostNotes)) &&
    (pinned === undefined || typeof pinned === 'boolean') &&
    (hidden === undefined || typeof hidden === 'boolean') &&
    (leaves === undefined || isMaybeCount(leaves));
  if (!sound) return null;
  return {
    ...(name !== undefined && { name }),
    ...(notes !== undefined && { notes }),
    ...(group !== undefined && { group }),
    ...(pinned !== undefined && { pinned }),
    ...(hidden !== undefined && { hidden }),
    ...(leaves !== undefined && { leaves }),
  };
}
