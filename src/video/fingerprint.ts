// The fingerprint of a file: what a link names a clip by, without sending it.

import { StudioError } from '../core/errors.ts';
import { hexDigest } from '../core/hex-digest.ts';

export interface Fingerprint {
  /** whole: SHA-256 of every byte, as sha256sum prints it; sampled: of the size and of pieces of a large file */
  kind: 'whole' | 'sampled';
  /** "sha256:…" or "sha256s:…" */
  text: string;
}

/** Up to this size every byte counts. */
const whole = 64 * 2 ** 20;
/** Pieces of a larger file: evenly spread, the first and the last bytes among them. */
const pieces = 32;
const pieceBytes = 2 ** 20;

let last: Promise<unknown> = Promise.resolve();

/** One file after the other: a library of hundreds would not fit into memory at once. */
export function fingerprintFile(file: Blob): Promise<Fingerprint> {
  const taken = last.then(() => take(file));
  last = taken.catch(() => {}); // told to who asked
  return taken;
}

async function take(file: Blob): Promise<Fingerprint> {
  // not every origin has it, whatever the types say
  if (!(globalThis.crypto as Crypto | undefined)?.subtle)
    throw new StudioError(
      'video',
      'This address gives no access to SHA-256, so clips have no fingerprint',
      'Open the studio on localhost or over https.',
    );
  if (file.size <= whole) return { kind: 'whole', text: `sha256:${await digest(file)}` };
  const lastFrom = file.size - pieceBytes;
  const parts: BlobPart[] = [`${file.size}\n`];
  for (let i = 0; i < pieces; i++) {
    const from = Math.round((i * lastFrom) / (pieces - 1));
    parts.push(file.slice(from, from + pieceBytes));
  }
  return { kind: 'sampled', text: `sha256s:${await digest(new Blob(parts))}` };
}

const digest = async (blob: Blob): Promise<string> => hexDigest(await blob.arrayBuffer());
