// What the Look screen knows of features: how they are looked at, and what was found with the run's weights and with random
// ones. What is missing for the present view is asked for piece by piece; a later wish overtakes those not yet asked.

import { create } from 'zustand';
import { gridOf } from '../core/config.ts';
import type { FeatureKind, LookMode } from '../core/look-view.ts';
import type { ErrorReport } from '../core/errors.ts';
import { reportError, StudioError } from '../core/errors.ts';
import { type Grid, tokenCount, tokenIndex } from '../core/grid.ts';
import type { RunWeights } from '../protocol/looking.ts';
import type { FeatureMap, FeatureQuestion, NearToken, Network, ReadRequest } from '../protocol/looking-features.ts';
import { ask, send } from './engine.ts';
import { changeOnStage, subject, useLook, type Weights, weightsOf } from './look.ts';
import { onRunBegun, useStudio } from './studio.ts';

/** A result, under the name of what was asked. */
export interface FoundFeatures<T> {
  name: string;
  /** of the reading that it was made of */
  reading: string;
  weights: RunWeights;
  /** steps that the weights were trained for; null: random */
  step: number | null;
  value: T;
}

export interface FeatureLook {
  mode: LookMode;
  kind: FeatureKind;
  network: Network;
  /** null: the output */
  layer: number | null;
  /** null: the mean of all */
  head: number | null;
  /** random weights stand first */
  swapped: boolean;
  maps: FoundFeatures<{ grid: Grid; map: FeatureMap }>[];
  near: FoundFeatures<NearToken[]>[];
  /** jobs on their way */
  reading: string | null;
  searching: string | null;
  error: ErrorReport | null;
}

export const useFeatures = create<FeatureLook>(() => ({
  mode: 'errors',
  kind: 'pca',
  network: 'target',
  layer: null,
  head: null,
  swapped: false,
  maps: [],
  near: [],
  reading: null,
  searching: null,
  error: null,
}));

const set = useFeatures.setState;
export const patchFeatures = (part: Partial<FeatureLook>): void => set(part);

onRunBegun(() => set({ maps: [], near: [] }));

/** Results of each kind that are kept on the page. */
const mostKept = 64;
/** Other clips that are searched for similar tokens. */
const mostOthers = 16;
/** Side of the pictures of found tokens, pixels. */
const pictureSide = 128;

const kept = <T>(all: FoundFeatures<T>[], one: FoundFeatures<T>): FoundFeatures<T>[] =>
  [one, ...all.filter(({ name }) => name !== one.name)].slice(0, mostKept);

let jobs = 0;

/** The token that is asked about: the selected one, or that in the middle of the clip. */
function askedToken(grid: Grid, selected: number | null): number {
  const middle = tokenIndex(grid, Math.floor(grid.t / 2), Math.floor(grid.h / 2), Math.floor(grid.w / 2));
  return selected !== null && selected < tokenCount(grid) ? selected : middle;
}

/** The present view, or null when there is nothing to look at. */
export function presentView() {
  const s = subject();
  if (!s) return null;
  const look = useLook.getState();
  const provocation = changeOnStage(look, s);
  const { kind, network, layer } = useFeatures.getState();
  const { model } = s.run.config;
  const about = { ...s.about, start: s.viewed.start, provocation, network };
  const token = askedToken(gridOf(model), useStudio.getState().selected);
  const asked = { layer: Math.min(layer ?? Infinity, model.depth + 1), token };
  const weightsAs = (which: Weights) => weightsOf(look, about.runId, which);
  const weights = { current: weightsAs('current'), random: weightsAs('random') };
  return { about, weights, ...asked, question: questionOf(kind, asked) };
}

function questionOf(kind: FeatureKind, { layer, token }: { layer: number; token: number }): FeatureQuestion {
  switch (kind) {
    case 'pca':
      return { kind, layer };
    case 'similarity':
      return { kind, layer, token };
    case 'attention':
      return { kind, token };
  }
  return kind satisfies never;
}

type View = NonNullable<ReturnType<typeof presentView>>;
type Look = Pick<FeatureLook, 'maps' | 'near'>;

const readingOf = (view: View, weights: Weights): string => JSON.stringify([view.about, view.weights[weights]]);
const mapName = (view: View, weights: Weights): string =>
  JSON.stringify([view.about, view.weights[weights], view.question]);
const nearName = ({ about, weights: of, layer, token }: View, weights: Weights): string =>
  JSON.stringify([about, of[weights], layer, token]);

/** What was found for a view; null when nothing was yet. */
export const mapOf = ({ maps }: Look, view: View, weights: Weights) => named(maps, mapName(view, weights));
export const nearOf = ({ near }: Look, view: View, weights: Weights) => named(near, nearName(view, weights));

const named = <T>(all: FoundFeatures<T>[], wanted: string) => all.find(({ name }) => name === wanted) ?? null;

/** The reading to be asked: the same as before, so that all pictures of it are of the same weights. */
function requestOf(view: View, weights: Weights): ReadRequest {
  const reading = readingOf(view, weights);
  const { maps, near } = useFeatures.getState();
  const at = [...maps, ...near].find((found) => found.reading === reading)?.step ?? null;
  return { ...view.about, weights: view.weights[weights], at };
}

/** A view that was cancelled or failed: it is not asked for again by itself. */
let givenUp: string | null = null;

/** The view that the error is about. */
let failed: string | null = null;

/** Asks for what the present view lacks, trained weights first, until it lacks nothing. */
export async function followFeatures(): Promise<void> {
  const present = presentView();
  if (useFeatures.getState().error && failed !== (present && mapName(present, 'current'))) set({ error: null });
  if (useFeatures.getState().reading) return; // it looks again after every answer
  if (!lacking()) return;
  const about = () => givenUp;
  await job('reading', about, async (jobId) => {
    for (let next = lacking(); next && useFeatures.getState().reading === jobId; next = lacking()) {
      const { view, weights } = next;
      givenUp = mapName(view, 'current'); // until it is there
      const { question } = view;
      const request = requestOf(view, weights);
      const { step, grid, map } = await ask('featureMap', { type: 'featureMap', jobId, request, question });
      const of = { weights: view.weights[weights], step };
      const found = { name: mapName(view, weights), reading: readingOf(view, weights), ...of };
      givenUp = null;
      set(({ maps }) => ({ maps: kept(maps, { ...found, value: { grid, map } }) }));
    }
  });
}

function lacking(): { view: View; weights: Weights } | null {
  const found = useFeatures.getState();
  const shown = found.mode === 'features' || useLook.getState().panes === 4;
  const view = shown ? presentView() : null;
  if (!view) return null;
  if (mapName(view, 'current') === givenUp) return null;
  const weights = (['current', 'random'] as const).find((w) => !mapOf(found, view, w));
  return weights ? { view, weights } : null;
}

/** Forgets what the run's weights gave as they were a while ago, and asks again. */
export function readAgain(): Promise<void> {
  const fresh = <T>(all: FoundFeatures<T>[]) => all.filter(({ weights }) => weights !== 'current');
  givenUp = null;
  set(({ maps, near }) => ({ maps: fresh(maps), near: fresh(near) }));
  return followFeatures();
}

/** The most similar token of each of some other clips, with both weights. */
export async function searchNear(): Promise<void> {
  const view = presentView();
  if (!view || useFeatures.getState().searching) return;
  const { layer, token } = view;
  const clips = othersOf(view.about.clipId);
  const about = () => mapName(view, 'current');
  await job('searching', about, async (jobId) => {
    for (const weights of ['current', 'random'] as const) {
      if (useFeatures.getState().searching !== jobId) return;
      const request = requestOf(view, weights);
      const command = { type: 'nearTokens', jobId, request, layer, token, clips, side: pictureSide } as const;
      const { step, near } = await ask('nearTokens', command);
      const of = { weights: view.weights[weights], step };
      const found = { name: nearName(view, weights), reading: readingOf(view, weights), ...of, value: near };
      set((s) => ({ near: kept(s.near, found) }));
    }
  });
}

/** The clips that follow one in the library, from its end on to its beginning. */
function othersOf(clipId: string): string[] {
  const ids = useStudio.getState().clips.map((clip) => clip.clipId);
  const at = ids.indexOf(clipId);
  return [...ids.slice(at + 1), ...ids.slice(0, Math.max(0, at))].slice(0, mostOthers);
}

/** Features behind every layer with the run's weights. */
export async function askLayers() {
  const view = presentView();
  if (!view) throw new StudioError('config', 'There is no model to read a clip with.', 'Train one first.');
  return ask('layerFeatures', {
    type: 'layerFeatures',
    jobId: `features ${++jobs}`,
    request: requestOf(view, 'current'),
  });
}

/** `about` names the view that it is at, for an error. */
async function job(
  what: 'reading' | 'searching',
  about: () => string | null,
  work: (jobId: string) => Promise<void>,
): Promise<void> {
  const jobId = `features ${++jobs}`;
  set({ [what]: jobId, error: null });
  try {
    await work(jobId);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'cancelled')) {
      failed = about();
      set({ error: reportError(error) });
    }
  } finally {
    if (useFeatures.getState()[what] === jobId) set({ [what]: null });
  }
}

export function cancelFeatures(what: 'reading' | 'searching'): void {
  const jobId = useFeatures.getState()[what];
  if (jobId) send({ type: 'cancel', jobId });
  set({ [what]: null });
}
