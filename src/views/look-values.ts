// What the Look screen shows, worked out of what was measured.

import type { RunConfig } from '../core/config.ts';
import type { Baseline, Quantity } from '../core/look-view.ts';
import { peaks } from '../core/peaks.ts';
import { skill } from '../core/skill.ts';
import type { ErrorGroup, ErrorVolume, Surprise, TokenErrors } from '../protocol/looking.ts';
import { changeOnStage, type Found, foundOf, type Look, sameChange, type Weights, weightsOf } from '../store/look.ts';
import type { Studio } from '../store/studio.ts';

/** The run and the clip that are looked at. */
type OnStage = Pick<Studio, 'run' | 'viewed'>;

interface Compared {
  /** null: no errors are shown */
  quantity: Quantity | null;
  target: RunConfig['loss']['target'];
  /** whether it is the run that comes with the studio */
  comesAlong: boolean;
  /** whether the clip is a video of one's own */
  file: boolean;
}

/** What has to be known before the shown networks are compared, in sentences. */
export function cautions({ quantity, target, comesAlong, file }: Compared): string[] {
  const said: string[] = [];
  if (quantity === 'error' && target === 'features')
    said.push(
      'Trained and random weights each predict the features of their own target encoder, so their errors have no common scale, nor has surprise. Skill can be compared.',
    );
  if (comesAlong && file)
    said.push(
      'The run that comes with the studio has seen drawn clips only: this video is unlike all that it learned from.',
    );
  return said;
}

/** Errors of every token over several mask sets, each draw counted once. */
export function together(sets: TokenErrors[]): TokenErrors {
  const N = sets[0].count.length;
  const count = Int32Array.from({ length: N }, (_, n) => sets.reduce((sum, s) => sum + s.count[n], 0));
  const mean = (name: 'error' | 'mean' | 'copy') =>
    Float32Array.from(
      { length: N },
      (_, n) => sets.reduce((sum, s) => sum + (s.count[n] ? s.count[n] * s[name][n] : 0), 0) / count[n],
    );
  return { count, error: mean('error'), mean: mean('mean'), copy: mean('copy') };
}

/** Error or skill; NaN where it is not known. */
export const quantityOf = (e: { error: number; mean: number; copy: number }, q: Quantity, b: Baseline): number =>
  q === 'error' ? e.error : (skill(e.error, e[b]) ?? NaN);

/** Error or skill by token, those that are known. */
export function valuesOf(errors: TokenErrors, q: Quantity, b: Baseline): Map<number, number> {
  const values = new Map<number, number>();
  for (const [n, count] of errors.count.entries()) {
    if (!count) continue;
    const value = quantityOf({ error: errors.error[n], mean: errors.mean[n], copy: errors.copy[n] }, q, b);
    if (!Number.isNaN(value)) values.set(n, value);
  }
  return values;
}

/** Errors of the mask sets that are looked at. */
export const shownErrors = (volume: ErrorVolume, look: Pick<Look, 'allSets'>, maskSet: number): TokenErrors =>
  look.allSets ? together(volume.sets) : volume.sets[Math.min(maskSet, volume.sets.length - 1)];

/** Error or skill of all predictions of some groups together. */
export function overall(groups: ErrorGroup[], q: Quantity, b: Baseline): number {
  const targets = groups.reduce((sum, g) => sum + g.targets, 0);
  const mean = (name: 'error' | 'mean' | 'copy') => groups.reduce((sum, g) => sum + g.targets * g[name], 0) / targets;
  return quantityOf({ error: mean('error'), mean: mean('mean'), copy: mean('copy') }, q, b);
}

/** Errors of the shown clip, changed or not. */
export function shownVolume(s: OnStage, look: Look, weights: Weights): Found<ErrorVolume> | null {
  if (!s.run || !s.viewed) return null;
  const { clipId, start } = s.viewed;
  const { runId } = s.run;
  const provocation = changeOnStage(look, s);
  return foundOf(look.volumes, { runId, weights: weightsOf(look, runId, weights), clipId, start, provocation });
}

/** Mean error or skill of the shown clip after every step of training that it was measured with, ascending; random weights
 * are step 0. */
export function overTraining(s: OnStage, look: Look, maskSet: number): { step: number; value: number }[] {
  if (!s.run || !s.viewed) return [];
  const { clipId, start } = s.viewed;
  const { runId } = s.run;
  const change = changeOnStage(look, s);
  const steps = new Map<number, number>();
  for (const f of look.volumes) {
    const step = f.step ?? 0;
    const shown = f.runId === runId && f.clipId === clipId && f.start === start;
    if (!shown || steps.has(step) || !sameChange(f.provocation, change)) continue;
    const { set } = f.value.groups;
    const groups = look.allSets ? set : set.filter((g) => g.low === maskSet);
    if (groups.length) steps.set(step, overall(groups, look.quantity, look.baseline));
  }
  return [...steps].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step);
}

/** Surprise of the shown video as it is or as it was changed. */
export function shownSurprise(s: OnStage, look: Look, weights: Weights, changed: boolean): Found<Surprise> | null {
  if (!s.run || !s.viewed || (changed && !look.provocation)) return null;
  const provocation = changed ? look.provocation : null;
  const { clipId } = s.viewed;
  const { runId } = s.run;
  return foundOf(look.surprises, { runId, weights: weightsOf(look, runId, weights), clipId, start: null, provocation });
}

/** The context that is shown: the chosen one, or the shortest where the run was measured with others. */
export function contextOf({ curves }: Surprise, chosen: number): number {
  const known = curves.map((c) => c.context);
  return known.includes(chosen) ? chosen : known[0];
}

export interface Track {
  /** frame of the video that each window begins to predict */
  frames: number[];
  values: Float32Array;
  /** frames that a value is the mean error of: from its own on */
  covers: number;
  /** places in `values`, and the frames to both sides within which each is the largest */
  peaks: number[];
  apart: number;
  /** frames between two values, and where the video was changed between the closest; null where that is all the same */
  every: number;
  closest: number | null;
  /** frames that are predicted in some window */
  predicted: number;
  max: number;
  /** of the values that are `every` frames apart */
  mean: number;
}

/**
 * The curve of a context. A value stands at the frame where its prediction begins and is of all that is predicted, so an event
 * shows from the first window on that reaches it: before the frame at which it happens.
 */
export function trackOf(found: Surprise, context: number): Track | null {
  const { starts, every, tubeletFrames, windowFrames, curves } = found;
  const curve = curves.find((c) => c.context === context);
  if (!curve) return null;
  const values = curve.error;
  const covers = windowFrames - context * tubeletFrames;
  const usual = values.filter((_, w) => starts[w] % every === 0);
  const gaps = starts.slice(1).map((s, w) => s - starts[w]);
  const closest = Math.min(every, ...gaps);
  // windows that share a predicted frame see the same event
  const apart = Math.max(closest, Math.floor(covers / 2));
  return {
    frames: starts.map((s) => s + context * tubeletFrames),
    values,
    covers,
    peaks: peaks(values, apart, starts, usual),
    apart,
    every,
    closest: closest < every ? closest : null,
    predicted: gaps.reduce((sum, gap) => sum + Math.min(gap, covers), covers),
    max: values.reduce((a, b) => Math.max(a, b), 0),
    mean: usual.reduce((a, b) => a + b, 0) / usual.length,
  };
}
