// Clips as a checkpoint or a manifest names them, read again: anybody may have written them.

import { readLook } from '../core/drawn-look.ts';
import { isObject } from '../core/is-object.ts';
import type { ClipRef } from '../protocol/messages.ts';
import { refuse } from './refuse-checkpoint.ts';

/** Clips of a run: each is made when the run is taken up, so a file may not name them without end. */
const mostClips = 65_536;

/** Clips as a checkpoint or a manifest names them. */
export function readClips(value: unknown): ClipRef[] {
  const whole = (v: unknown): v is number => Number.isSafeInteger(v) && Number(v) >= 0;
  if (!Array.isArray(value) || !value.length) return refuse('it does not name its clips');
  const tooMany = (clips: number) => refuse(`it names ${clips} clips, a run has at most ${mostClips}`);
  if (value.length > mostClips) return tooMany(value.length);
  const refs = value.map((clip: unknown): ClipRef => {
    if (!isObject(clip)) return refuse('it does not name its clips');
    const { kind, seed, first, count, name, fingerprint, kept } = clip;
    const look = clip.look === undefined ? undefined : readLook(clip.look);
    if (kind === 'drawn' && whole(seed) && whole(first) && whole(count) && first + count <= mostClips && look !== null)
      return { kind, seed, first, count, ...(look && { look }) };
    if (
      kind === 'file' &&
      typeof name === 'string' &&
      typeof fingerprint === 'string' &&
      /^sha256s?:[0-9a-f]{64}$/.test(fingerprint) &&
      typeof kept === 'string'
    )
      return { kind, name: name.slice(0, 500), fingerprint, kept: kept.slice(0, 60) };
    return refuse('a clip of it has no sound name');
  });
  const clips = refs.reduce((n, ref) => n + (ref.kind === 'drawn' ? ref.count : 1), 0);
  return clips > mostClips ? tooMany(clips) : refs;
}
