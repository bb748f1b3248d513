// Files of earlier visits. A page cannot open a file by its path; Chromium lets it keep what it was given a handle of, and
// read it again once the user says yes. Handles lie in this origin's own storage; other browsers have none, and nothing is
// offered there.

import { get, set } from 'idb-keyval';
import { create } from 'zustand';
import { isObject } from '../core/is-object.ts';
import { newId, showProblem } from './actions.ts';
import { filesOf, mayRead, pickHandles } from './file-handles.ts';
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
const visit = newId('visit');

export const useOpenedBefore = create<{ entries: readonly OpenedBefore[]; opening: boolean }>(() => ({
  entries: [],
  opening: false,
}));
const entries = () => useOpenedBefore.getState().entries;

/** What is known from before; where nothing can be kept, nothing is. */
async function recall(): Promise<void> {
  const known = await get<unknown>(key);
  if (Array.isArray(known)) useOpenedBefore.setState({ entries: known.filter(isEntry) });
}

/** Another version of the page may have written something else. */
const isEntry = (v: unknown): v is OpenedBefore =>
  isObject(v) && v.handle instanceof FileSystemHandle && Array.isArray(v.names) && typeof v.visit === 'string';

/** Where a page may keep nothing, or no more, the next visit offers what it did before. */
async function ifKept(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    // the page itself knows what was opened
  }
}

/** One change after the other, each of what is there by then: another tab may have written meanwhile. */
let changing: Promise<void> = ifKept(recall);

function change(of: (known: readonly OpenedBefore[]) => Promise<readonly OpenedBefore[]>): Promise<void> {
  changing = changing.then(async () => {
    await ifKept(recall);
    const next = await of(entries());
    useOpenedBefore.setState({ entries: next });
    await ifKept(() => set(key, next));
  });
  return changing;
}

/** Remembers where clips came from; `files`: all that the handles gave. */
export const rememberOpened = (handles: readonly FileSystemHandle[], files: readonly File[]): Promise<void> =>
  put(async () => {
    const names = await namesByHandle(handles, files);
    return handles.map((handle, i) => ({ handle, names: names[i], visit }));
  });

/** Names of the clips behind each handle. Paths do not tell two folders of one name apart: those are read once more. */
const namesByHandle = (handles: readonly FileSystemHandle[], files: readonly File[]): Promise<string[][]> =>
  Promise.all(
    handles.map(async (handle) => {
      const namesakes = handles.filter(({ name, kind }) => kind === 'directory' && name === handle.name);
      return namesIn(handle, clipsAmong(namesakes.length > 1 ? (await filesOf(handle)).files : files));
    }),
  );

/** In front of the others, each once. */
const put = (given: () => Promise<readonly OpenedBefore[]>): Promise<void> =>
  change(async (known) => {
    const fresh = (await given()).filter((entry) => entry.names.length);
    const others: OpenedBefore[] = [];
    for (const entry of known) {
      const again = await Promise.all(fresh.map(({ handle }) => handle.isSameEntry(entry.handle)));
      if (!again.includes(true)) others.push(entry);
    }
    return [...fresh, ...others].slice(0, most);
  });

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
    const handles = await pickHandles(what);
    await rememberOpened(handles, await take(handles));
  } catch (error) {
    showProblem(error);
  }
}

/**
 * Asks the user's leave to read them again, and takes them as if they had been dropped; what could not be read now is offered
 * again with the others. Must follow a press of a button.
 */
export async function openAgain(wanted: readonly OpenedBefore[]): Promise<void> {
  if (useOpenedBefore.getState().opening) return;
  useOpenedBefore.setState({ opening: true });
  try {
    const handles = wanted.map(({ handle }) => handle);
    const files = await take(handles);
    await put(async () => {
      const now = await namesByHandle(handles, files);
      return wanted.map(({ handle, names }, i) => ({ handle, names: now[i].length ? now[i] : names, visit }));
    });
  } finally {
    useOpenedBefore.setState({ opening: false });
  }
}

/** Their files, handed on to whom they concern. All leave is asked for at once, while the press of the button still counts. */
async function take(handles: readonly FileSystemHandle[]): Promise<File[]> {
  const granted: boolean[] = [];
  for (const handle of handles) granted.push(await mayRead(handle));
  const found = await Promise.all(handles.filter((_, i) => granted[i]).map(filesOf));
  const files = found.flatMap((part) => part.files);
  const refused = handles.filter((_, i) => !granted[i]).map(({ name }) => name);
  const unread = [...refused, ...found.flatMap((part) => part.unread)];
  if (files.length) receiveFiles(files);
  if (unread.length) tellUnread(unread);
  return files;
}

/** Nothing is offered any more, of whatever visit. */
export const forgetOpened = (): Promise<void> => change(async () => []);
