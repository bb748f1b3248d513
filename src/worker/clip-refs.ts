// The clips of a run by names that outlast the page: drawn ones by seed, number and look, files by their
// fingerprint.

import { sameLook, usualLook } from '../core/drawn-look.ts';
import { StudioError } from '../core/errors.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import type { ClipRef } from '../protocol/messages.ts';
import type { KeptForm } from '../video/frames.ts';
import { fingerprintFile } from '../video/fingerprint.ts';
import type { Clip } from './clips.ts';
import type { Library } from './library.ts';

const fingerprints = new WeakMap<File, Promise<string>>();

/**
 * Each file is read once for it; one that could not be read is tried again by whoever asks next. Throws StudioError 'video'
 * with its name.
 */
export function fingerprint(file: File): Promise<string> {
  const known = fingerprints.get(file);
  if (known) return known;
  const reading = fingerprintFile(file).then(
    ({ text }) => text,
    (error: unknown) => {
      fingerprints.delete(file);
      throw error instanceof StudioError ? error : unreadable(file, error);
    },
  );
  fingerprints.set(file, reading);
  return reading;
}

/** What the browser says of a file that was renamed, edited or removed since it was dropped. */
const unreadable = ({ name }: File, error: unknown): StudioError =>
  new StudioError(
    'video',
    `${name} cannot be read any more (${error instanceof Error ? error.message : String(error)}), so there is no saying which clip it is.`,
    'Put the file back as it was, or drop it again and start another run.',
  );

/** How the pictures of a file are kept: a library that is fuller keeps fewer or smaller ones. */
const kept = ({ source, info }: Clip): string =>
  `${source.width} × ${source.height}, ${info.cachedFrames} of ${source.frames} frames`;

/** The form that `kept` put into words; null for other words. */
function formOf(words: string): KeptForm | null {
  const numbers = /^(\d{1,4}) × (\d{1,4}), (\d{1,7}) of \d{1,7} frames$/.exec(words)?.slice(1).map(Number);
  return numbers?.every((n) => n > 0) ? { width: numbers[0], height: numbers[1], keptFrames: numbers[2] } : null;
}

/** Tells of every file before it is read; false ends the reading. */
export type OnFile = (file: File) => boolean;

/** How those of the files that `names` knows were kept; of two names of one file, the last one counts. */
export async function recordedForms(
  files: readonly File[],
  names: readonly ClipRef[],
  onFile: OnFile,
): Promise<ReadonlyMap<File, KeptForm>> {
  const known = new Map(
    names.flatMap((name) => (name.kind === 'file' ? [[name.fingerprint, name.kept] as const] : [])),
  );
  const forms = new Map<File, KeptForm>();
  if (!known.size) return forms;
  for (const file of files) {
    if (!onFile(file)) break;
    const words = known.get(await fingerprint(file).catch(() => '')); // what cannot be read is told when it is decoded
    const form = words === undefined ? null : formOf(words);
    if (form) forms.set(file, form);
  }
  return forms;
}

/** Names of the clips, in their order. */
export async function nameClips(library: Library, clipIds: readonly string[]): Promise<ClipRef[]> {
  const names: ClipRef[] = [];
  for (const clipId of clipIds) {
    const clip = library.clip(clipId);
    const { origin } = clip;
    if (origin.kind === 'file') {
      const { file } = origin;
      names.push({ kind: 'file', name: file.name, fingerprint: await fingerprint(file), kept: kept(clip) });
      continue;
    }
    const { seed, index, look } = origin;
    const last = names.at(-1);
    if (
      last?.kind === 'drawn' &&
      last.seed === seed &&
      sameLook(last.look ?? usualLook, look) &&
      last.first + last.count === index
    )
      last.count++;
    else names.push({ kind: 'drawn', seed, first: index, count: 1, ...(sameLook(look, usualLook) ? {} : { look }) });
  }
  return names;
}

/** Names of a run's clips, found once: while a file of them cannot be read, each call tries again. */
export function namesOf(library: Library, clipIds: readonly string[]): () => Promise<ClipRef[]> {
  let names: Promise<ClipRef[]> | null = null;
  return () =>
    (names ??= nameClips(library, clipIds).catch((error: unknown) => {
      names = null;
      throw error;
    }));
}

export interface FoundClips {
  /** in the order of the names; complete when nothing is missing */
  clipIds: string[];
  missing: KeptRun['missing'];
  /** files that are there but kept otherwise, as they are now */
  otherwise: KeptRun['otherwise'];
}

/** Finds the clips again; drawn ones are drawn. A file that cannot be read is as good as not there. */
export async function findClips(library: Library, names: readonly ClipRef[]): Promise<FoundClips> {
  const found: FoundClips = { clipIds: [], missing: [], otherwise: [] };
  const files = new Map<string, Clip>();
  if (names.some((n) => n.kind === 'file'))
    for (const clip of library.files()) {
      if (clip.origin.kind !== 'file') continue;
      const read = await fingerprint(clip.origin.file).catch(() => null); // if it is asked for, it is told as missing
      if (read) files.set(read, clip);
    }
  for (const name of names) {
    if (name.kind === 'drawn') {
      for (let i = 0; i < name.count; i++) found.clipIds.push(library.drawn(name.seed, name.first + i, name.look));
      continue;
    }
    const clip = files.get(name.fingerprint);
    if (!clip) found.missing.push({ name: name.name, fingerprint: name.fingerprint });
    else {
      found.clipIds.push(clip.info.clipId);
      if (kept(clip) !== name.kept) found.otherwise.push({ name: name.name, before: name.kept, now: kept(clip) });
    }
  }
  return found;
}
