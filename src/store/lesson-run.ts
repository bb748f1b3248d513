// What the lesson trains, a nano of its own on drawn clips, and what it gives back when it ends: the settings, the clip on the
// stage, the pictures of the Train and the Look screen and the notices that the user had before.

import { type DrawnLook, sameLook, usualLook } from '../core/drawn-look.ts';
import { isObject } from '../core/is-object.ts';
import { preset } from '../core/presets.ts';
import { applyConfig, control, followScene, isActive, refreshCost, showClip } from './actions.ts';
import { showLook } from './drawn.ts';
import { describeRun, ofLesson, takeUp, useKeep } from './keep.ts';
import { type FeatureLook, patchFeatures, useFeatures } from './look-features.ts';
import { provokeWith } from './look-change.ts';
import { type Look, patchLook, sameChange, useLook } from './look.ts';
import { remember, remembered, tab } from './remembered.ts';
import { beganInLesson } from './screen.ts';
import { startRun, tellObstacle } from './start.ts';
import { patch, type RunView, sceneConfig, type Studio, useStudio } from './studio.ts';
import { until } from './until.ts';

/** A run of the user's own that was on the page, and how it stood. */
interface Own {
  runId: string;
  was: 'training' | 'resting' | 'over';
}
const states: readonly Own['was'][] = ['training', 'resting', 'over'];

type Shown = { clipId: string; start: number } | null;

const place = 'lesson';

/** What a reload in the middle of a lesson must not forget; of a page that began elsewhere the lesson's run alone is known. */
function recalled(): { begun: string | null; own: Own | null; clip: Shown } {
  const told = remembered(place, tab);
  const { begun, own, clip } = isObject(told) ? told : {};
  return {
    begun: typeof begun === 'string' ? begun : null,
    own:
      beganInLesson() && isObject(own) && typeof own.runId === 'string'
        ? { runId: own.runId, was: states.find((known) => known === own.was) ?? 'resting' }
        : null,
    clip:
      beganInLesson() && isObject(clip) && typeof clip.clipId === 'string'
        ? { clipId: clip.clipId, start: Number(clip.start) }
        : null,
  };
}

/** The run that the lesson began. */
let { begun } = recalled();

const remind = (own: Own | null, clip: Shown): void => void remember(place, { begun, own, clip }, tab);

type Pictures = 'whichMap' | 'maskShown' | 'playing' | 'curve' | 'draw';

type Had = Pick<Studio, 'config' | 'settingsFrom' | 'source' | 'problem' | 'demo' | Pictures> & {
  drawnLook: DrawnLook;
  clip: Shown;
  look: Pick<Look, 'panes' | 'largest' | 'provocation' | 'provoked'>;
  features: Pick<FeatureLook, 'mode' | 'kind' | 'network' | 'layer'>;
  own: Own | null;
  /** what was offered before */
  offered: string | null | undefined;
};
let had: Had | null = null;

/** A run of the user's own that is on the page: a chapter that trains puts another one in its place. */
const ownOf = ({ run, stored }: Pick<Studio, 'run' | 'stored'>): RunView | null =>
  run &&
  (isActive(run) || (!run.weightless && run.state !== 'failed')) &&
  run.runId !== begun &&
  run.runId !== stored?.runId
    ? run
    : null;

/** Whether there is one. What comes with the studio is none, once it is known what that is. */
export const disturbs = (s: Pick<Studio, 'run' | 'stored'>): boolean => s.stored !== undefined && ownOf(s) !== null;

const howItStands = ({ state }: RunView): Own['was'] =>
  state === 'paused' ? 'resting' : state === 'running' || state === 'preparing' ? 'training' : 'over';

/** Remembers what the user has; what went wrong before is not for the room. */
export function borrowStudio(): void {
  if (had) return;
  const s = useStudio.getState();
  const { config, settingsFrom, source, problem, demo, whichMap, maskShown, playing, curve, draw, drawnLook, viewed } =
    s;
  const { panes, largest, provocation, provoked } = useLook.getState();
  const { mode, kind, network, layer } = useFeatures.getState();
  const run = ownOf(s);
  const own = run ? { runId: run.runId, was: howItStands(run) } : recalled().own;
  const clip = recalled().clip ?? (viewed && { clipId: viewed.clipId, start: viewed.start });
  remind(own, clip);
  had = {
    config,
    settingsFrom,
    source,
    problem,
    demo,
    whichMap,
    maskShown,
    playing,
    curve,
    draw,
    drawnLook,
    own,
    offered: useKeep.getState().offered,
    clip,
    look: { panes, largest, provocation, provoked },
    features: { mode, kind, network, layer },
  };
  patch({ problem: null });
}

/** The user has again what there was before the lesson, the run too; the lesson's own rests. */
export function giveStudioBack(): void {
  if (!had) return;
  const { own, offered, drawnLook, problem, demo, clip, look, features, ...settings } = had;
  had = null;
  const { run, problem: since, drawnLook: drawn } = useStudio.getState();
  const gone = own !== null && run?.runId !== own.runId;
  // a run goes on with the clips that it learns from, and beside one that rests none is offered
  if (isActive(run)) {
    if (gone || !sameLook(drawn, drawnLook)) control('stop');
    else if (run?.runId === begun) control('pause');
  }
  showLook(drawnLook);
  if (offered !== undefined && offered !== begun && offered !== run?.runId) useKeep.setState({ offered });
  setAgain({ ...settings, demo: demo && run === null, problem: since ?? problem });
  patchLook({ panes: look.panes, largest: look.largest });
  patchFeatures(features);
  void takeBack(own)
    .then((taken) => {
      if (had) return;
      remind(null, null);
      if (!taken) return;
      // a run that is taken up brings settings and clips of its own
      setAgain(settings);
      if (!isActive(useStudio.getState().run)) showLook(drawnLook);
    })
    .then(() => showAgain(clip, settings.playing))
    .then(() => changeAgain(look));
}

/** Settings and pictures are as they were, and what follows from them. */
function setAgain(settings: Partial<Studio>): void {
  const before = sceneConfig(useStudio.getState());
  patch({ ...settings, cost: null });
  followScene(before);
  void refreshCost();
}

/** Takes the user's run up again as it was, where another one is on the page; whether it did. One that needs its files is offered. */
async function takeBack(own: Own | null): Promise<boolean> {
  if (!own) return false;
  // the lesson may still be taking up one of its own
  await until(useKeep, ({ opening }) => opening === null);
  const shown = () => useStudio.getState().run;
  if (had || shown()?.runId === own.runId) return false;
  const kept = useKeep.getState().runs.find(({ runId }) => runId === own.runId);
  if (kept?.missing.length) useKeep.setState({ offered: own.runId });
  if (!kept || kept.missing.length) return false;
  await takeUp(own.runId, own.was !== 'training');
  if (shown()?.runId !== own.runId) return false;
  if (own.was === 'over') {
    await until(useStudio, ({ run }) => run?.state !== 'preparing' && run?.state !== 'running');
    if (!had && shown()?.runId === own.runId && shown()?.state === 'paused') control('stop');
  }
  return true;
}

/** The clip is on the stage again, once it is drawn as it was; also where one of the lesson's is still on its way there. */
async function showAgain(clip: Had['clip'], playing: boolean): Promise<void> {
  await until(useStudio, ({ redrawing }) => !redrawing);
  // the lesson may be open again
  if (had || !clip || !useStudio.getState().clips.some(({ clipId }) => clipId === clip.clipId)) return;
  await showClip(clip.clipId, clip.start);
  if (!had) patch({ playing });
}

/** How that clip was changed; no other is. */
function changeAgain({ provocation, provoked }: Had['look']): void {
  if (had) return;
  const now = useLook.getState();
  const change = provoked === useStudio.getState().viewed?.clipId ? provocation : null;
  if (!sameChange(change, now.provocation) || (change && now.provoked !== provoked)) provokeWith(change);
}

/** The run of the lesson is on the page, as it was or a new one; false, and said, when none can be. */
export async function haveLessonRun(): Promise<boolean> {
  const { run } = useStudio.getState();
  if (begun !== null && run?.runId === begun && isActive(run)) return true;
  await until(useKeep, ({ offered }) => offered !== undefined); // a page that was loaded anew does not know them at once
  if (!had) return false;
  if (useKeep.getState().runs.some(({ runId, missing }) => runId === begun && !missing.length)) {
    await takeUp(begun ?? '');
    return useStudio.getState().run?.runId === begun;
  }
  patch({ source: 'drawn' });
  applyConfig(preset('nano'));
  showLook(usualLook);
  await until(useStudio, ({ redrawing }) => !redrawing);
  // the lesson may have ended meanwhile
  if (!had) return false;
  const obstacle = startRun();
  if (obstacle) tellObstacle(obstacle);
  else {
    nameWhenKept((begun = useStudio.getState().run?.runId ?? ''));
    remind(had.own, had.clip);
  }
  return obstacle === null;
}

/** The run of the lesson says so among those of the user's own. */
function nameWhenKept(runId: string): void {
  const end = useKeep.subscribe(({ runs }) => {
    const kept = runs.find((run) => run.runId === runId);
    if (!kept) return;
    end();
    if (!kept.note.name) void describeRun(runId, { name: ofLesson });
  });
}
