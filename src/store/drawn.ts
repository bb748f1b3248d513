// The drawn set of the library: asked for, redrawn in another look, each clip in the place of the one before.

import { type DrawnLook, sameLook } from '../core/drawn-look.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { isActive, showClip, wake } from './actions.ts';
import { send } from './engine.ts';
import { patch, useStudio } from './studio.ts';

/** Clips that the studio draws for training. */
export const drawnSeed = 1;
export const drawnCount = 64;

let sets = 0;
/** The set that is being drawn; those before it are cancelled. */
const job = () => `drawn clips ${sets}`;

/** Asks for the set in the look in force. */
export function drawSet(): void {
  send({ type: 'cancel', jobId: job() });
  sets++;
  const { drawnLook } = useStudio.getState();
  send({ type: 'addProcedural', jobId: job(), count: drawnCount, seed: drawnSeed, look: drawnLook });
}

/** Draws the set in this look, whatever is going on. */
export function showLook(look: DrawnLook): void {
  if (sameLook(look, useStudio.getState().drawnLook)) return;
  patch({ drawnLook: look, redrawing: true });
  drawSet();
}

/** The user's choice. A run goes on with the pictures that it began with, so the library does not show others meanwhile. */
export function chooseLook(look: DrawnLook): void {
  wake();
  if (!isActive(useStudio.getState().run)) showLook(look);
}

/** A drawn clip arrived: it takes the place of the one with its number. */
export function receiveDrawn(clip: ClipInfo): void {
  const { clips, viewed } = useStudio.getState();
  const at = clips.findIndex((c) => c.source === 'procedural' && c.name === clip.name);
  patch({ clips: at < 0 ? [...clips, clip] : clips.with(at, clip) });
  if (at >= 0 && viewed?.clipId === clips[at].clipId && clip.clipId !== viewed.clipId)
    void showClip(clip.clipId, viewed.start);
}

/** The set is whole, and may be trained on. */
export function afterDrawn(jobId: string): void {
  if (jobId === job()) patch({ redrawing: false });
}
