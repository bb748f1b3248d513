// What links call the clips of the library: a drawn one by its id, a file by its fingerprint, which is taken as files arrive.

import { reportError } from '../core/errors.ts';
import { fingerprintFile } from '../video/fingerprint.ts';
import { showClip } from './actions.ts';
import { fileOf } from './files.ts';
import { patch, useStudio } from './studio.ts';

const fingerprints = new Map<string, string>();
/** Fingerprints that were begun, by clip. */
const taking = new Map<string, Promise<void>>();
/** Who waits for clips. */
const waiting = new Set<() => void>();

/** Its name in a link; null for a file whose fingerprint is not there yet. */
export function linkNameOf(clipId: string): string | null {
  const drawn = useStudio.getState().clips.find((c) => c.clipId === clipId)?.source !== 'file';
  return drawn ? clipId : (fingerprints.get(clipId) ?? null);
}

/** Resolves when the clip can be named. */
export const nameable = async (clipId: string): Promise<void> => taking.get(clipId);

/** The clip of the library with that name in a link. */
export const clipNamed = (name: string): string | null =>
  useStudio.getState().clips.find((c) => c.clipId === name || fingerprints.get(c.clipId) === name)?.clipId ?? null;

/** Where a link leads in its clip. */
interface Moment {
  start: number;
  frame: number;
  token: number | null;
}

/** Shows the clip of a link where the link stands, once the clip is known; `found` is called before, `shown` behind it. */
export function showLinked(
  link: (Moment & { clip: string | null }) | null,
  found: () => void,
  shown: () => void = () => {},
): void {
  const clipId = link?.clip ? clipNamed(link.clip) : null;
  if (!link || !clipId) return;
  found();
  void showClip(clipId, link.start).then(() => {
    if (useStudio.getState().viewed?.clipId !== clipId) return; // another one was chosen meanwhile
    showMoment(link);
    shown();
  });
}

export const showMoment = ({ frame, token }: Moment): void =>
  patch({ frame: Math.min(frame, (useStudio.getState().viewed?.rgba.length ?? 1) - 1), selected: token });

/** Takes the fingerprints of files that are there and that come; calls back now and with every clip that can be found. */
function recogniseClips(onKnown: () => void): void {
  waiting.add(onKnown);
  if (waiting.size === 1) begin();
  recognise();
  onKnown();
}

/** Follows links from now on: `open` reads the address, `show` brings what it waits for on the stage once it is there. */
export function followLinks(open: () => void, show: () => void): void {
  open();
  addEventListener('hashchange', () => {
    open();
    show();
  });
  recogniseClips(show);
}

function begin(): void {
  useStudio.subscribe((now, before) => {
    if (now.clips === before.clips) return;
    // after the library has put its first file on the stage
    queueMicrotask(() => {
      recognise();
      tell();
    });
  });
}

function recognise(): void {
  for (const { clipId } of useStudio.getState().clips) {
    const file = fileOf(clipId);
    if (!file || taking.has(clipId)) continue;
    const taken = fingerprintFile(file).then(
      ({ text }) => {
        fingerprints.set(clipId, text);
        tell();
      },
      (error: unknown) => patch({ problem: reportError(error) }),
    );
    taking.set(clipId, taken);
  }
}

function tell(): void {
  for (const one of waiting) one();
}

/** Calls once another clip is shown, or none: what was told of this one is over. */
export function onOtherClip(over: () => void): void {
  const clipId = useStudio.getState().viewed?.clipId;
  const leave = useStudio.subscribe(({ viewed }) => {
    if (viewed?.clipId === clipId) return;
    leave();
    over();
  });
}

/** Milliseconds for which it is said that a link was copied. */
const saidFor = 8000;

/** Puts an address into the clipboard and says so for a while; what could not be copied stands. */
export async function copyAddress(
  hash: string,
  clip: string,
  { say, said }: { say: (notes: string[]) => void; said: () => string[] },
): Promise<void> {
  const address = new URL(hash, location.href).href;
  const copied = await navigator.clipboard.writeText(address).then(
    () => true,
    () => false,
  );
  const notes = [
    copied
      ? `Link copied. It names ${clip} by its fingerprint and holds no pictures.`
      : `The clipboard is closed to this page. The link is ${address}`,
  ];
  say(notes);
  const over = () => {
    if (said() === notes) say([]);
  };
  onOtherClip(over);
  if (copied) setTimeout(over, saidFor);
}
