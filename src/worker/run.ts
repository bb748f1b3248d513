// A run in the worker: what it is made of, and whose turn it is with its networks.

import type { RunConfig } from '../core/config.ts';
import type { Ancestor } from '../core/lineage.ts';
import { type ErrorCode, StudioError } from '../core/errors.ts';
import type { Variant } from '../core/variant.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { ClipRef, RunState } from '../protocol/messages.ts';
import type { Checkpoint } from '../tasks/checkpoint.ts';
import type { Pretraining } from '../tasks/pretrain.ts';
import type { ErrorMapper } from '../train/error-map.ts';
import type { SlowStep } from '../protocol/slow.ts';
import type { RunHealth } from './health.ts';
import type { Saver } from './saver.ts';

export interface Run {
  runId: string;
  /** how many runs this worker had begun with it: the same run, taken up again, may have other weights at a step */
  begun: number;
  config: RunConfig;
  lineage: Ancestor[];
  pretraining: Pretraining | null;
  /** maps with the run's weights, and with those it began with */
  mappers: { current: ErrorMapper | null; random: ErrorMapper | null };
  state: RunState;
  /** how it is named and what it has told, for its checkpoints; rejects while a file of it cannot be read */
  clips: () => Promise<ClipRef[]>;
  adapter: string;
  /** what trained it up to a step, before it was taken up */
  before: { adapter: string; step: number } | null;
  /** its device went away, and its weights with it */
  lost: boolean;
  /** the code of the error that it failed with; null unless it failed */
  failure: ErrorCode | null;
  variant: Variant;
  /** numbers of its steps, ascending; of a long run not of every one */
  rows: StepMetrics[];
  health: RunHealth;
  saver: Saver;
  /** who waits for a checkpoint; the loop makes one between two steps */
  asked: { resolve: (made: Checkpoint | null) => void; reject: (error: unknown) => void }[];
  /** who waits for a step in slow motion; the loop takes it in place of the next one, then the run pauses */
  slowly: { resolve: (slow: SlowStep) => void; reject: (error: unknown) => void }[];
  /** steps that may still be taken before the run pauses; Infinity while running */
  allowance: number;
  /** wakes the loop when the state changes */
  wake: () => void;
  /** from its beginning to its last step, and its saves behind that */
  loop: Promise<void>;
  /** everything that uses the networks, one after the other */
  turn: Promise<unknown>;
  /** that it has given everything back; null until that is asked for */
  ended: Promise<void> | null;
  /** its networks are gone: nobody gets a turn with them any more */
  freed: boolean;
}

export const hasEnded = ({ state }: Run): boolean => state === 'stopped' || state === 'finished' || state === 'failed';

/** Those who wait for a checkpoint or a slow step of it wait no longer. */
export function release(r: Run): void {
  for (const { resolve } of r.asked.splice(0)) resolve(null);
  for (const { reject } of r.slowly.splice(0))
    reject(new StudioError('config', 'The run ended before its slow step.', 'Start another run, or take it up again.'));
}

/** Its networks. Throws StudioError 'config' while there are none, 'gpu-lost' when there are none any more. */
export function pretrainingOf({ pretraining, lost, state }: Run): Pretraining {
  if (lost)
    throw new StudioError(
      'gpu-lost',
      `The GPU device that held the weights of this ${state} run was lost.`,
      'Take the run up again: Kept runs has what was saved of it.',
    );
  if (pretraining) return pretraining;
  throw new StudioError('config', 'The run has no weights yet.', 'Wait until it has started.');
}

/** Waits for all who were given a turn with the networks of a run; none is given behind that. */
export async function lastTurn(r: Run): Promise<void> {
  let turn: Promise<unknown>;
  do {
    turn = r.turn;
    await turn;
  } while (turn !== r.turn);
  r.freed = true;
}

/** Waits for its turn with the networks of a run. Throws StudioError 'config' where they were given back before it came. */
export function taking<T>(r: Run, use: () => Promise<T>): Promise<T> {
  const turn = () => {
    if (!r.freed) return use();
    throw new StudioError('config', 'The run has given its weights back.', 'Take it up again: Kept runs has it.');
  };
  const result = r.turn.then(turn, turn);
  r.turn = result.catch(() => {});
  return result;
}
