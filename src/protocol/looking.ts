// What page and worker say about where and when prediction fails: errors of every token of a clip, surprise over a video,
// videos that were changed to provoke it.

import type { Grid } from '../core/grid.ts';
import type { Interval } from '../core/measures.ts';
import type { Provocation } from '../core/provocation.ts';
import type { PhysicsProperty } from '../core/physics.ts';
import type { FeatureCommand, FeatureEvent } from './looking-features.ts';

/** Errors of every token, each the mean over the draws in which it was a target. */
export interface TokenErrors {
  /** (N): number of those draws; where it is 0 the errors are NaN */
  count: Int32Array<ArrayBuffer>;
  /** (N): of the prediction, mean over channels of |z − h|^p / p */
  error: Float32Array<ArrayBuffer>;
  /** (N): had the mean of all target features of the mask been predicted */
  mean: Float32Array<ArrayBuffer>;
  /** (N): had the target feature of the nearest context token been predicted */
  copy: Float32Array<ArrayBuffer>;
}

/** Predictions that have something in common, and their mean errors. */
export interface ErrorGroup {
  /** what they have in common lies in [low, high] */
  low: number;
  high: number;
  /** predictions, over all draws and mask sets */
  targets: number;
  error: number;
  mean: number;
  copy: number;
}

export const groupings = ['distance', 'tubelet', 'motion', 'set'] as const;
export type Grouping = (typeof groupings)[number];

export interface ErrorVolume {
  grid: Grid;
  /** draws of the run's masks, from its first on */
  draws: number;
  /** one per mask set */
  sets: TokenErrors[];
  /** steps to the nearest context token; tubelet; mean |frame difference| in grey levels; mask set. From low to high */
  groups: Record<Grouping, ErrorGroup[]>;
  /** (N): what the tokens were grouped by as motion; NaN where it cannot be told */
  motion: Float32Array<ArrayBuffer>;
}

/** Surprise with one length of context. */
export interface SurpriseCurve {
  /** tubelets that are seen; the rest of the window is predicted */
  context: number;
  /** (windows): mean error of all predicted tokens */
  error: Float32Array<ArrayBuffer>;
  /** (windows, predicted tubelets): mean error of each */
  tubelets: Float32Array<ArrayBuffer>;
}

export interface Surprise {
  /** first frames of the windows: `every` frames apart over the whole video, and closer where it was changed */
  starts: number[];
  every: number;
  /** frames from one tubelet of a window to the next, and of a whole window */
  tubeletFrames: number;
  windowFrames: number;
  curves: SurpriseCurve[];
}

/** Shares of physics pairs whose impossible video surprises more, by property and of all. */
export type PhysicsShares = Record<PhysicsProperty | 'all', number>;

export interface PhysicsReport {
  /** sets of every property; each gives two pairs */
  sets: number;
  trained: PhysicsShares;
  /** of `trained.all`, over sets */
  interval: Interval | null;
  /** the same for networks of these settings that were never trained */
  untrained: PhysicsShares[];
}

/** Weights of a run: as they are now, as it began, or as they were saved after so many steps. */
export type RunWeights = 'current' | 'random' | number;

/** Whose prediction of what. */
export interface Looked {
  runId: string;
  weights: RunWeights;
  clipId: string;
  provocation: Provocation | null;
}

export interface VolumeRequest extends Looked {
  start: number;
  /** draws at most, and in how many of them every token should have been a target */
  draws: number;
  least: number;
}

export interface SurpriseRequest extends Looked {
  /** tubelets of context */
  contexts: number[];
  /** frames between two windows */
  every: number;
  /** frames where something begins or ends: about them every window that a stride reaches */
  edges: number[];
}

export type LookingCommand =
  | FeatureCommand
  /** both report `progress` of their job and can be cancelled; what was computed before is answered at once */
  | { type: 'errorVolume'; requestId: string; jobId: string; request: VolumeRequest }
  | { type: 'surprise'; requestId: string; jobId: string; request: SurpriseRequest }
  /** physics pairs with the run's weights, and with those of this many untrained networks */
  | { type: 'physics'; requestId: string; jobId: string; runId: string; sets: number; untrained: number }
  /** frames of a changed video for looking at; answers with `clipFrames` */
  | {
      type: 'readProvoked';
      requestId: string;
      clipId: string;
      provocation: Provocation;
      start: number;
      stride: number;
      frames: number;
      side: number;
    };

export type LookingEvent =
  | FeatureEvent
  /** `step` that the weights have been trained for; null: random weights */
  | { type: 'errorVolume'; requestId: string; step: number | null; volume: ErrorVolume }
  | { type: 'surprise'; requestId: string; step: number | null; surprise: Surprise }
  | { type: 'physics'; requestId: string; step: number; report: PhysicsReport };
