// How a run begins: what keeps it from starting, the clips it would learn from, the start itself.

import { checkConfig, type RunConfig } from '../core/config.ts';
import { changedFields } from '../core/config-diff.ts';
import { lookOfId } from '../core/drawn-look.ts';
import { predicting } from '../core/presets.ts';
import { applyConfig, isActive, newRunId, wake } from './actions.ts';
import { showLook } from './drawn.ts';
import { arrivingOf } from './files.ts';
import { send } from './engine.ts';
import { newRun, patch, type RunView, type Studio, useStudio } from './studio.ts';

export interface StartObstacle {
  /** the setting to look at; null where there is none */
  field: string | null;
  message: string;
}

/** Why nothing trains without a GPU. */
export const withoutDevice = (kind: 'opening' | 'none'): string =>
  kind === 'none' ? 'Training needs WebGPU' : 'The GPU is being looked for';

/** Why no run can start with what is chosen, or null. */
export function startObstacle(
  s: Pick<Studio, 'config' | 'device' | 'source' | 'clips' | 'cost' | 'redrawing' | 'jobs'>,
): StartObstacle | null {
  const [problem] = checkConfig(s.config);
  if (problem) return problem;
  if (s.device.kind !== 'ready') return { field: null, message: `${withoutDevice(s.device.kind)}.` };
  if (s.source === 'mine' && !s.clips.some((c) => c.source === 'file'))
    return { field: 'source', message: 'There are no videos yet. Add some, or choose drawn clips.' };
  const arriving = s.source === 'mine' && arrivingOf(s.jobs);
  if (arriving)
    return {
      field: null,
      message: `Files are being read, ${Math.floor(arriving.done)} of ${arriving.total} done: a run learns from those that are there when it begins, so it waits for all.`,
    };
  // a set that is half of one look and half of another is none
  if (s.source === 'drawn' && s.redrawing) return { field: null, message: 'The clips are being drawn.' };
  return s.cost?.warning ? { field: 'preset', message: s.cost.warning } : null;
}

/** The clips that a run with what is chosen now would learn from. */
export const clipsOfRun = ({ clips, source }: Pick<Studio, 'clips' | 'source'>): string[] =>
  clips.filter((c) => (source === 'mine') === (c.source === 'file')).map((c) => c.clipId);

/** Whether what is chosen now are the settings and the clips of this run. */
export function isSameAgain(s: Pick<Studio, 'clips' | 'source' | 'config'>, run: RunView): boolean {
  const chosen = clipsOfRun(s);
  return (
    chosen.length === run.clipIds.length &&
    chosen.every((id, i) => id === run.clipIds[i]) &&
    changedFields(s.config, run.config).length === 0
  );
}

/** Starts a run with what is chosen, or says why not; the run on the page then stays. */
export function startRun(): StartObstacle | null {
  wake();
  const obstacle = startObstacle(useStudio.getState());
  if (obstacle) return obstacle;
  begin(useStudio.getState().config, clipsOfRun(useStudio.getState()));
  return null;
}

function begin(config: RunConfig, clipIds: string[]): void {
  const runId = newRunId();
  patch({ run: newRun({ runId, config, clipIds }), whichMap: 'latest' });
  send({ type: 'start', runId, config, clipIds });
}

/** Says on the page why no run began. */
export const tellObstacle = ({ message }: StartObstacle): void =>
  patch({ problem: { code: 'config', message, advice: '' } });

/** The same settings with the other target. */
const twinOf = ({ config }: RunView): RunConfig =>
  predicting(config, config.loss.target === 'pixels' ? 'features' : 'pixels');

/** Why the twin of a run cannot be trained, or null. Nothing of it is chosen: its clips are those of the run. */
export function twinObstacle({ device, clips }: Pick<Studio, 'device' | 'clips'>, run: RunView): StartObstacle | null {
  const here = new Set(clips.map((c) => c.clipId));
  const gone = run.clipIds.filter((id) => lookOfId(id) === null && !here.has(id)).length;
  if (gone)
    return { field: null, message: 'Videos that it learned from were removed. Start with what is chosen instead.' };
  return startObstacle({ config: twinOf(run), device, clips, source: 'drawn', redrawing: false, cost: null, jobs: {} });
}

/** The run once more with the other target: the same seed, masks, steps and clips. What is chosen follows. */
export function trainTwin(): void {
  const s = useStudio.getState();
  const { run } = s;
  if (!run || isActive(run)) return;
  wake();
  const obstacle = twinObstacle(s, run);
  if (obstacle) return tellObstacle(obstacle);
  applyConfig(twinOf(run));
  followClips(run.clipIds);
  begin(twinOf(run), [...run.clipIds]);
}

/** What is chosen to learn from is what a run learns from. */
export function followClips(clipIds: readonly string[]): void {
  const [look] = clipIds.flatMap((id) => lookOfId(id) ?? []);
  patch({ source: look ? 'drawn' : 'mine' });
  if (look) showLook(look);
}
