// The fingerprint of labelled data: who evaluates the same clips with the same labels gets the same one, wherever the
// files lie and in whatever order they came.

import { StudioError } from './errors.ts';
import { hexDigest } from './hex-digest.ts';

/** SHA-256 in hex over names and labels, one JSON pair a line, sorted by code units. */
export async function fingerprintLabels(items: readonly { name: string; label: string }[]): Promise<string> {
  // not every origin has it, whatever the types say
  if (!(globalThis.crypto as Crypto | undefined)?.subtle)
    throw new StudioError(
      'config',
      'This address gives no access to SHA-256, so labelled clips have no fingerprint',
      'Open the studio on localhost or over https.',
    );
  // JSON, so that no name can pass for another name and its label
  const lines = items.map(({ name, label }) => `${JSON.stringify([name, label])}\n`).sort();
  return hexDigest(new TextEncoder().encode(lines.join('')));
}
