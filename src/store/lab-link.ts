// Links to a state of the lab: settings, seed, draw, frame and token in the address, the clip by its fingerprint. Whoever
// opens one sees the masks at once, and lands on the same picture after dropping the same file.

import { lookOfId } from '../core/drawn-look.ts';
import { readLink, writeLink } from '../core/link.ts';
import { followScene } from './actions.ts';
import { chooseLook } from './drawn.ts';
import { copyAddress, followLinks, linkNameOf, nameable, showLinked, showMoment } from './known-clips.ts';
import { nothingMeasured } from './lab-settings.ts';
import { patchLab, useLab } from './lab.ts';
import { measureSoon } from './lab-statistics.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

/** The state of now as the hash of an address. */
export function linkOfNow(): string {
  const { labConfig, viewed, frame, selected, maskSet, draw } = useStudio.getState();
  const { view, compared } = useLab.getState();
  return writeLink({
    config: labConfig,
    clip: viewed && linkNameOf(viewed.clipId),
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
  if (viewed) await nameable(viewed.clipId);
  await copyAddress(linkOfNow(), viewed?.name ?? 'the clip', {
    say: (notes) => patchLab({ notes }),
    said: () => useLab.getState().notes,
  });
}

/** Shows what a link waits for, once its clip is in the library and known. */
const showAwaited = (): void => showLinked(useLab.getState().awaited, () => patchLab({ awaited: null }));

/** Opens a link, if the address is one: paused, with its settings, mask and cursor. */
function openLink(): void {
  const read = readLink(location.hash);
  const { picture } = useLab.getState();
  patchLab({ picture: null });
  if (!read) return;
  const { state, notes } = read;
  const before = sceneConfig(useStudio.getState());
  const comparing = state.view === 'compare' && state.compared.length > 1;
  patch({ labConfig: state.config, draw: state.draw, maskSet: state.set, playing: false, demo: false });
  patchLab({
    base: state.config,
    origin: picture ?? 'a link',
    file: null,
    ...nothingMeasured,
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
  measureSoon();
}

/** Opens the link of the address, also one that is open already. */
export function openAddress(): void {
  openLink();
  showAwaited();
}

let begun = false;

/** The lab was opened: a link is followed, files are recognised as they arrive, a first few draws are measured. */
export function beginLab(): void {
  if (begun) return;
  begun = true;
  followLinks(openLink, showAwaited);
  measureSoon();
}
