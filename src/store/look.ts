// What the Look screen knows: errors of every token and surprise, with the run's weights and with random ones, of the
// shown clip as it is and as it was changed. Results say what they are of; what is of something else is not shown.

import { create } from 'zustand';
import { gridOf } from '../core/config.ts';
import type { ErrorReport } from '../core/errors.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { tokenPosition } from '../core/grid.ts';
import type { Baseline, PaneCount, PaneId, Quantity } from '../core/look-view.ts';
import { changesAny, type Provocation } from '../core/provocation.ts';
import type { ErrorVolume, RunWeights, Surprise } from '../protocol/looking.ts';
import { showClip } from './actions.ts';
import { ask, send } from './engine.ts';
import { keptSteps } from './keep.ts';
import { onRunBegun, patch, type Studio, type ViewedClip, useStudio } from './studio.ts';
import { surpriseWindows } from './surprise-windows.ts';

/** The two that stand side by side: the run's, of a step that can be chosen, and those it began with. */
export type Weights = 'current' | 'random';

/** A result and what it is of. */
export interface Found<T> {
  runId: string;
  weights: RunWeights;
  /** steps that the weights were trained for; null: none */
  step: number | null;
  clipId: string;
  /** first frame of the clip; of a whole video null */
  start: number | null;
  provocation: Provocation | null;
  value: T;
}

export interface Look {
  quantity: Quantity;
  baseline: Baseline;
  /** pictures beside each other, and the one that stands alone for now */
  panes: PaneCount;
  largest: PaneId | null;
  /** kept step of a run whose weights are looked at; null: as they are now */
  at: { runId: string; step: number } | null;
  /** all mask sets together, or the one of the shared cursor */
  allSets: boolean;
  /** draws of the masks at most, and in how many of them every token should be hidden */
  draws: number;
  least: number;
  /** context of the curve that is shown, tubelets */
  context: number;
  provocation: Provocation | null;
  /** the clip that it was made on */
  provoked: string | null;
  /** the window of the changed video that is on the stage */
  changed: ViewedClip | null;
  volumes: Found<ErrorVolume>[];
  surprises: Found<Surprise>[];
  /** jobs on their way */
  measuring: string | null;
  surprising: string | null;
  /** what their results will be of */
  asked: Partial<Record<'measuring' | 'surprising', Asked>>;
  error: ErrorReport | null;
}

/** What a measurement is of: the clip, and all that makes its result another one, as text. */
interface Asked {
  runId: string;
  clipId: string;
  about: string;
}

export const useLook = create<Look>(() => ({
  // each network against its own targets' mean: errors of two networks have no common scale
  quantity: 'skill',
  baseline: 'mean',
  panes: 2,
  largest: null,
  at: null,
  allSets: true,
  draws: 48,
  least: 3,
  context: 1,
  provocation: null,
  provoked: null,
  changed: null,
  volumes: [],
  surprises: [],
  measuring: null,
  surprising: null,
  asked: {},
  error: null,
}));

const set = useLook.setState;
export const patchLook = (part: Partial<Look>): void => set(part);

onRunBegun((runId) => {
  const ofOthers = (found: { runId: string }) => found.runId !== runId;
  set(({ volumes, surprises }) => ({
    volumes: volumes.filter(ofOthers),
    surprises: surprises.filter(ofOthers),
    error: null, // it was about another run
  }));
});

/** One picture alone, or all of them again. */
export const toggleLargest = (pane: PaneId): void =>
  set(({ largest }) => ({ largest: largest === pane ? null : pane }));

/** Results of one kind that are kept on the page. */
const mostKept = 64;

let jobs = 0;

export const sameChange = (a: Provocation | null, b: Provocation | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const sameThing = <T>(a: Omit<Found<T>, 'value' | 'step'>, b: Omit<Found<T>, 'value' | 'step'>): boolean =>
  a.runId === b.runId &&
  a.weights === b.weights &&
  a.clipId === b.clipId &&
  a.start === b.start &&
  sameChange(a.provocation, b.provocation);

/** The newest result of a thing; null when it was not measured. */
export const foundOf = <T>(all: Found<T>[], of: Omit<Found<T>, 'value' | 'step'>): Found<T> | null =>
  all.find((f) => sameThing(f, of)) ?? null;

const kept = <T>(all: Found<T>[], one: Found<T>): Found<T>[] =>
  [one, ...all.filter((f) => !sameThing(f, one))].slice(0, mostKept);

/** What can be looked at now, or null. */
export function subject() {
  const { run, viewed, clips, device } = useStudio.getState();
  if (!run || !viewed || device.kind !== 'ready' || run.weightless || run.state === 'failed') return null;
  const frames = clips.find((c) => c.clipId === viewed.clipId)?.frames ?? 0;
  return { run, viewed, frames, about: { runId: run.runId, clipId: viewed.clipId } };
}

/** The weights that are looked at as one of the two. */
export function weightsOf({ at }: Pick<Look, 'at'>, runId: string, which: Weights): RunWeights {
  if (which === 'random') return which;
  return at?.runId === runId ? at.step : which;
}

/** The change of the window on the stage; null also where it lies outside of that: those frames are as they were. */
export function changeOnStage(
  { provocation }: Pick<Look, 'provocation'>,
  { run, viewed }: Pick<Studio, 'run' | 'viewed'>,
): Provocation | null {
  if (!provocation || !run || !viewed) return null;
  const last = viewed.start + (run.config.model.frames - 1) * run.config.data.samplingRate;
  return changesAny(provocation, viewed.start, last) ? provocation : null;
}

/** Looks at the weights of a kept step, or, with null, at those of now. */
export function lookAt(step: number | null): void {
  const { run } = useStudio.getState();
  if (run) set({ at: step === null ? null : { runId: run.runId, step } });
}

/**
 * Steps of training that can be looked at, ascending; behind them comes now. `place`: the one that is, or their number. A
 * step that is looked at stays among them though it is no longer kept.
 */
export function trainingStops(): { stops: number[]; place: number } {
  const { run } = useStudio.getState();
  const { at } = useLook.getState();
  const kept = keptSteps();
  if (!run || at?.runId !== run.runId) return { stops: kept, place: kept.length };
  const stops = [...new Set([...kept, at.step])].sort((a, b) => a - b);
  return { stops, place: stops.indexOf(at.step) };
}

/** One of those steps on, or back. */
export function moveStep(by: number): void {
  const { stops, place } = trainingStops();
  if (stops.length) lookAt(stops[Math.max(0, place + by)] ?? null);
}

/** What a measurement of the shown video is of; null where nothing can be measured. */
export function askedOf(what: 'measuring' | 'surprising', all: readonly RunWeights[]): Asked | null {
  const s = subject();
  if (!s) return null;
  const look = useLook.getState();
  const about =
    what === 'measuring' ? [s.viewed.start, look.draws, look.least, changeOnStage(look, s)] : [look.provocation];
  return { ...s.about, about: JSON.stringify([...about, all]) };
}

const sameAsked = (a: Asked | null | undefined, b: Asked | null | undefined): boolean =>
  a?.runId === b?.runId && a?.clipId === b?.clipId && a?.about === b?.about;

/** What is being measured, held against the shown video as it is looked at now. */
export function surprisingNow(): 'nothing' | 'this' | 'another video' | 'this video otherwise' {
  const { surprising, asked } = useLook.getState();
  const s = subject();
  if (!surprising || !s) return 'nothing';
  if (sameAsked(asked.surprising, askedOf('surprising', bothWeights(s.about.runId)))) return 'this';
  return asked.surprising?.clipId === s.about.clipId ? 'this video otherwise' : 'another video';
}

/**
 * A job with several weights, one after the other; what was cancelled says nothing. The same again is left as it is; another
 * one takes its place.
 */
async function eachWeights(
  what: 'measuring' | 'surprising',
  all: readonly RunWeights[],
  work: (weights: RunWeights, jobId: string) => Promise<void>,
) {
  const asked = askedOf(what, all) ?? undefined;
  const isMine = () => useLook.getState()[what] === jobId;
  const before = useLook.getState();
  if (before[what] && sameAsked(before.asked[what], asked)) return;
  cancelLook(what);
  const jobId = `look ${++jobs}`;
  set({ [what]: jobId, asked: { ...before.asked, [what]: asked }, error: null });
  try {
    for (const weights of all) if (isMine()) await work(weights, jobId);
  } catch (error) {
    if (isMine() && !(error instanceof StudioError && error.code === 'cancelled')) set({ error: reportError(error) });
  } finally {
    if (isMine()) set({ [what]: null });
  }
}

/** The run's weights that are looked at, and random ones. */
const bothWeights = (runId: string): RunWeights[] => [weightsOf(useLook.getState(), runId, 'current'), 'random'];

/** Errors of every token of the shown clip. */
export async function measureErrors(): Promise<void> {
  const s = subject();
  if (s) await errorsWith(s, bothWeights(s.about.runId));
}

/** Errors of every token of the shown clip, with the weights of every kept step. */
export async function measureTraining(): Promise<void> {
  const s = subject();
  if (s) await errorsWith(s, [...keptSteps(), 'current', 'random']);
}

async function errorsWith(s: NonNullable<ReturnType<typeof subject>>, all: readonly RunWeights[]): Promise<void> {
  const look = useLook.getState();
  const { draws, least } = look;
  const provocation = changeOnStage(look, s);
  const { start } = s.viewed;
  await eachWeights('measuring', all, async (weights, jobId) => {
    const about = { ...s.about, weights, provocation, start };
    const { step, volume } = await ask('errorVolume', {
      type: 'errorVolume',
      jobId,
      request: { ...about, draws, least },
    });
    set(({ volumes }) => ({ volumes: kept(volumes, { ...about, step, value: volume }) }));
  });
}

/** Surprise over the whole shown video; of a changed one also as it was. */
export async function measureSurprise(): Promise<void> {
  const s = subject();
  if (!s) return;
  const { provocation } = useLook.getState();
  // as it was is asked for in the same windows
  const windows = surpriseWindows(s.run.config, s.frames, provocation);
  await eachWeights('surprising', bothWeights(s.about.runId), async (weights, jobId) => {
    // what was asked for first: how it was is only held beside it
    for (const change of provocation ? [provocation, null] : [null]) {
      if (useLook.getState().surprising !== jobId) return;
      const about = { ...s.about, weights, provocation: change };
      const answer = await ask('surprise', { type: 'surprise', jobId, request: { ...about, ...windows } });
      const one = { ...about, start: null, step: answer.step, value: answer.surprise };
      set(({ surprises }) => ({ surprises: kept(surprises, one) }));
    }
  });
}

export function cancelLook(what: 'measuring' | 'surprising'): void {
  const jobId = useLook.getState()[what];
  if (jobId) send({ type: 'cancel', jobId });
  set({ [what]: null });
}

/** Brings a frame of the video on the stage: the window begins `before` frames earlier. */
export async function goToFrame(frame: number, before = 0): Promise<void> {
  const { viewed, run, clips } = useStudio.getState();
  if (!viewed || !run) return;
  const { samplingRate } = run.config.data;
  const frames = clips.find((c) => c.clipId === viewed.clipId)?.frames ?? 1;
  const last = Math.max(0, frames - ((run.config.model.frames - 1) * samplingRate + 1));
  const start = Math.min(Math.max(0, frame - before), last);
  if (start !== viewed.start) await showClip(viewed.clipId, start);
  if (useStudio.getState().viewed?.clipId !== viewed.clipId) return; // another one was chosen meanwhile
  const at = Math.floor((frame - start) / samplingRate);
  patch({ frame: Math.min(Math.max(0, at), run.config.model.frames - 1), playing: false });
}

/** Shows another clip where a token of it was found, and chooses that token. */
export async function goToToken({ clipId, start, token }: { clipId: string; start: number; token: number }) {
  const { run } = useStudio.getState();
  if (!run) return;
  const { model } = run.config;
  const { t } = tokenPosition(gridOf(model), token);
  await showClip(clipId, start);
  if (useStudio.getState().viewed?.clipId !== clipId) return; // another one was chosen meanwhile
  patch({ selected: token, frame: t * (model.frames === 1 ? 1 : model.tubelet), playing: false });
}
