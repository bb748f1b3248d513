// Changes of a run while it goes on: learning rate and EMA, each from a step on. They are part of the run, like its
// settings: with both, every step's schedule is a function of its number again.

import { leastRate } from './check-training.ts';
import { type ConfigProblem, isValue, type OptimConfig, type RunConfig } from './config.ts';

/** What can be changed. */
export interface RunSetting {
  /** peak of the learning rate, `optim.lr` */
  lr?: number;
  /** first EMA momentum, `optim.ema[0]` */
  ema?: number;
}

/** In force from step `step` on (0-based): that step is the first that is taken with it. */
export interface RunChange extends RunSetting {
  step: number;
}

/** Most changes that a run may have. */
export const mostChanges = 1000;

/** Settings with another peak of the learning rate. Where warm-up begins and the cosine ends, the rate is never above it. */
export const withRate = (o: OptimConfig, lr: number): OptimConfig => ({
  ...o,
  lr,
  startLr: Math.min(o.startLr, lr),
  finalLr: Math.min(o.finalLr, lr),
});

/** Settings with another first momentum. The last one is never below it. */
export const withEma = (o: OptimConfig, ema: number): OptimConfig => ({ ...o, ema: [ema, Math.max(ema, o.ema[1])] });

/**
 * Settings of the schedule that step `step` is taken with. Of each kind the newest change up to that step counts, and it is
 * made to the settings the run began with, so that raising a rate again gives the first schedule back.
 *
 * The schedule of a step is `scheduleAt(optimAt(optim, changes, step), step)`: that of the changed settings at the same
 * place. A change restarts neither warm-up nor cosine; a rate changed at half of the cosine is half of the new peak, and a
 * changed momentum lies on the line from the new first one to the last.
 */
export function optimAt(optim: OptimConfig, changes: readonly RunChange[], step: number): OptimConfig {
  let now = optim;
  const lr = changes.findLast((c) => c.step <= step && c.lr !== undefined)?.lr;
  const ema = changes.findLast((c) => c.step <= step && c.ema !== undefined)?.ema;
  if (lr !== undefined) now = withRate(now, lr);
  if (ema !== undefined) now = withEma(now, ema);
  return now;
}

/** What a run was set to, and what was changed on the way. */
interface Changed {
  config: RunConfig;
  changes: readonly RunChange[];
}

/** Settings of a run that step `step` is taken with: its changes are in them. */
export const settingsAt = ({ config, changes }: Changed, step: number): RunConfig => ({
  ...config,
  optim: optimAt(config.optim, changes, step),
});

/** Settings that the last of a run's `step` steps was taken with. */
export const settingsInForce = (run: Changed & { step: number }): RunConfig => settingsAt(run, run.step - 1);

/** Settings of a form after the run beside it was changed: what was as in the run follows it, what was set otherwise stays. */
export function followed(form: OptimConfig, before: OptimConfig, after: OptimConfig): OptimConfig {
  const follow = (typed: number, was: number, is: number) => (typed === was ? is : typed);
  return {
    ...form,
    startLr: follow(form.startLr, before.startLr, after.startLr),
    lr: follow(form.lr, before.lr, after.lr),
    finalLr: follow(form.finalLr, before.finalLr, after.finalLr),
    ema: [follow(form.ema[0], before.ema[0], after.ema[0]), follow(form.ema[1], before.ema[1], after.ema[1])],
  };
}

/** The list with one more change; what is changed twice before the same step was changed once. */
export function withChange(changes: readonly RunChange[], step: number, setting: RunSetting): RunChange[] {
  const before = changes.filter((c) => c.step < step);
  const same = changes.find((c) => c.step === step);
  return [...before, { ...same, ...setting, step }];
}

/** Whether no change before this step fits into the list any more; one that is there already can be made anew. */
export const isFull = (changes: readonly RunChange[], step: number): boolean =>
  changes.length >= mostChanges && !changes.some((c) => c.step === step);

/** Far above what trains. Settings before the start are held below 1, but breaking a run on purpose teaches something: the
 * step that breaks spoils nothing, and the run can be branched from the step before. */
const mostRate = 1000;

/** Why a change cannot be made. */
export function settingProblem({ lr, ema }: RunSetting): ConfigProblem | null {
  if (lr === undefined && ema === undefined) return { field: 'optim.lr', message: 'Nothing is changed.' };
  if (lr !== undefined && !(lr >= leastRate && lr <= mostRate))
    return {
      field: 'optim.lr',
      message: `learning rate ${isValue(lr)}: choose a value from ${leastRate} to ${mostRate}`,
    };
  if (ema !== undefined && !(ema >= 0 && ema <= 1))
    return { field: 'optim.ema', message: `EMA momentum ${isValue(ema)}: choose a value from 0 to 1` };
  return null;
}

/** Changes as a file tells them, ascending; null when they are not sound. */
export function readChanges(value: unknown): RunChange[] | null {
  if (!Array.isArray(value) || value.length > mostChanges) return null;
  const changes: RunChange[] = [];
  for (const part of value as unknown[]) {
    if (typeof part !== 'object' || part === null) return null;
    const { step, lr, ema, ...more } = part as Record<string, unknown>;
    if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 0 || Object.keys(more).length) return null;
    if (!(step > (changes.at(-1)?.step ?? -1))) return null;
    if ((lr !== undefined && typeof lr !== 'number') || (ema !== undefined && typeof ema !== 'number')) return null;
    const setting = { ...(lr !== undefined && { lr }), ...(ema !== undefined && { ema }) };
    if (settingProblem(setting)) return null;
    changes.push({ step, ...setting });
  }
  return changes;
}
