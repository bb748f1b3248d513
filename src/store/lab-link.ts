// Links to a state of the lab: settings, seed, draw, frame and token in the address, the clip by its fingerprint. Whoever
// opens one sees the masks at once, and lands on the same picture after dropping the same file.

import { lookOfId } from '../core/drawn-look.ts';
import { type LinkState, readLink, writeLink } from '../core/link.ts';
import { fingerprintFile } from '../video/fingerprint.ts';
import { reportError } from '../core/errors.ts';
import { fileOf, followScene, showClip } from './actions.ts';
import { chooseLook } from './drawn.ts';
import { patchLab, useLab } from './lab.ts';
import { measureSoon } from './lab-statistics.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

/** The state of now as the hash of an address. */
export function linkOfNow(): string {
  const { labConfig, viewed, frame, selected, maskSet, draw, clips } = useStudio.getState();
  const { fingerprints, view, compared } = useLab.getState();
  const drawn = clips.find((c) => c.clipId === viewed?.clipId)?.source !== 'file';
  return writeLink({
    config: labConfig,
    clip: viewed && (drawn ? viewed.clipId : (fingerprints[viewed.clipId] ?? null)),
    clipName: viewed?.name ?? null,
    start: viewed?.start ?? 0,
    frame,
    token: selected,
    set: maskSet,
    draw,
    view,
    compared: view === 'compare' ? compared : [],
  });
}

/** Puts the address of this state into the clipboard. */
export async function copyLink(): Promise<void> {
  const { viewed } = useStudio.getState();
  if (viewed) await taking.get(viewed.clipId);
  const address = new URL(linkOfNow(), location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    patchLab({
      notes: [`Link copied. It names ${viewed?.name ?? 'the clip'} by its fingerprint and holds no pictures.`],
    });
  } catch {
    patchLab({ notes: [`The clipboard is closed to this page. The link is ${address}`] });
  }
}

/** Fingerprints that were begun, by clip. */
const taking = new Map<string, Promise<void>>();

/** Takes the fingerprints of files that are new in the library. */
function recogniseFiles(): void {
  for (const { clipId } of useStudio.getState().clips) {
    const file = fileOf(clipId);
    if (!file || taking.has(clipId)) continue;
    const taken = fingerprintFile(file).then(
      ({ text }) => {
        useLab.setState(({ fingerprints }) => ({ fingerprints: { ...fingerprints, [clipId]: text } }));
        showAwaited();
      },
      (error: unknown) => patch({ problem: reportError(error) }),
    );
    taking.set(clipId, taken);
  }
}

/** Shows what a link waits for, once its clip is in the library and known. */
function showAwaited(): void {
  const { awaited, fingerprints } = useLab.getState();
  if (!awaited) return;
  const { clips } = useStudio.getState();
  const clip = clips.find((c) => c.clipId === awaited.clip || fingerprints[c.clipId] === awaited.clip);
  if (!clip) return;
  patchLab({ awaited: null });
  void showClip(clip.clipId, awaited.start).then(() => showMoment(awaited));
}

const showMoment = ({ frame, token }: LinkState): void =>
  patch({ frame: Math.min(frame, (useStudio.getState().viewed?.rgba.length ?? 1) - 1), selected: token });

/** Opens a link, if the address is one: paused, with its settings, mask and cursor. */
function openLink(): void {
  const read = readLink(location.hash);
  if (!read) return;
  const { state, notes } = read;
  const before = sceneConfig(useStudio.getState());
  const comparing = state.view === 'compare' && state.compared.length > 1;
  patch({ labConfig: state.config, draw: state.draw, maskSet: state.set, playing: false, demo: false });
  patchLab({
    base: state.config,
    file: null,
    past: [],
    future: [],
    notes,
    view: comparing ? 'compare' : 'one',
    ...(comparing ? { compared: state.compared } : {}),
    awaited: state.clip === null ? null : state,
  });
  followScene(before);
  const look = lookOfId(state.clip ?? '');
  if (look) chooseLook(look);
  showMoment(state);
}

let begun = false;

/** The lab was opened: a link is followed, files are recognised as they arrive, a first few draws are measured. */
export function beginLab(): void {
  if (begun) return;
  begun = true;
  openLink();
  addEventListener('hashchange', () => {
    openLink();
    measureSoon();
  });
  recogniseFiles();
  showAwaited();
  useStudio.subscribe((now, before) => {
    if (now.clips === before.clips) return;
    // after the library has put its first file on the stage
    queueMicrotask(() => {
      recogniseFiles();
      showAwaited();
    });
  });
  measureSoon();
}
