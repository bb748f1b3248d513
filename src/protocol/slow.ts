// One training step looked at stage by stage: what every stage of it computed, for one clip of its batch.

import type { Grid } from '../core/grid.ts';

/** In the order of the paper; a step computes the targets first, which comes to the same. */
export const slowStages = [
  'mask',
  'patches',
  'encoder',
  'predictor',
  'targets',
  'error',
  'gradient',
  'adamw',
  'ema',
] as const;
export type SlowStage = (typeof slowStages)[number];

type Floats = Float32Array<ArrayBuffer>;

/** What one mask set does to the clip. */
export interface SlowSet {
  /** (Nctx) and (Ntgt): ascending tokens */
  context: Int32Array<ArrayBuffer>;
  target: Int32Array<ArrayBuffer>;
  /** (Nctx, 3 · tubelet · patch²): pixels of the tokens that are kept, as the first layer reads them */
  patches: Floats;
  /** (Nctx, C): what the context encoder makes of them */
  features: Floats;
  /** (Ntgt, V): what the predictor says of the hidden tokens, and what it is held against */
  predictions: Floats;
  targets: Floats;
  /** (Ntgt): loss of each */
  error: Floats;
  /** (Ntgt) and (Nctx): length of the gradient at every prediction, and at every context feature */
  predictionGradient: Floats;
  featureGradient: Floats;
}

/** A layer of encoder or predictor: length of its gradient, of its update over its weights, and the teacher's lag. */
export interface SlowLayer {
  name: string;
  gradient: number;
  update: number;
  /**
   * Distance of the teacher over the student's length: before the step, when AdamW has moved the student, and after the teacher's
   * own move. Null in the predictor; in the middle also where the teacher becomes the student.
   */
  lagBefore: number | null;
  lagMoved: number | null;
  lagAfter: number | null;
}

export interface SlowStep {
  /** 0-based */
  step: number;
  grid: Grid;
  /** the clip as it was trained on: T pictures of side × side × 4 */
  side: number;
  rgba: Uint8ClampedArray<ArrayBuffer>[];
  /** width C of features and V of predictions; what a prediction is held against */
  dim: number;
  width: number;
  target: 'features' | 'pixels';
  /** p of the loss |z − h|^p / p */
  exponent: number;
  sets: SlowSet[];
  layers: SlowLayer[];
  /** dispatches of every stage; AdamW and EMA share theirs */
  dispatches: Record<SlowStage, number>;
  loss: number;
  lossPerSet: number[];
  encoderNorm: number;
  predictorNorm: number;
  /** largest norm that is let through; null: none */
  clip: number | null;
  lr: number;
  weightDecay: number;
  momentum: number;
}
