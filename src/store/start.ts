// How a run begins: what keeps it from starting, the clips it would learn from, the start itself.

import { checkConfig } from '../core/config.ts';
import { predicting } from '../core/presets.ts';
import { applyConfig, isActive, newRunId, wake } from './actions.ts';
import { send } from './engine.ts';
import { newRun, patch, type Studio, useStudio } from './studio.ts';

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
  s: Pick<Studio, 'config' | 'device' | 'source' | 'clips' | 'cost' | 'redrawing'>,
): StartObstacle | null {
  const [problem] = checkConfig(s.config);
  if (problem) return problem;
  if (s.device.kind !== 'ready') return { field: null, message: `${withoutDevice(s.device.kind)}.` };
  if (s.source === 'mine' && !s.clips.some((c) => c.source === 'file'))
    return { field: 'source', message: 'There are no videos yet. Add some, or choose drawn clips.' };
  // a set that is half of one look and half of another is none
  if (s.source === 'drawn' && s.redrawing) return { field: null, message: 'The clips are being drawn.' };
  return s.cost?.warning ? { field: 'preset', message: s.cost.warning } : null;
}

/** The clips that a run with what is chosen now would learn from. */
export function clipsOfRun(): string[] {
  const { clips, source } = useStudio.getState();
  return clips.filter((c) => (source === 'mine') === (c.source === 'file')).map((c) => c.clipId);
}

/** Starts a run with what is chosen, or says why not; the run on the page then stays. */
export function startRun(): StartObstacle | null {
  wake();
  const obstacle = startObstacle(useStudio.getState());
  if (obstacle) return obstacle;
  const { config } = useStudio.getState();
  const runId = newRunId();
  patch({ run: newRun({ runId, config }), whichMap: 'latest' });
  send({ type: 'start', runId, config, clipIds: clipsOfRun() });
  return null;
}

/** Says on the page why no run began. */
export const tellObstacle = ({ message }: StartObstacle): void =>
  patch({ problem: { code: 'config', message, advice: '' } });

/** The run once more with the other target: the same seed, masks and steps, on the clips that are chosen. */
export function trainTwin(): void {
  const { run } = useStudio.getState();
  if (!run || isActive(run)) return;
  applyConfig(predicting(run.config, run.config.loss.target === 'pixels' ? 'features' : 'pixels'));
  const obstacle = startRun();
  if (obstacle) tellObstacle(obstacle);
}
