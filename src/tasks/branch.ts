// A run that branches off another: its weights, moments and numbers, other settings from here on.

import { StudioError } from '../core/errors.ts';
import { branchProblem, mostAncestors } from '../core/lineage.ts';
import type { RunConfig } from '../core/config.ts';
import { settingsInForce, withRate } from '../core/run-changes.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * The same settings with a tenth of the learning rate: what is tried first where a run broke. At most the rate that the run
 * began with, since one that was set on the way may lie far above all that a run can begin with.
 */
export function slower(from: Checkpoint): RunConfig {
  const settings = settingsInForce(from);
  const { optim } = settings;
  const lr = Math.min(optim.lr / 10, from.config.optim.lr);
  return { ...settings, optim: withRate(optim, Number(lr.toPrecision(3))) };
}

/** Whether checks of health under both settings look at the same error of the same masks: only such can be compared. */
const sameChecks = (a: RunConfig, b: RunConfig): boolean => {
  const looked = ({ masks, seed, loss, data }: RunConfig) =>
    JSON.stringify([masks, seed, loss.target, loss.exponent, data.samplingRate]);
  return looked(a) === looked(b);
};

/** The first checkpoint of a branch. Throws StudioError 'config' with the setting that weights of the run cannot have. */
export function branchOff(from: Checkpoint, runId: string, config: RunConfig): Checkpoint {
  const problem = branchProblem(from.config, config, from.step);
  if (problem) throw new StudioError('config', `${problem.message}.`, `Change ${problem.field}.`);
  if (from.lineage.length >= mostAncestors)
    throw new StudioError(
      'config',
      `The run is a branch of a branch, ${mostAncestors} deep, which is as deep as branches go.`,
      'Start a new run.',
    );
  // what was changed behind its last step was never in force
  const changes = from.changes.filter(({ step }) => step < from.step);
  const ancestor = { runId: from.runId, config: from.config, changes, step: from.step };
  const health = sameChecks(from.config, config) ? from.health : [];
  return { ...from, runId, config, changes: [], health, lineage: [...from.lineage, ancestor] };
}
