// The run on the page while it goes on, and what branches off it: learning rate and EMA changed on the way, a new run that
// begins with what it has reached.

import { checkConfig, type RunConfig } from '../core/config.ts';
import { changedFields } from '../core/config-diff.ts';
import { followed, type RunSetting, settingsAt } from '../core/run-changes.ts';
import { newRunId, showProblem, wake } from './actions.ts';
import { ask, send } from './engine.ts';
import { runChanged, showRestored, useKeep } from './keep.ts';
import { patch, patchRun, useStudio } from './studio.ts';

/** Changes learning rate or EMA of the run on the page, from its next step on; the settings of the panel follow. Whether it did. */
export async function changeRun(setting: RunSetting): Promise<boolean> {
  const { run } = useStudio.getState();
  if (!run) return false;
  try {
    const { runId, changes } = await ask('changed', { type: 'change', runId: run.runId, setting });
    patchRun(runId, () => ({ changes }));
    runChanged(runId);
    const { config } = useStudio.getState();
    const [before, after] = [run.changes, changes].map((all) => settingsAt({ ...run, changes: all }, Infinity).optim);
    const next = { ...config, optim: followed(config.optim, before, after) };
    // a rate that is meant to break the run is none to start with; masks and memory depend on neither
    if (changedFields(config, next).length && !checkConfig(next).length) patch({ config: next, settingsFrom: null });
    return true;
  } catch (error) {
    showProblem(error);
    return false;
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
    showRestored(await ask('restored', { type: 'branch', runId: newRunId(), parentId, config, step }));
  } catch (error) {
    showProblem(error);
    send({ type: 'look' });
  } finally {
    useKeep.setState({ opening: null });
  }
}
