// What the user does, and what follows from it.

import { checkConfig, gridOf, type ModelConfig, type RunConfig } from '../core/config.ts';
import { reportError } from '../core/errors.ts';
import { sameGrid, tokenCount } from '../core/grid.ts';
import { numbered } from '../core/numbered.ts';
import { drawMasks } from '../mask/draw.ts';
import type { ErrorMap, RunState } from '../protocol/messages.ts';
import { ask, send } from './engine.ts';
import { patch, patchRun, rememberSettings, sceneConfig, showsStored, useStudio } from './studio.ts';

/** Side of the pictures on the stage, in pixels. */
export const viewSide = 320;

const state = () => useStudio.getState();
let counter = 0;
export const newId = (what: string): string => `${what}-${Date.now().toString(36)}-${++counter}`;

/** Ids that are tried: of thousands of kept runs some share their names all the same. */
const mostIds = 100;
let namesake = (_runId: string): boolean => false;

/** Who knows the runs says whether one of them is called as a run with this id would be. */
export const avoidNames = (taken: (runId: string) => boolean): void => void (namesake = taken);

/** The id of a run that begins. */
export function newRunId(): string {
  let runId = newId('run');
  for (let i = 1; i < mostIds && namesake(runId); i++) runId = newId('run');
  return runId;
}

export const showProblem = (error: unknown): void => patch({ problem: reportError(error) });

/** Anything the user does ends the demonstration; from then on the stage shows the user's own settings. */
export function wake(): void {
  if (!state().demo) return;
  const before = sceneConfig(state());
  patch({ demo: false });
  followScene(before);
}

/** Mask and clip of the stage after its settings changed. */
export function followScene(before: RunConfig): void {
  refreshMask();
  const { viewed } = state();
  const now = sceneConfig(state());
  // a token of another grid lies elsewhere
  if (!sameGrid(gridOf(before.model), gridOf(now.model))) patch({ selected: null, hovered: null });
  // a size that is being typed is no reason to read a clip
  if (!viewed || maskObstacle(now)) return;
  if (viewed.rgba.length !== now.model.frames || before.data.samplingRate !== now.data.samplingRate)
    void showClip(viewed.clipId, viewed.start);
}

/** Who looks at the training screen may press train next: its kernels are compiled meanwhile. */
export function warmUp(): void {
  const { screen, run, config } = state();
  if (screen === 'train' && !run) send({ type: 'warm', config });
}

/** Looks for a GPU once more. */
export const openDevice = (): void => send({ type: 'open' });

// ---------------------------------------------------------------- masks and config

/** Tokens of a clip that a page can draw at once; V-JEPA 2 at 64 frames of 384 pixels has 18 432. */
export const mostTokens = 32_768;

/** What keeps a config from having masks, whatever else is wrong with it. */
export function maskObstacle(config: RunConfig): string | null {
  const problem = checkConfig(config).find(
    ({ field }) => field.startsWith('masks') || field.startsWith('model') || ['batchSize', 'seed'].includes(field),
  );
  if (problem) return problem.message;
  const tokens = tokenCount(gridOf(config.model));
  if (tokens <= mostTokens) return null;
  return `a clip has ${tokens} tokens, at most ${mostTokens} are drawn: choose larger patches, a smaller crop or fewer frames`;
}

/** Of the newest mask that could be drawn. */
let lastSound = { batchSize: 1, seed: 0 };

/**
 * Draws the mask of the shown clip again; the same config, draw and clip give the same mask. While batch or seed are being
 * typed and wrong, the ones before them keep a mask on the stage; the problem is told beside it.
 */
export function refreshMask(): void {
  const { draw } = state();
  const given = sceneConfig(state());
  const maskProblem = maskObstacle(given);
  const config = maskProblem ? { ...given, ...lastSound } : given;
  const obstacle = maskObstacle(config);
  if (obstacle) return patch({ sets: [], maskProblem: obstacle });
  const { masks, maskCut: cut, maskSequence: sequence, seed, batchSize } = config;
  try {
    const { sets } = drawMasks({ masks, cut, sequence, seed }, gridOf(config.model), batchSize, draw);
    patch({ sets, maskProblem, maskSet: Math.min(state().maskSet, sets.length - 1) });
    lastSound = { batchSize, seed };
    if (!maskProblem) changeScene();
  } catch (error) {
    const { message, advice } = reportError(error);
    patch({ sets: [], maskProblem: `${message}. ${advice}` });
  }
}

export function showDraw(draw: number): void {
  patch({ draw });
  refreshMask();
}

export const nextMask = (): void => showDraw(state().draw + 1);

/** Puts a config in force: mask, cost and clip follow. */
export function applyConfig(config: RunConfig): void {
  const before = sceneConfig(state());
  patch({ config, cost: null, settingsFrom: null });
  followScene(before);
  void refreshCost();
}

/** Settings that the user has chosen: the next visit begins with them, unless no run could. */
export function chooseConfig(config: RunConfig): void {
  applyConfig(config);
  if (!checkConfig(config).length) rememberSettings(config);
}

let costAsked = 0;
/** Parameters and memory of the settings in force. */
export async function refreshCost(): Promise<void> {
  const mine = ++costAsked;
  const { config } = state();
  if (checkConfig(config).length) return;
  try {
    const { cost } = await ask('cost', { type: 'cost', config });
    if (mine === costAsked) patch({ cost });
  } catch (error) {
    showProblem(error);
  }
}

// ---------------------------------------------------------------- the stage

let shown = 0;
/** Puts a clip on the stage, from frame `start` on. */
export async function showClip(clipId: string, start = 0): Promise<void> {
  const mine = ++shown;
  const config = sceneConfig(state());
  try {
    const { frames } = await ask('clipFrames', {
      type: 'readClip',
      clipId,
      start,
      stride: config.data.samplingRate,
      frames: config.model.frames,
      side: viewSide,
    });
    if (mine !== shown) return;
    const now = sceneConfig(state());
    const other = now.model.frames !== config.model.frames || now.data.samplingRate !== config.data.samplingRate;
    // the settings moved on while it was read
    if (other && !maskObstacle(now)) return showClip(clipId, start);
    const name = state().clips.find((c) => c.clipId === clipId)?.name ?? clipId;
    patch({
      viewed: { clipId, name, start, side: frames.side, times: frames.times, rgba: frames.rgba },
      frame: Math.min(state().frame, frames.rgba.length - 1),
      hovered: null,
    });
    changeScene();
  } catch (error) {
    if (mine === shown) showProblem(error);
  }
}

// ---------------------------------------------------------------- runs

const active: ReadonlySet<RunState> = new Set<RunState>(['preparing', 'running', 'paused']);
export const isActive = (run: { state: RunState } | null): boolean => run !== null && active.has(run.state);

export function control(what: 'pause' | 'resume' | 'step' | 'stop'): void {
  const { run } = state();
  if (!run) return;
  if (run.told === 'stop') return; // nothing follows that
  patchRun(run.runId, () => ({ told: what === 'pause' || what === 'stop' ? what : null }));
  send({ type: what, runId: run.runId });
}

/** A new state of the run is a moment to look at its errors. */
export function afterRunState(now: RunState): void {
  const { run } = state();
  const hasWeights = run !== null && !run.weightless && run.step > 0;
  if (now === 'running' || now === 'paused' || now === 'finished' || (now === 'stopped' && hasWeights))
    void requestMap();
}

/** While training, the map follows every so many steps. */
const mapEvery = 20;

/** Where a run was when its map could not be had. */
let mapFailed: { runId: string; step: number } | null = null;

export function afterMetrics(): void {
  const { run } = state();
  if (run?.state !== 'running') return;
  const tried = mapFailed?.runId === run.runId ? mapFailed.step : 0;
  if (run.step - Math.max(run.maps.latest?.step ?? 0, tried) >= mapEvery) void requestMap();
}

/** The clip and the mask that maps are measured of; a map of others is not shown. */
let scene = '';
function changeScene(): void {
  const { run, screen, viewed, draw } = state();
  // the other screens have settings of their own; the map follows again on the way back
  if (screen !== 'train') return;
  const { model, masks, maskCut, maskSequence, seed, batchSize } = sceneConfig(state());
  const now = JSON.stringify([
    viewed?.clipId,
    viewed?.start,
    draw,
    model,
    masks,
    maskCut,
    maskSequence,
    seed,
    batchSize,
  ]);
  if (now === scene && run?.maps.latest) {
    // it may have gone on while another screen was open
    if (run.state !== 'running' && run.maps.latest.step !== run.step) void requestMap();
    return;
  }
  scene = now;
  if (!run) return;
  patchRun(run.runId, () => ({ maps: { random: null, latest: null } }));
  void requestMap();
}

/** Whether the networks of both see a clip alike. */
const sameInput = (a: ModelConfig, b: ModelConfig): boolean =>
  a.crop === b.crop && a.patch === b.patch && a.frames === b.frames && a.tubelet === b.tubelet;

/** Why there can be no map of what is shown, or null. */
export function mapObstacle(): string | null {
  const { run, config, sets, maskProblem } = state();
  if (!run) return 'Train a model, and its prediction error appears here.';
  if (run.weightless && run.state === 'stopped')
    return 'The run was stopped before it was ready. Kept runs has what was saved of it, if anything was; or train again.';
  if (!sets.length) return maskProblem ?? 'There is no mask.';
  if (!sameInput(config.model, run.config.model))
    return 'The settings no longer fit the trained model: its clips have another grid of tokens.';
  if (sets.length !== run.config.masks.length)
    return `The settings no longer fit the trained model: it has ${numbered(run.config.masks.length, 'mask set')}, they have ${sets.length}.`;
  return null;
}

/** A map of a run of which no more than so many steps count, since those behind changed no weight. */
export const mapUntil = <T extends ErrorMap | null>(map: T, step: number): T =>
  map?.step && map.step > step ? { ...map, step } : map;

/** Asks for the error of every target token of the shown clip: once with random weights, and with the current ones. */
export async function requestMap(): Promise<void> {
  const { run, viewed, sets, screen } = state();
  if (
    !run ||
    !viewed ||
    screen !== 'train' ||
    run.mapPending ||
    run.state === 'failed' ||
    run.weightless ||
    showsStored(state()) ||
    mapObstacle()
  )
    return;
  const { runId } = run;
  const mine = scene;
  const about = {
    type: 'map' as const,
    runId,
    clipId: viewed.clipId,
    start: viewed.start,
    masks: sets.map((s) => ({ context: s.context[0], target: s.target[0] })),
  };
  patchRun(runId, () => ({ mapPending: true }));
  try {
    const { random } = run.maps;
    const control = random ?? (await ask('map', { ...about, weights: 'random' })).map;
    const { map } = await ask('map', { ...about, weights: 'current' });
    mapFailed = null;
    if (mine === scene)
      patchRun(runId, (now) => ({
        maps: { random: control, latest: now.state === 'failed' ? mapUntil(map, now.step) : map },
      }));
  } catch (error) {
    // a run that failed has said so itself, and one that was replaced has no map any more
    const now = state().run;
    if (now?.runId !== runId) return;
    mapFailed = { runId, step: now.step };
    if (now.state !== 'failed') showProblem(error);
    return;
  } finally {
    patchRun(runId, () => ({ mapPending: false }));
  }
  // the clip, the mask or the run may have moved on meanwhile
  const now = state().run;
  if (now?.runId !== runId) return;
  const rested = now.state !== 'running' && (now.state !== run.state || now.step !== run.step);
  if (mine !== scene || rested) void requestMap();
}
