// What page and worker say to each other about evaluation. Types only, plain data.

import type { ErrorReport } from '../core/errors.ts';
import type { PredictionTarget, RunConfig } from '../core/config.ts';

/** attentive: one learned query over all tokens (official AttentiveClassifier); linear: softmax regression on the average of
 * all tokens; knn: cosine distance of that average. */
export type ProbeKind = 'attentive' | 'linear' | 'knn';
export const probeKinds: readonly ProbeKind[] = ['attentive', 'linear', 'knn'];

/** Where features come from. trained: the run as it is; beside: a kept run with the same encoder; random: the same
 * architecture, three seeds, no training; colour: the mean colour of every frame, no network; shuffled: trained, frames in
 * random order; still: trained, one frame repeated. */
export type FeatureSource = 'trained' | 'beside' | 'random' | 'colour' | 'shuffled' | 'still';
/** Those that are chosen one by one; `beside` comes with the choice of a kept run. */
export type ChosenSource = Exclude<FeatureSource, 'beside'>;
export const featureSources: readonly ChosenSource[] = ['trained', 'random', 'colour', 'shuffled', 'still'];

/** Clips with their labels. */
export type EvaluationData =
  /** drawn for this evaluation: indices that pre-training never sees */
  | { kind: 'drawn'; seed: number; clips: number; axis: string; noise: number; background: 'plain' | 'textured' }
  /** from the library, by a label that they carry; `group` names the label that must not be torn apart (person, source), or
   * null: by file */
  | { kind: 'library'; clipIds: string[]; axis: string; group: string | null };

export interface ProbeRecipe {
  /** passes over the training clips */
  epochs: number;
  batchSize: number;
  /** cosine to 0 */
  lr: number;
  weightDecay: number;
  /** attentive probe: transformer blocks in all; 1 is the official number of the article */
  depth: number;
  /** cross-attention with residual and MLP (official) or alone */
  completeBlock: boolean;
  /** neighbours of kNN */
  neighbours: number;
}

/** Probes with very few labels see each of them more often, so that all take this many steps at least. */
export const fewestSteps = 100;

export interface EvaluationRequest {
  /** probe: frozen features; finetune: end to end, beside training from scratch; detect: given boxes, mean average precision
   * at an overlap of 0.5 (drawn two-body clips only) */
  task: 'probe' | 'finetune' | 'detect';
  /** whose weights; null: random ones of `config` */
  runId: string | null;
  config: RunConfig;
  /** a kept run that is asked the same, its pixel twin for instance: its name and what to call it; null: none */
  beside: { runId: string; label: string } | null;
  /** official evaluation uses the slow copy */
  network: 'target' | 'encoder';
  data: EvaluationData;
  /** of all clips: for training, for choosing; the rest is for the test, once */
  split: { train: number; validation: number; seed: number };
  probes: ProbeKind[];
  sources: ChosenSource[];
  /** shares of the training labels; [1], or [0.05, 0.1, 0.5, 1] for few labels */
  shares: number[];
  /** seeds of every number, at least three to mean anything; with few labels also three splits */
  seeds: number;
  /** clips in time per video, and crops of each (official evaluation: 1 × 1 while training, 8 × 3 in the article) */
  segments: number;
  views: 1 | 3;
  recipe: ProbeRecipe;
}

/** One number and how it came about. */
export interface Trial {
  seed: number;
  /** which draw of few labels */
  draw: number;
  /** best on validation, at which epoch it was chosen, and the test at that epoch: shares of 1 */
  validation: number;
  epoch: number;
  /** passes that were taken: with few labels more than the recipe's; 0 where nothing is trained */
  epochs: number;
  test: number;
}

export interface EvaluationRow {
  source: FeatureSource | 'scratch';
  probe: ProbeKind | 'finetuned' | 'boxes';
  share: number;
  /** labelled clips that were trained on */
  labels: number;
  trials: Trial[];
  /** over the trials' test numbers; deviation with n − 1, 0 for one trial */
  mean: number;
  deviation: number;
}

/** What was confused with what: one trial of the first probe on trained features, all labels. */
export interface Confusion {
  probe: EvaluationRow['probe'];
  /** (classes, classes), row = truth, column = answer */
  counts: number[];
  /** every test clip: its truth, the answer, and the share that the probe gave to the answer */
  clips: { clip: EvaluatedClip; truth: number; answer: number; confidence: number }[];
}

/** A clip that can be opened again. */
export type EvaluatedClip = { kind: 'library'; clipId: string; name: string } | { kind: 'drawn'; index: number };

export interface EvaluationReport {
  request: EvaluationRequest;
  /** step of the run, null for random weights */
  step: number | null;
  /** what the kept run beside it was trained for, and its step */
  beside: { label: string; target: PredictionTarget; step: number } | null;
  classes: string[];
  /** clips of every class: training, validation, test */
  counts: [number, number, number][];
  /** SHA-256 over the clips' names and labels, in hex: the same data give the same */
  fingerprint: string;
  /** share that guessing the most frequent class of the test gets */
  chance: number;
  metric: 'accuracy' | 'map';
  rows: EvaluationRow[];
  confusion: Confusion | null;
  /** a sentence each: classes too small to mean anything, groups that could not be kept together … */
  warnings: string[];
  /** where clips of the user lay, by their ids; the page adds it */
  files?: Record<string, string>;
  /** when, and how long it took */
  finishedAt: number;
  seconds: number;
}

/** Where the query of an attentive probe looks: (heads, N) shares of 1 over the tokens of the clip, and its answer. */
export interface QueryAttention {
  heads: number;
  weights: Float32Array<ArrayBuffer>;
  /** one share per class */
  answer: number[];
}

export type EvaluationCommand =
  /** reports `progress` and answers with `evaluationRow`s as they come, then `evaluated`; a new one ends the one before. `cancel` ends it */
  | { type: 'evaluate'; jobId: string; request: EvaluationRequest }
  /**
   * the query's attention of the newest attentive probe (trained features) over a clip. `evaluation`: job of the report that the
   * clip is of; only the newest one's probe is kept
   */
  | { type: 'lookWithProbe'; requestId: string; evaluation: string; clip: EvaluatedClip };

export type EvaluationEvent =
  /** a row that is done; the report holds them all again */
  | { type: 'evaluationRow'; jobId: string; row: EvaluationRow }
  | { type: 'evaluated'; jobId: string; report: EvaluationReport }
  | { type: 'evaluationFailed'; jobId: string; error: ErrorReport }
  | { type: 'looked'; requestId: string; attention: QueryAttention };
