// The user's files as clips of the library: added once, in the order of their paths, and taken out again.

import type { ClipInfo } from '../protocol/messages.ts';
import { labelsTogether } from '../video/labels.ts';
import { newId, showClip, wake } from './actions.ts';
import { send } from './engine.ts';
import { type Job, patch, type Studio, useStudio } from './studio.ts';

/** Files in the library, and those that are being read. */
const added = new Map<string, File>();
/** Clips of every job that reads files. */
const reading = new Map<string, string[]>();

/** The file behind a clip; undefined for drawn ones. */
export const fileOf = (clipId: string): File | undefined => added.get(clipId);

/** Whether a clip's file came with a folder and by its name is no picture: a readme beside the videos, say. */
export function isBystander(clipId: string): boolean {
  const file = fileOf(clipId);
  return !!file?.webkitRelativePath && !/^(?:video|image)\//.test(file.type);
}

/** Files as people sort them, folder by folder, whatever order a disk gives them in. */
const { compare } = new Intl.Collator('en', { numeric: true });
const byPath = (a: File, b: File): number => compare(a.webkitRelativePath || a.name, b.webkitRelativePath || b.name);

/**
 * Clips in the order in which their files were given, whichever was decoded first: a run learns from them in this order, so
 * the same folder and seed give the same run. Drawn ones come first.
 */
export function inOrder(clips: readonly ClipInfo[]): ClipInfo[] {
  const place = new Map([...added.keys()].map((clipId, i) => [clipId, i]));
  return clips.toSorted((a, b) => (place.get(a.clipId) ?? -1) - (place.get(b.clipId) ?? -1));
}

/** Files as they are told apart: the same one again would count twice in training and in an evaluation. */
const identityOf = ({ name, size, lastModified, webkitRelativePath }: File): string =>
  [webkitRelativePath || name, size, lastModified].join('/');

export function addFiles(given: File[]): void {
  const there = new Set([...added.values()].map(identityOf));
  const files: File[] = [];
  const again: string[] = [];
  for (const file of given) {
    const identity = identityOf(file);
    if (there.has(identity)) again.push(file.name);
    else files.push(file);
    there.add(identity);
  }
  files.sort(byPath);
  if (again.length) patch({ leftOut: { ...useStudio.getState().leftOut, again } });
  if (!files.length) return;
  wake();
  const labels = labelsTogether(files.map((file) => file.webkitRelativePath));
  const named = files.map((file, i) => ({ clipId: newId('clip'), file, labels: labels[i] }));
  for (const { clipId, file } of named) added.set(clipId, file);
  const jobId = newId('files');
  reading.set(
    jobId,
    named.map(({ clipId }) => clipId),
  );
  send({ type: 'addFiles', jobId, files: named });
}

/** A job that read files is over: those that became no clips may come again. */
export function filesRead(jobId: string): void {
  const there = new Set(useStudio.getState().clips.map(({ clipId }) => clipId));
  for (const clipId of reading.get(jobId) ?? []) if (!there.has(clipId)) added.delete(clipId);
  reading.delete(jobId);
}

/** The job whose files are on their way into the library. */
export const arrivingOf = (jobs: Studio['jobs']): Job | null =>
  Object.entries(jobs).find(([jobId]) => reading.has(jobId))?.[1] ?? null;

export const cancelJob = (jobId: string): void => send({ type: 'cancel', jobId });

/** What is shown in place of a video that goes: the one behind it, or else before it; a drawn clip when it is the only one. */
export function clipBeside(clips: readonly ClipInfo[], clipId: string): ClipInfo | undefined {
  const files = clips.filter((c) => c.source === 'file');
  const at = files.findIndex((c) => c.clipId === clipId);
  return files.at(at + 1) ?? (at > 0 ? files[at - 1] : clips.find((c) => c.source !== 'file'));
}

export function removeClip(clipId: string): void {
  send({ type: 'removeClip', clipId });
  send({ type: 'look' }); // a run may learn from it: the list says so
  added.delete(clipId);
  const next = clipBeside(useStudio.getState().clips, clipId);
  const clips = useStudio.getState().clips.filter((c) => c.clipId !== clipId);
  patch({ clips, ...(clips.some((c) => c.source === 'file') ? {} : { source: 'drawn' as const }) });
  if (useStudio.getState().viewed?.clipId === clipId && next) void showClip(next.clipId);
}
