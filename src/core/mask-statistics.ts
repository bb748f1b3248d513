// What a masking hides over many draws, in numbers.

import type { MaskCut, MaskSampling } from './config.ts';
import type { Grid } from './grid.ts';

export interface MeasureRequest {
  /** its cut does not matter: every cut is measured */
  sampling: MaskSampling;
  grid: Grid;
  /** clips of a batch: the lists of a batch are cut together */
  batch: number;
  /** clips to draw, each with every mask set; rounded up to whole batches */
  clips: number;
}

/** A number of tokens over all clips. */
export interface CountStatistics {
  mean: number;
  /** standard deviation between clips */
  sd: number;
  min: number;
  max: number;
  /** (N + 1): clips that have exactly so many tokens */
  histogram: Uint32Array<ArrayBuffer>;
}

export interface CutStatistics {
  context: CountStatistics;
  target: CountStatistics;
  unused: CountStatistics;
  /** (N): share of the draws in which a token is context, or a target */
  contextFrequency: Float32Array<ArrayBuffer>;
  targetFrequency: Float32Array<ArrayBuffer>;
  /** (h · w): the same, mean over the tubelets */
  contextCoverage: Float32Array<ArrayBuffer>;
  targetCoverage: Float32Array<ArrayBuffer>;
  /** (t): mean number of tokens */
  contextPerTubelet: Float32Array<ArrayBuffer>;
  targetPerTubelet: Float32Array<ArrayBuffer>;
  /** share of the clips that keep no context token in the last tubelet */
  withoutLastContext: number;
  /** city-block steps |Δt| + |Δy| + |Δx| of targets to the nearest context token of their clip; index = steps. Of every
   * clip while they are few, of every k-th one where there are thousands. */
  distance: { mean: number; sd: number; histogram: Uint32Array<ArrayBuffer> };
}

export interface SetStatistics {
  cuts: Record<MaskCut, CutStatistics>;
}

export interface MaskStatistics {
  grid: Grid;
  batch: number;
  batches: number;
  clips: number;
  /** time that drawing and counting took */
  milliseconds: number;
  sets: SetStatistics[];
}
