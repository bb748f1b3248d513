// A run that was trained to its end and comes with the studio: whatever needs a trained model can be tried without training
// one. It is kept like any other run.

import { StudioError } from '../core/errors.ts';
import { showProblem } from './actions.ts';
import { ask } from './engine.ts';
import { describeRun, readyMade, takeUp, useKeep } from './keep.ts';
import { useStudio } from './studio.ts';
import { until } from './until.ts';

const file = 'nano.safetensors';

/** `wanted`: whether it still is, once it was fetched. */
export async function openTrainedRun(wanted: () => boolean = () => true): Promise<void> {
  try {
    await until(useStudio, ({ stored }) => stored !== undefined); // which of the kept runs it is
    await until(useKeep, ({ offered }) => offered !== undefined);
    const runId = keptBefore() ?? (await fetched());
    if (wanted()) await takeUp(runId);
  } catch (error) {
    showProblem(error);
  }
}

function keptBefore(): string | undefined {
  const runId = useStudio.getState().stored?.runId;
  return useKeep.getState().runs.find((run) => run.runId === runId)?.runId;
}

/** Its name among the kept runs. */
async function fetched(): Promise<string> {
  const response = await fetch(`./${file}`).catch(() => null);
  if (!response?.ok)
    throw new StudioError('storage', 'The trained run could not be loaded.', 'Train one: nano takes a few minutes.');
  const { runId } = await ask('imported', { type: 'importRun', file: new File([await response.blob()], file) });
  void describeRun(runId, { name: readyMade });
  return runId;
}
