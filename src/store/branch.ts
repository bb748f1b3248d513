// The run on the page while it goes on, and what branches off it: learning rate and EMA changed on the way, a new run that
// begins with what it has reached.

import type { RunConfig } from '../core/config.ts';
import { optimAt, type RunSetting } from '../core/run-changes.ts';
import { newId, showProblem, wake } from './actions.ts';
import { ask, send } from './engine.ts';
import { showRestored, useKeep } from './keep.ts';
import { patchRun, type RunView, useStudio } from './studio.ts';

/** Settings of the run as they are now, with what was changed on the way. */
export const settingsNow = ({ config, changes, step }: RunView): RunConfig => ({
  ...config,
  optim: optimAt(config.optim, changes, step),
});

/** Changes learning rate or EMA of the run on the page, from its next step on. */
export async function changeRun(setting: RunSetting): Promise<void> {
  const { run } = useStudio.getState();
  if (!run) return;
  try {
    const { runId, changes } = await ask('changed', { type: 'change', runId: run.runId, setting });
    patchRun(runId, () => ({ changes }));
  } catch (error) {
    showProblem(error);
  }
}

/**
 * A new run that begins with what the run on the page has reached, or had after a kept step. Without settings: with what it
 * had before it broke, and a tenth of its learning rate.
 */
export async function branchRun(config: RunConfig | null, step: number | null = null): Promise<void> {
  const { run } = useStudio.getState();
  if (!run || useKeep.getState().opening) return;
  wake();
  useKeep.setState({ opening: run.runId });
  try {
    const parentId = run.runId;
    showRestored(await ask('restored', { type: 'branch', runId: newId('run'), parentId, config, step }));
  } catch (error) {
    showProblem(error);
    send({ type: 'look' });
  } finally {
    useKeep.setState({ opening: null });
  }
}
