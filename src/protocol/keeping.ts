// What page and worker say to each other about runs that are kept on this device. Types only, plain data.

import type { RunConfig } from '../core/config.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { HealthRow } from '../core/health-row.ts';
import type { BranchPoint } from '../core/lineage.ts';
import type { RunChange } from '../core/run-changes.ts';
import type { NoteChange, RunNote } from '../core/run-note.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { ClipRef } from './messages.ts';

/** A run in the origin's own storage. */
export interface KeptRun {
  runId: string;
  preset: string;
  /** of the newest checkpoint, and the last of the run */
  step: number;
  total: number;
  /** milliseconds since 1970 */
  savedAt: number;
  /** of its checkpoints, ascending, and their bytes together */
  steps: number[];
  bytes: number;
  /** another tab has it open */
  elsewhere: boolean;
  /** files that have to be dropped again before it can go on */
  missing: { name: string; fingerprint: string }[];
  /** files that are there with other pictures than it learnt from, as they were and are kept */
  otherwise: { name: string; before: string; now: string }[];
  /** mean loss of the last steps before its newest checkpoint; null when that is not known */
  loss: number | null;
  note: RunNote;
}

/** What a kept run was set to and what its steps told, without its weights. */
export interface RunOutline {
  runId: string;
  config: RunConfig;
  /** learning rate and EMA as they were changed on the way */
  changes: RunChange[];
  /** what it learns from; null: not read yet */
  clips: ClipRef[] | null;
  parent: BranchPoint | null;
  /** of the checkpoint that it was read from */
  step: number;
  savedAt: number;
  adapter: string;
  metrics: StepMetrics[];
  health: HealthRow[];
}

/** What came of training a run again; losses are equal when all their bits are. */
export type ReplayResult =
  /** `compared`: steps whose loss was still recorded */
  | { kind: 'equal'; steps: number; compared: number }
  /** the first one, 0-based */
  /** recorded: null where the loss of that step is not among those that were kept */
  | { kind: 'differs'; step: number; recorded: number | null; again: number }
  | { kind: 'cancelled'; steps: number };

/** The origin's storage, as far as the browser tells. */
export interface StorageReport {
  /** the browser promised not to clear it by itself */
  persisted: boolean;
  usage: number;
  quota: number;
}

export type KeepingCommand =
  /** saves what the run has reached, at once: the page may go away */
  | { type: 'save'; runId: string }
  /** seconds between two saves of a run */
  | { type: 'autosave'; seconds: number }
  /** which runs are kept; answers with `kept` or `keptFailed` */
  | { type: 'look' }
  /** takes a kept run up from its newest sound checkpoint; answers with `restored`, then runs */
  | { type: 'restore'; requestId: string; runId: string; rests: boolean }
  /** begins run `runId` with what another has reached, or had when it was saved after `step` steps, or, without a config, with
   * what it had before it broke and a tenth of its learning rate; answers with `restored`, then runs */
  | {
      type: 'branch';
      requestId: string;
      runId: string;
      parentId: string;
      config: RunConfig | null;
      step: number | null;
    }
  /** trains a run again from its first step and compares; answers with `progress`, `replayed` and `jobDone` */
  | { type: 'replay'; requestId: string; jobId: string; runId: string }
  /** what the user says of a run; deleting is a note too: it is removed once its time is over */
  | { type: 'describeRun'; requestId: string; runId: string; change: NoteChange }
  | { type: 'readRun'; requestId: string; runId: string }
  /** the newest state of a run as one file, with what the user says of it */
  | { type: 'exportRun'; requestId: string; runId: string }
  /** keeps a checkpoint that came as a file */
  | { type: 'importRun'; requestId: string; file: File };

export type KeepingEvent =
  | { type: 'kept'; runs: KeptRun[]; storage: StorageReport }
  /** there is no storage, or it cannot be read; behind `kept`: of some runs */
  | { type: 'keptFailed'; error: ErrorReport }
  /** `steps`: of all its checkpoints now */
  | {
      type: 'saved';
      runId: string;
      step: number;
      savedAt: number;
      bytes: number;
      steps: number[];
      milliseconds: number;
    }
  /** the checkpoints before it are as they were, and training goes on */
  | { type: 'saveFailed'; runId: string; step: number; error: ErrorReport }
  /** `notes`: what is not as it was, a sentence each */
  | {
      type: 'restored';
      requestId: string;
      runId: string;
      config: RunConfig;
      step: number;
      savedAt: number;
      /** what it was trained on (core/trained-on.ts) */
      adapter: string;
      metrics: StepMetrics[];
      changes: RunChange[];
      parent: BranchPoint | null;
      /** what it learns from, in its order */
      clipIds: string[];
      notes: string[];
    }
  | { type: 'replayed'; requestId: string; result: ReplayResult }
  | { type: 'described'; requestId: string }
  | { type: 'runRead'; requestId: string; run: RunOutline }
  | { type: 'exported'; requestId: string; step: number; bytes: Uint8Array<ArrayBuffer> }
  | { type: 'imported'; requestId: string; runId: string };
