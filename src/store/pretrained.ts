// What the page knows of the encoder that came as a file: how it wants its clips, what was answered once, and its features
// of shown clips. One encoder at a time: it may be larger than everything else together.

import { create } from 'zustand';
import { type ErrorReport, reportError, StudioError } from '../core/errors.ts';
import { checkLayout, type InputLayout, readLayout } from '../core/input-layout.ts';
import type { Encoded, EncodeRequest, PretrainedEncoder } from '../protocol/pretrained.ts';
import { ask, send } from './engine.ts';
import { remember, rememberedEntries } from './remembered.ts';
import { sceneConfig, useStudio } from './studio.ts';

export interface PretrainedFound {
  request: EncodeRequest;
  encoded: Encoded;
}

export interface PretrainedView {
  encoder: PretrainedEncoder | null;
  /** file that is being read */
  reading: string | null;
  layout: InputLayout | null;
  /** the layout is being asked for */
  asking: boolean;
  /** what was answered for this file before */
  remembered: boolean;
  job: string | null;
  found: PretrainedFound[];
  error: ErrorReport | null;
  /** token that all others are compared with, and the one under the pointer; of the encoder's own grid */
  token: number | null;
  under: number | null;
  /** the picture that stands alone */
  largest: PretrainedPane | null;
}

export type PretrainedPane = 'colours' | 'similarity';

const nothing = {
  encoder: null,
  layout: null,
  asking: false,
  remembered: false,
  job: null,
  token: null,
  under: null,
  largest: null,
};

export const usePretrained = create<PretrainedView>(() => ({ ...nothing, reading: null, found: [], error: null }));

const set = usePretrained.setState;
const state = () => usePretrained.getState();
export const patchPretrained = (part: Partial<PretrainedView>): void => set(part);

const mostKept = 12;
let counter = 0;
/** the file that was opened last, until it is removed */
let opened: string | null = null;

const sentence = (error: unknown): ErrorReport | null =>
  error instanceof StudioError && error.code === 'cancelled' ? null : reportError(error);

/** Opens a file in place of the one before. What was answered for it once is not asked again. */
export async function takeEncoder(file: File): Promise<void> {
  removeEncoder();
  const encoderId = `encoder ${++counter}`;
  set({ reading: file.name });
  opened = encoderId;
  // files of one name may follow one another
  const isNewest = () => opened === encoderId;
  try {
    const { encoder } = await ask('encoderOpened', { type: 'openEncoder', encoderId, file });
    if (!isNewest()) return send({ type: 'closeEncoder', encoderId });
    const before = recall(encoder);
    const layout = before ?? encoder.proposal.layout;
    const asking = !before && encoder.proposal.asked.length > 0;
    set({ encoder, layout, asking, remembered: before !== null });
    if (!asking) await encodeShown();
  } catch (error) {
    if (isNewest()) set({ error: sentence(error) });
  } finally {
    if (isNewest()) set({ reading: null });
  }
}

export function removeEncoder(): void {
  opened = null;
  const { encoder, job } = state();
  if (job) send({ type: 'cancel', jobId: job });
  if (encoder) send({ type: 'closeEncoder', encoderId: encoder.encoderId });
  set({ ...nothing, reading: null, found: [], error: null });
}

export function changeLayout(part: Partial<InputLayout>): void {
  const { layout } = state();
  if (!layout) return;
  const next = { ...layout, ...part };
  if (next.order === 'BCHW') next.frames = 1;
  set({ layout: next });
}

/** Why the layout in the form cannot be, or null. */
export function layoutProblem({ encoder, layout }: PretrainedView): string | null {
  if (!encoder || !layout) return null;
  try {
    checkLayout(layout, encoder.graph);
    return null;
  } catch (error) {
    const { message, advice } = reportError(error);
    return `${message} ${advice}`;
  }
}

/** The answers hold from now on, for this file. */
export function confirmLayout(): void {
  const { encoder, layout } = state();
  if (!encoder || !layout || layoutProblem(state())) return;
  rememberAnswer(encoder, layout);
  set({ asking: false });
  void encodeShown();
}

/** What would be asked for now, or null. */
function requestNow({ encoder, layout }: PretrainedView): EncodeRequest | null {
  const { viewed } = useStudio.getState();
  if (!encoder || !layout || !viewed) return null;
  const { data, model } = sceneConfig(useStudio.getState());
  const { clipId, start } = viewed;
  return {
    encoderId: encoder.encoderId,
    layout,
    clipId,
    start,
    frames: viewed.rgba.length,
    stride: data.samplingRate,
    tubelet: model.frames === 1 ? 1 : model.tubelet,
  };
}

const same = (a: EncodeRequest, b: EncodeRequest): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The features of what is shown, if they were read. */
export function foundNow(view: PretrainedView): Encoded | null {
  const request = requestNow(view);
  return (request && view.found.find((f) => same(f.request, request))?.encoded) ?? null;
}

/** Reads the features of the shown clip. */
export async function encodeShown(): Promise<void> {
  const request = requestNow(state());
  if (!request || state().job) return;
  const jobId = `pretrained ${++counter}`;
  set({ job: jobId, error: null });
  try {
    const { encoded } = await ask('encoded', { type: 'encodeClip', jobId, request });
    if (state().job !== jobId) return;
    const { grid } = encoded.features;
    const count = grid.t * grid.h * grid.w;
    const { token, found } = state();
    // something to compare with is there at once: the middle
    const middle = Math.floor(grid.h / 2) * grid.w + Math.floor(grid.w / 2);
    set({
      found: [{ request, encoded }, ...found.filter((f) => !same(f.request, request))].slice(0, mostKept),
      token: token !== null && token < count ? token : middle,
    });
  } catch (error) {
    if (state().job === jobId) set({ error: sentence(error) });
  } finally {
    if (state().job === jobId) set({ job: null });
  }
}

export function cancelEncoding(): void {
  const { job } = state();
  if (job) send({ type: 'cancel', jobId: job });
  set({ job: null });
}

// ---------------------------------------------------------------- what was answered once

const place = 'encoders';
const mostRemembered = 32;

function recall({ fingerprint, graph }: PretrainedEncoder): InputLayout | null {
  const layout = readLayout(rememberedEntries(place)[fingerprint]);
  if (!layout) return null;
  try {
    checkLayout(layout, graph);
    return layout;
  } catch {
    return null; // asked again
  }
}

function rememberAnswer({ fingerprint }: PretrainedEncoder, layout: InputLayout): void {
  const others = Object.entries(rememberedEntries(place)).filter(([known]) => known !== fingerprint);
  remember(place, Object.fromEntries([...others, [fingerprint, layout]].slice(-mostRemembered)));
}
