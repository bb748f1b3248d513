// Links to what is looked at: run, step, clip, frame, token, pictures. The run and the clip are named, not sent: whoever opens a
// link on the same device lands on the same picture, elsewhere the page says what is missing.

import { create } from 'zustand';
import { lookOfId } from '../core/drawn-look.ts';
import { type LookLink, readLookLink, writeLookLink } from '../core/look-link.ts';
import { chooseLook } from './drawn.ts';
import { copyAddress, followLinks, linkNameOf, nameable, showLinked, showMoment } from './known-clips.ts';
import { patchFeatures, useFeatures } from './look-features.ts';
import { patchLook, useLook } from './look.ts';
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

/** What is looked at now as the hash of an address. */
function lookLinkOfNow(): string {
  const { run, viewed, frame, selected, maskSet } = useStudio.getState();
  const { at, allSets, quantity, baseline, panes, largest } = useLook.getState();
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
  });
}

/** Puts the address of what is looked at into the clipboard. */
export async function copyLookLink(): Promise<void> {
  const { viewed } = useStudio.getState();
  if (viewed) await nameable(viewed.clipId);
  await copyAddress(lookLinkOfNow(), viewed?.name ?? 'the clip', {
    say: (notes) => set({ notes }),
    said: () => useLookLink.getState().notes,
    left: useLook.getState().provocation ? ['How the video was changed is not part of the link.'] : [],
  });
}

/** Opens a link, if the address is one. */
function openLink(): void {
  const read = readLookLink(location.hash);
  if (!read) return;
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

/** Shows what a link waits for, once its clip is in the library and known. */
const showAwaited = (): void => showLinked(useLookLink.getState().awaited, () => set({ awaited: null }));

onRunBegun((begunId) => useLookLink.getState().runId === begunId && set({ runId: null }));

let begun = false;

/** The screen was opened: links are followed from now on, and files known by their fingerprints. */
export function beginLinks(): void {
  if (begun) return;
  begun = true;
  followLinks(openLink, showAwaited);
}
