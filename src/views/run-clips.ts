// What runs learn from, for being held against each other.

import { type DrawnLook, sameLook, usualLook } from '../core/drawn-look.ts';
import { numbered } from '../core/numbered.ts';
import type { RunClips } from '../core/run-difference.ts';
import type { ClipRef } from '../protocol/messages.ts';

/** Clips in a few words, and what tells them from others: how a file's pictures are kept makes it no other clip. */
export function tellClips(names: readonly ClipRef[] | null): RunClips | null {
  if (!names) return null;
  const files = names.filter((n) => n.kind === 'file');
  const drawn = names.filter((n) => n.kind === 'drawn');
  const told = [...new Set(drawn.map(({ look }) => lookInWords(look)))];
  if (files.length) told.push(files.length === 1 ? files[0].name : numbered(files.length, 'video'));
  const id = names
    .map((n) => (n.kind === 'file' ? n.fingerprint : [n.seed, n.first, n.count, lookInWords(n.look)].join(' ')))
    .sort()
    .join();
  return { told: told.join(' and '), id };
}

function lookInWords(look: DrawnLook = usualLook): string {
  if (sameLook(look, usualLook)) return 'drawn clips';
  const { noise, background, colours } = look;
  return `drawn clips (noise ${noise}, ${background}, ${colours})`;
}
