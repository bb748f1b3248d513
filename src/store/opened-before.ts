// Files of earlier visits. A page cannot open a file by its path; Chromium lets it keep what it was given a handle of, and
// read it again once the user says yes. Handles lie in this origin's own storage; other browsers have none, and nothing is
// offered there.

import { get, set } from 'idb-keyval';
import { create } from 'zustand';
import { isObject } from '../core/is-object.ts';
import { showProblem } from './actions.ts';
import { filesOf, type HandleContent, pickHandles } from './file-handles.ts';
import { clipsAmong, receiveFiles, tellUnread } from './receive-files.ts';

/** A file, or a folder with all its files, that was given to the page. */
export interface OpenedBefore {
  handle: FileSystemHandle;
  /** of its files, without their folders */
  names: string[];
  /** which visit it was opened in last */
  visit: string;
}

const key = 'opened-before';
/** Of all visits, the newest first. */
const most = 256;
const visit = crypto.randomUUID();

export const useOpenedBefore = create<{ entries: readonly OpenedBefore[] }>(() => ({ entries: [] }));
const entries = () => useOpenedBefore.getState().entries;

/** What is known from before; where nothing can be kept, nothing is. */
async function recall(): Promise<void> {
  const known = await get<unknown>(key).catch(() => undefined);
  if (Array.isArray(known)) useOpenedBefore.setState({ entries: known.filter(isEntry) });
}

/** Another version of the page may have written something else. */
const isEntry = (v: unknown): v is OpenedBefore =>
  isObject(v) && v.handle instanceof FileSystemHandle && Array.isArray(v.names) && typeof v.visit === 'string';

const recalled = recall();

async function keep(next: readonly OpenedBefore[]): Promise<void> {
  useOpenedBefore.setState({ entries: next });
  await set(key, next).catch(() => {}); // then the next visit offers what it did before
}

/** Remembers where clips came from; `files`: all that the handles gave. */
export async function rememberOpened(handles: readonly FileSystemHandle[], files: readonly File[]): Promise<void> {
  const clips = clipsAmong(files);
  const fresh = handles
    .map((handle) => ({ handle, names: namesIn(handle, clips), visit }))
    .filter((e) => e.names.length);
  if (!fresh.length) return;
  await recalled;
  const others: OpenedBefore[] = [];
  for (const entry of entries()) {
    const again = await Promise.all(fresh.map(({ handle }) => handle.isSameEntry(entry.handle)));
    if (!again.includes(true)) others.push(entry);
  }
  await keep([...fresh, ...others].slice(0, most));
}

const namesIn = (handle: FileSystemHandle, files: readonly File[]): string[] =>
  files
    .filter(({ name, webkitRelativePath: path }) =>
      handle.kind === 'file' ? !path && name === handle.name : path.startsWith(`${handle.name}/`),
    )
    .map(({ name }) => name);

/** Those that were opened in the last visit; none once this one has opened any. */
export const ofLastVisit = (all: readonly OpenedBefore[]): OpenedBefore[] =>
  all.some((entry) => entry.visit === visit) ? [] : all.filter((entry) => entry.visit === all[0].visit);

/** Those that hold files of these names, newest first; null where one of the names is in none. */
export function holding(all: readonly OpenedBefore[], names: readonly string[]): OpenedBefore[] | null {
  const found = new Set<OpenedBefore>();
  for (const name of names) {
    const entry = all.find((e) => e.names.includes(name));
    if (!entry) return null;
    found.add(entry);
  }
  return [...found];
}

/** Asks for files or a folder. Must follow a press of a button. */
export async function pickClips(what: 'files' | 'folder'): Promise<void> {
  try {
    await take(await pickHandles(what));
  } catch (error) {
    showProblem(error);
  }
}

/** Asks the user's leave to read them again, and takes them as if they had been dropped. Must follow a press of a button. */
export const openAgain = (wanted: readonly OpenedBefore[]): Promise<void> => take(wanted.map(({ handle }) => handle));

async function take(handles: readonly FileSystemHandle[]): Promise<void> {
  const found: HandleContent[] = [];
  for (const handle of handles) found.push(await filesOf(handle));
  const files = found.flatMap((part) => part.files);
  const unread = found.flatMap((part) => part.unread);
  if (files.length) receiveFiles(files);
  if (unread.length) tellUnread(unread);
  await rememberOpened(handles, files);
}

/** Nothing is offered any more, of whatever visit. */
export const forgetOpened = (): Promise<void> => keep([]);
