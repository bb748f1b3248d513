// Where a run comes from: the runs it branched off, each with its settings and changes and the step at which the next one
// began. With that, all of its steps can be taken again from the very first.

import { checkConfig, type ConfigProblem, type RunConfig, totalSteps } from './config.ts';
import { changedFields, type FieldValue, fieldsOf } from './config-diff.ts';
import { fieldWords } from './field-labels.ts';
import { readConfig } from './read-config.ts';
import { readChanges, type RunChange, settingsInForce } from './run-changes.ts';

/** A run that another one branched off. */
export interface Ancestor {
  runId: string;
  config: RunConfig;
  changes: RunChange[];
  /** steps that it had taken where the next one began */
  step: number;
}

/** Where a run branched off another, with the settings that were in force there. */
export interface BranchPoint {
  runId: string;
  step: number;
  config: RunConfig;
  /** what had been changed on the way there, by that run and those before it, ascending */
  changes: RunChange[];
  /** iterations of an epoch in that run and those before it, each with its step where the next one began; ascending */
  epochs: { until: number; ipe: number }[];
}

/** Most runs in a line. */
export const mostAncestors = 64;

/** The oldest of a line comes first. The settings are those of the last step before the branch, whatever was changed on the way there. */
export function branchPoint(lineage: readonly Ancestor[]): BranchPoint | null {
  const last = lineage.at(-1);
  if (!last) return null;
  const changes = stretches(lineage.slice(0, -1), last, last.step).flatMap(({ from, until, changes: all }) =>
    all.filter(({ step }) => step >= from && step < until),
  );
  const epochs = lineage.map(({ step, config }) => ({ until: step, ipe: config.optim.ipe }));
  return { runId: last.runId, step: last.step, config: settingsInForce(last), changes, epochs };
}

/** Steps from `from` up to, not with, `until`, all taken with the same settings. */
export interface Stretch {
  from: number;
  until: number;
  config: RunConfig;
  changes: readonly RunChange[];
}

/** A run's first `until` steps by the settings they were taken with; stretches without a step are left out. */
export function stretches(
  lineage: readonly Ancestor[],
  own: { config: RunConfig; changes: readonly RunChange[] },
  until: number,
): Stretch[] {
  const all = [...lineage, { ...own, step: until }];
  return all
    .map(({ config, changes, step }, i) => ({ from: i ? all[i - 1].step : 0, until: step, config, changes }))
    .filter(({ from, until: end }) => end > from);
}

/** Why a branch of a run with these settings, `step` steps into it, cannot have those; names the first field. */
export function branchProblem(parent: RunConfig, child: RunConfig, step: number): ConfigProblem | null {
  const [problem] = checkConfig(child);
  if (problem) return problem;
  if (parent.masks.length !== child.masks.length)
    return {
      field: 'masks',
      message: `The run has ${parent.masks.length} mask sets, the settings have ${child.masks.length}: each has a mask token of its own, so their number must stay. A new run can have another`,
    };
  const field = changedFields(parent, child).find((name) => name.startsWith('model.') || name === 'loss.target');
  if (field) {
    const [before, now] = [parent, child].map((c) => shown(fieldsOf(c).get(field)));
    return {
      field,
      message: `${field === 'loss.target' ? 'what is predicted' : fieldWords(field)} is ${before} in the run and ${now} in the settings: a branch goes on with the run's weights, so they must fit. A new run can have it`,
    };
  }
  const total = totalSteps(child.optim);
  if (step >= total)
    return {
      field: 'optim.epochs',
      message: `The run has taken ${step} steps, and with these settings it ends after ${total}: choose more epochs`,
    };
  return null;
}

const shown = (value: FieldValue | undefined): string =>
  Array.isArray(value)
    ? value.join(' to ')
    : typeof value === 'number'
      ? `${Number(value.toPrecision(4))}`
      : `${value}`;

/** Ancestors as a file tells them; null when they are not sound. Throws for settings that are none. */
export function readLineage(value: unknown): Ancestor[] | null {
  if (!Array.isArray(value) || value.length > mostAncestors) return null;
  const lineage: Ancestor[] = [];
  for (const part of value as unknown[]) {
    if (typeof part !== 'object' || part === null) return null;
    const { runId, config, changes, step } = part as Record<string, unknown>;
    if (typeof runId !== 'string' || !isRunId(runId)) return null;
    const read = readChanges(changes);
    if (!read || typeof step !== 'number' || !Number.isSafeInteger(step)) return null;
    if (step < (lineage.at(-1)?.step ?? 0)) return null;
    lineage.push({ runId, config: readConfig(config), changes: read, step });
  }
  return lineage;
}

export const isRunId = (name: string): boolean => /^[\w-]{1,64}$/.test(name);
