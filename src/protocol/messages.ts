// The one door between the people's tower (store, views) and the engine tower (worker and below).
// Plain data only. The page sends Commands, the worker posts Events; big arrays are transferred.

import type { RunConfig } from '../core/config.ts';
import type { ProbeInterval } from '../core/check-budget.ts';
import type { MemoryLimit } from '../core/memory-limit.ts';
import type { DrawnLook } from '../core/drawn-look.ts';
import type { Variant } from '../core/variant.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { HealthRow } from '../core/health-row.ts';
import type { MaskStatistics, MeasureRequest } from '../core/mask-statistics.ts';
import type { RunChange, RunSetting } from '../core/run-changes.ts';
import type { StepMetrics } from '../core/step-metrics.ts';
import type { EvaluationCommand, EvaluationEvent } from './evaluation.ts';
import type { KeepingCommand, KeepingEvent } from './keeping.ts';
import type { LookingCommand, LookingEvent } from './looking.ts';
import type { PretrainedCommand, PretrainedEvent } from './pretrained.ts';
import type { SlowStep } from './slow.ts';

// ---------------------------------------------------------------- what is said about things

/** The adapter that computes, as far as the browser tells. */
export interface AdapterReport {
  /** e.g. "google swiftshader", "apple metal-3" */
  name: string;
  /** true for a software adapter: everything works, many times slower */
  software: boolean;
  features: string[];
  maxBufferBytes: number;
  /** forms of the kernels in force, and those this adapter can run */
  variant: Variant;
  available: Variant[];
}

/** A measured kernel, or one of the adapter's own limits. Operations: 2 per multiply-add. */
export interface BenchmarkRow {
  group: 'peak' | 'kernel';
  name: string;
  detail: string;
  /** of one dispatch; 0 where it does not apply */
  flops: number;
  bytes: number;
  milliseconds: number;
  /** of all processes of the browser; only a script beside it can know */
  cpuMilliseconds: number | null;
}

/** The training step that speed is measured at. */
export interface StepReport {
  milliseconds: number;
  cpuMilliseconds: number | null;
  /** JavaScript of a step */
  hostMilliseconds: number;
  /** choosing, cropping and normalising the clips of a step from decoded frames, which goes on while the step before runs */
  inputMilliseconds: number;
  /** from nothing to the first loss: weights, kernels, step */
  firstStepMilliseconds: number;
  flops: number;
  loss: number;
  dispatches: number;
  submits: number;
  /** different ones of a step, and how many of them were not compiled before */
  pipelines: number;
  compiled: number;
  parameters: number;
  memory: MemoryReport;
}

/** One form of one kind of kernel, as the tuner measured it. */
export interface TuneRow {
  part: keyof Variant;
  form: string;
  /** null where it cannot be used */
  milliseconds: number | null;
  chosen: boolean;
  /** why it cannot be used on this adapter */
  problem?: 'does not compile' | 'computes something else';
}

export type DeviceState =
  | { kind: 'opening' }
  | { kind: 'ready'; adapter: AdapterReport }
  /** no WebGPU: masks, videos and the stored run still work */
  | { kind: 'none'; error: ErrorReport };

/** A video (or a set of drawn clips) in the library. */
export interface ClipInfo {
  clipId: string;
  name: string;
  source: 'file' | 'procedural';
  /** bytes of the file, 0 for drawn clips */
  bytes: number;
  container: string;
  codec: string;
  /** as displayed: rotation, mirroring and pixel aspect applied */
  width: number;
  height: number;
  rotation: 0 | 90 | 180 | 270;
  seconds: number;
  /** frames counted by decoding, not declared */
  frames: number;
  framesPerSecond: number;
  /** frames kept in the working cache (fewer for long videos), and every how many-th frame that is */
  cachedFrames: number;
  cacheStride: number;
  /** sentence about damage that did not stop us, e.g. a cut file */
  warning: string | null;
  /** exact labels of drawn clips, folder name of files */
  labels: Record<string, string>;
  /** the clip that came before it from a file of the same bytes */
  copyOf?: string;
  /** one small RGBA picture */
  poster: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> };
}

/** T frames of one clip, square, RGBA, as the model would see them (centre crop). */
export interface ClipFrames {
  clipId: string;
  /** index of the first frame and distance between frames, in frames of the video */
  start: number;
  stride: number;
  side: number;
  /** presentation times in seconds, one per frame */
  times: number[];
  /** T pictures of side × side × 4 */
  rgba: Uint8ClampedArray<ArrayBuffer>[];
}

/** A clip that a run learns from, named so that it can be found again. */
export type ClipRef =
  /** `count` drawn clips of the set `seed`, from `first` on; without a look they have the usual one */
  | { kind: 'drawn'; seed: number; first: number; count: number; look?: DrawnLook }
  /** `kept`: how its pictures were kept ("320 × 180, 61 of 122 frames"); kept otherwise it is not the same clip */
  | { kind: 'file'; name: string; fingerprint: string; kept: string };

export type RunState = 'preparing' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

/** Bytes of GPU memory by what they hold. */
export interface MemoryReport {
  weights: number;
  gradients: number;
  optimiser: number;
  target: number;
  activations: number;
  inputs: number;
  total: number;
}

export interface CostReport {
  parameters: { encoder: number; predictor: number };
  memory: MemoryReport;
  /** it fits because activations are made again in the backward pass, which costs about a third of the speed */
  recompute: boolean;
  /** sentence when it does not fit, else null */
  warning: string | null;
}

/** Prediction error of every target token of one clip under one mask. */
export interface ErrorMap {
  clipId: string;
  /** steps that its weights have been trained for; null: the random weights of the run's seed */
  step: number | null;
  start: number;
  /** per mask set: target token indices and their error, mean over channels of |z − h|^p / p */
  sets: { context: Int32Array; target: Int32Array; error: Float32Array }[];
}

// ---------------------------------------------------------------- page → worker

export type Command =
  | EvaluationCommand
  | KeepingCommand
  | LookingCommand
  | PretrainedCommand
  | { type: 'open' }
  /** decode and keep; answers with one `clip` or `clipFailed` per file, and `progress` */
  | { type: 'addFiles'; jobId: string; files: { clipId: string; file: File; labels: Record<string, string> }[] }
  /** draw `count` clips from a seed; answers with `clip` events */
  | { type: 'addProcedural'; jobId: string; count: number; seed: number; look?: DrawnLook }
  | { type: 'removeClip'; clipId: string }
  /** the labels of this axis, by clip; a clip that is not named has none */
  | { type: 'labelClips'; axis: string; labels: Record<string, string> }
  | { type: 'cancel'; jobId: string }
  /** frames for looking at; `side` pixels square */
  | { type: 'readClip'; requestId: string; clipId: string; start: number; stride: number; frames: number; side: number }
  | { type: 'cost'; requestId: string; config: RunConfig }
  /** times some steps of these settings, never beside a run; answers with `stepTime`. A newer one ends the one before */
  | { type: 'timeStep'; requestId: string; config: RunConfig; clipIds: string[] }
  /** compiles the kernels of these settings while nothing else is asked for; says nothing */
  | { type: 'warm'; config: RunConfig }
  | { type: 'start'; runId: string; config: RunConfig; clipIds: string[] }
  | { type: 'pause'; runId: string }
  | { type: 'resume'; runId: string }
  /** one step, then pause */
  | { type: 'step'; runId: string }
  /** one step in slow motion, then pause; answers with `slowStep` */
  | { type: 'slowly'; requestId: string; runId: string }
  | { type: 'stop'; runId: string }
  /** learning rate or EMA from the next step on, of a run that trains or rests; answers with `changed` */
  | { type: 'change'; requestId: string; runId: string; setting: RunSetting }
  /** looks at the health of a run that trains or rests, with probes; what is found comes as `health` */
  | { type: 'check'; runId: string }
  /** probes of every run's health every so many steps from now on, whatever that takes; null: as they are earned */
  | { type: 'probeEvery'; steps: ProbeInterval | null }
  /** GPU memory for runs to come, in gigabytes */
  | { type: 'limitMemory'; limit: MemoryLimit }
  /** forms of the kernels for runs to come; null: what is likely the fastest */
  | { type: 'useVariant'; variant: Variant | null }
  /** measures the forms of each kind of kernel and puts the fastest in force */
  /** reports `progress` of its job and can be cancelled */
  | { type: 'tune'; requestId: string; jobId: string }
  /** measures peaks, kernels and the step; answers with `benchmarkRow`s, a `benchmarkStep` and `jobDone` */
  | { type: 'benchmark'; jobId: string }
  /** error map with the current weights of a run, or with the random ones it began with */
  | {
      type: 'map';
      requestId: string;
      runId: string;
      weights: 'current' | 'random';
      clipId: string;
      start: number;
      /** per mask set: ascending token indices */
      masks: { context: Int32Array; target: Int32Array }[];
    };

// ---------------------------------------------------------------- worker → page

export type Event =
  | EvaluationEvent
  | KeepingEvent
  | LookingEvent
  | PretrainedEvent
  | { type: 'device'; state: DeviceState }
  /** total 0: unknown; secondsLeft: of the whole job, by jobs that estimate it, null while unknown */
  | { type: 'progress'; jobId: string; stage: string; done: number; total: number; secondsLeft?: number | null }
  | { type: 'jobDone'; jobId: string; cancelled: boolean }
  | { type: 'clip'; jobId: string; clip: ClipInfo }
  | { type: 'clipFailed'; jobId: string; clipId: string; name: string; error: ErrorReport }
  | { type: 'clipFrames'; requestId: string; frames: ClipFrames }
  | { type: 'cost'; requestId: string; cost: CostReport }
  /** mean of `steps` steps when two overlap, as in training */
  | { type: 'stepTime'; requestId: string; milliseconds: number; steps: number }
  | { type: 'runState'; runId: string; state: RunState; step: number; error: ErrorReport | null }
  | { type: 'metrics'; runId: string; rows: StepMetrics[] }
  /** checks of a run, those that it was taken up with first; `share`: of the time of its steps, so far */
  | { type: 'health'; runId: string; rows: HealthRow[]; share: number; heldOut: boolean }
  /** the run trains on without them */
  | { type: 'healthFailed'; runId: string; error: ErrorReport }
  | { type: 'map'; requestId: string; runId: string; map: ErrorMap }
  /** everything that was changed in this run, ascending */
  | { type: 'changed'; requestId: string; runId: string; changes: RunChange[] }
  | { type: 'slowStep'; requestId: string; runId: string; slow: SlowStep }
  | { type: 'tuned'; requestId: string; variant: Variant; rows: TuneRow[] }
  /** measured before the first run on a GPU, unasked */
  | { type: 'kernelsFound'; variant: Variant; rows: TuneRow[] }
  | { type: 'kernelsNotFound'; error: ErrorReport }
  | { type: 'benchmarkRow'; jobId: string; row: BenchmarkRow }
  | { type: 'benchmarkStep'; jobId: string; report: StepReport }
  | { type: 'jobFailed'; jobId: string; error: ErrorReport }
  /** of a command that nobody waits for */
  | { type: 'problem'; error: ErrorReport }
  /** a request that could not be answered */
  | { type: 'requestFailed'; requestId: string; error: ErrorReport };

// ---------------------------------------------------------------- page ↔ worker of the mask lab

/** Statistics have a worker of their own, so that training and decoding never wait for them. */
export type MaskCommand =
  /** a new measurement ends the one before */
  { type: 'measure'; jobId: string; request: MeasureRequest } | { type: 'cancelMeasure'; jobId: string };

export type MaskEvent =
  /** clips drawn so far, and clips to draw */
  | { type: 'measuring'; jobId: string; done: number; total: number }
  | { type: 'measured'; jobId: string; statistics: MaskStatistics }
  | { type: 'measureCancelled'; jobId: string }
  | { type: 'measureFailed'; jobId: string; error: ErrorReport };
