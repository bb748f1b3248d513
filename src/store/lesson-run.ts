// What the lesson trains, a nano of its own on drawn clips, and what it gives back when it ends: the settings, the clip on the
// stage, the pictures of the Train and the Look screen and the notices that the user had before.

import { type DrawnLook, sameLook, usualLook } from '../core/drawn-look.ts';
import { preset } from '../core/presets.ts';
import { applyConfig, control, followScene, isActive, refreshCost, showClip } from './actions.ts';
import { showLook } from './drawn.ts';
import { describeRun, takeUp, useKeep } from './keep.ts';
import { type FeatureLook, patchFeatures, useFeatures } from './look-features.ts';
import { provokeWith } from './look-change.ts';
import { type Look, patchLook, sameChange, useLook } from './look.ts';
import { startRun, tellObstacle } from './start.ts';
import { patch, sceneConfig, type Studio, useStudio } from './studio.ts';

/** The run that the lesson began. */
let begun: string | null = null;

type Pictures = 'whichMap' | 'maskShown' | 'playing' | 'curve' | 'draw';

type Had = Pick<Studio, 'config' | 'source' | 'problem' | 'demo' | Pictures> & {
  drawnLook: DrawnLook;
  clip: { clipId: string; start: number } | null;
  look: Pick<Look, 'panes' | 'largest' | 'provocation' | 'provoked'>;
  features: Pick<FeatureLook, 'mode' | 'kind'>;
  /** the run to be offered: the user's own that the lesson put another one in the place of, or what was offered before */
  offered: string | null | undefined;
};
let had: Had | null = null;

/** Whether a run of the user's own takes steps or rests: a chapter that trains puts another one in its place. */
export const disturbs = ({ run, stored }: Pick<Studio, 'run' | 'stored'>): boolean =>
  isActive(run) && run?.runId !== begun && run?.runId !== stored?.runId;

/** Remembers what the user has; what went wrong before is not for the room. */
export function borrowStudio(): void {
  if (had) return;
  const { config, source, problem, demo, whichMap, maskShown, playing, curve, draw, drawnLook, viewed, run, stored } =
    useStudio.getState();
  const { panes, largest, provocation, provoked } = useLook.getState();
  const { mode, kind } = useFeatures.getState();
  const offered = disturbs({ run, stored }) && run ? run.runId : useKeep.getState().offered;
  had = {
    config,
    source,
    problem,
    demo,
    whichMap,
    maskShown,
    playing,
    curve,
    draw,
    drawnLook,
    offered,
    clip: viewed && { clipId: viewed.clipId, start: viewed.start },
    look: { panes, largest, provocation, provoked },
    features: { mode, kind },
  };
  patch({ problem: null });
}

/** The user has again what there was before the lesson; its own run rests. */
export function giveStudioBack(): void {
  if (!had) return;
  const { offered, drawnLook, problem, demo, clip, look, features, ...settings } = had;
  had = null;
  const { run, problem: own, drawnLook: drawn } = useStudio.getState();
  const gone = offered && run?.runId !== offered;
  // a run goes on with the clips that it learns from, and beside one that rests none is offered
  if (isActive(run)) {
    if (gone || !sameLook(drawn, drawnLook)) control('stop');
    else if (run?.runId === begun) control('pause');
  }
  showLook(drawnLook);
  if (gone) useKeep.setState({ offered });
  const before = sceneConfig(useStudio.getState());
  patch({ ...settings, cost: null, demo: demo && run === null, problem: own ?? problem });
  followScene(before);
  void refreshCost();
  patchLook({ panes: look.panes, largest: look.largest });
  patchFeatures(features);
  void showAgain(clip, settings.playing).then(() => changeAgain(look));
}

/** The clip is on the stage again, once it is drawn as it was; also where one of the lesson's is still on its way there. */
async function showAgain(clip: Had['clip'], playing: boolean): Promise<void> {
  await until(({ redrawing }) => !redrawing);
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
  if (useKeep.getState().runs.some(({ runId, missing }) => runId === begun && !missing.length)) {
    await takeUp(begun ?? '');
    return useStudio.getState().run?.runId === begun;
  }
  patch({ source: 'drawn' });
  applyConfig(preset('nano'));
  showLook(usualLook);
  await until(({ redrawing }) => !redrawing);
  // the lesson may have ended meanwhile
  if (!had) return false;
  const obstacle = startRun();
  if (obstacle) tellObstacle(obstacle);
  else nameWhenKept((begun = useStudio.getState().run?.runId ?? ''));
  return obstacle === null;
}

/** The run of the lesson says so among those of the user's own. */
function nameWhenKept(runId: string): void {
  const end = useKeep.subscribe(({ runs }) => {
    const kept = runs.find((run) => run.runId === runId);
    if (!kept) return;
    end();
    if (!kept.note.name) void describeRun(runId, { name: 'from the lesson' });
  });
}

/** Resolves as soon as the studio is so. */
export function until(so: (s: Studio) => boolean): Promise<void> {
  if (so(useStudio.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const end = useStudio.subscribe((s) => {
      if (!so(s)) return;
      end();
      resolve();
    });
  });
}
