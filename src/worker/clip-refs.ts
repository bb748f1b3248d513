// The clips of a run by names that outlast the page: drawn ones by seed, number and look, files by their
// fingerprint.

import { sameLook, usualLook } from '../core/drawn-look.ts';
import type { KeptRun } from '../protocol/keeping.ts';
import type { ClipRef } from '../protocol/messages.ts';
import { fingerprintFile } from '../video/fingerprint.ts';
import type { Clip } from './clips.ts';
import type { Library } from './library.ts';

const fingerprints = new WeakMap<File, Promise<string>>();

/** Each file is read once for it. */
function fingerprint(file: File): Promise<string> {
  const known = fingerprints.get(file) ?? fingerprintFile(file).then(({ text }) => text);
  fingerprints.set(file, known);
  return known;
}

/** How the pictures of a file are kept: a library that is fuller keeps fewer or smaller ones. */
const kept = ({ source, info }: Clip): string =>
  `${source.width} × ${source.height}, ${info.cachedFrames} of ${source.frames} frames`;

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

export interface FoundClips {
  /** in the order of the names; complete when nothing is missing */
  clipIds: string[];
  missing: KeptRun['missing'];
  /** files that are there but kept otherwise, as they are now */
  otherwise: { name: string; before: string; now: string }[];
}

/** Finds the clips again; drawn ones are drawn. */
export async function findClips(library: Library, names: readonly ClipRef[]): Promise<FoundClips> {
  const found: FoundClips = { clipIds: [], missing: [], otherwise: [] };
  const files = new Map<string, Clip>();
  if (names.some((n) => n.kind === 'file'))
    for (const clip of library.files())
      if (clip.origin.kind === 'file') files.set(await fingerprint(clip.origin.file), clip);
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
