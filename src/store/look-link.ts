// Links to what is looked at: run, step, clip, frame, token, pictures. The run and the clip are named, not sent: whoever opens a
// link on the same device lands on the same picture, elsewhere the page says what is missing.

import { create } from 'zustand';
import { lookOfId } from '../core/drawn-look.ts';
import { changeText, type LookLink, readChange, readLookLink, writeLookLink } from '../core/look-link.ts';
import { liesWithin, type Provocation } from '../core/provocation.ts';
import { chooseLook } from './drawn.ts';
import { clipNamed, copyAddress, followLinks, linkNameOf, nameable, showLinked, showMoment } from './known-clips.ts';
import { patchFeatures, useFeatures } from './look-features.ts';
import { provokeWith } from './look-change.ts';
import { patchLook, sameChange, useLook } from './look.ts';
import { onRunBegun, patch, sceneConfig, useStudio } from './studio.ts';

interface Linked {
  /** a link whose clip is not here yet */
  awaited: LookLink | null;
  /** the run that a link is about */
  runId: string | null;
  /** what a link has to say */
  notes: string[];
}

export const useLookLink = create<Linked>(() => ({ awaited: null, runId: null, notes: [] }));

const set = useLookLink.setState;
export const patchLookLink = (part: Partial<Linked>): void => set(part);

/** What is looked at now as the hash of an address, once its clips can be named. */
export async function lookLinkOfNow(): Promise<string> {
  const shown = useStudio.getState().viewed;
  const change = useLook.getState().provocation;
  if (shown) await nameable(shown.clipId);
  if (change?.kind === 'splice') await nameable(change.clipId);
  const { run, viewed, frame, selected, maskSet } = useStudio.getState();
  const { at, allSets, quantity, baseline, panes, largest, provocation } = useLook.getState();
  const { mode, kind, network, layer, head } = useFeatures.getState();
  return writeLookLink({
    run: run?.runId ?? null,
    at: at && at.runId === run?.runId ? at.step : null,
    clip: viewed && linkNameOf(viewed.clipId),
    name: viewed?.name ?? null,
    start: viewed?.start ?? 0,
    frame,
    token: selected,
    set: allSets ? null : maskSet,
    mode,
    quantity,
    baseline,
    kind,
    network,
    layer,
    head,
    panes,
    largest,
    change: provocation && changeText(provocation),
    other: provocation?.kind === 'splice' ? linkNameOf(provocation.clipId) : null,
  });
}

/** Puts the address of what is looked at into the clipboard. */
export async function copyLookLink(): Promise<void> {
  const link = await lookLinkOfNow();
  const { viewed } = useStudio.getState();
  await copyAddress(link, viewed?.name ?? 'the clip', {
    say: (notes) => set({ notes }),
    said: () => useLookLink.getState().notes,
  });
}

/** Opens a link, if the address is one. */
function openLink(): void {
  const read = readLookLink(location.hash);
  if (!read) return;
  waitsForFilm = null;
  const { state, notes } = read;
  const { run, at, quantity, baseline, mode, kind, network, layer, head, panes, largest } = state;
  patchLook({
    at: run !== null && at !== null ? { runId: run, step: at } : null,
    allSets: state.set === null,
    quantity,
    baseline,
    panes,
    largest,
  });
  patchFeatures({ mode, kind, network, layer, head });
  const studio = useStudio.getState();
  const maskSet = Math.min(state.set ?? studio.maskSet, sceneConfig(studio).masks.length - 1);
  patch({ maskSet, playing: false });
  // a run that is on the page already is not asked for, also when another takes its place later
  set({ awaited: state.clip === null ? null : state, runId: run === studio.run?.runId ? null : run, notes });
  const look = lookOfId(state.clip ?? '');
  if (look) chooseLook(look);
  if (state.clip === null) showMoment(state);
}

/** A link whose video is shown, and whose other film may still be on its way. */
let waitsForFilm: LookLink | null = null;
const noFilm = 'The video is not changed as in the link: the film that was put in is not among the clips.';

/** Shows what a link waits for, once its clip is in the library and known. */
function showAwaited(): void {
  const { awaited } = useLookLink.getState();
  if (!awaited && waitsForFilm) return changeAs(waitsForFilm);
  showLinked(
    awaited,
    () => set({ awaited: null }),
    () => awaited && changeAs(awaited),
  );
}

/** Changes the shown video as a link says, or gives it back as it was. */
function changeAs(link: LookLink): void {
  const { viewed, clips } = useStudio.getState();
  const waited = waitsForFilm === link;
  waitsForFilm = null;
  // another one may have been chosen while it was read
  if (!viewed || link.clip === null || viewed.clipId !== clipNamed(link.clip)) return;
  const change = changeOf(link);
  if (link.change !== null && !change) {
    waitsForFilm = link;
    if (waited) return;
    set(({ notes }) => ({ notes: [...notes, noFilm] }));
  }
  const frames = clips.find((c) => c.clipId === viewed.clipId)?.frames ?? 0;
  const fits = !change || liesWithin(change, frames);
  const beyond = fits ? [] : [`The video is not changed as in the link: that reaches beyond its ${frames} frames.`];
  if (change) set(({ notes }) => ({ notes: [...notes.filter((note) => note !== noFilm), ...beyond] }));
  const wanted = fits ? change : null;
  if (!sameChange(wanted, useLook.getState().provocation)) provokeWith(wanted);
}

/** Null also where the film that a splice takes is not in the library. */
function changeOf({ change, other }: LookLink): Provocation | null {
  const read = change === null ? null : readChange(change);
  if (!read) return null;
  const { kind, from, to } = read;
  if (kind !== 'splice') return { kind, from, to };
  const clipId = other === null ? null : clipNamed(other);
  return clipId === null ? null : { kind, from, to, clipId };
}

onRunBegun((begunId) => useLookLink.getState().runId === begunId && set({ runId: null }));

let begun = false;

/** The screen was opened: links are followed from now on, and files known by their fingerprints. */
export function beginLinks(): void {
  if (begun) return;
  begun = true;
  followLinks(openLink, showAwaited);
}
