/** What one training step tells. */
export interface StepMetrics {
  /** 0-based optimisation step */
  step: number;
  /** weighted sum of all terms */
  loss: number;
  /** latent prediction loss per mask set */
  lossPerSet: number[];
  /** terms of the loss, unweighted: mean over mask sets */
  terms: { latent: number; variance: number; sigreg: number };
  /** global gradient norms before clipping */
  encoderNorm: number;
  predictorNorm: number;
  lr: number;
  weightDecay: number;
  momentum: number;
  /** tokens that passed an encoder or the predictor */
  tokens: number;
  /** wall milliseconds since the step before */
  milliseconds: number;
}

/** Rows that are kept of a run, on the page, in the worker and in its checkpoints. */
export const mostRows = 20_000;

/**
 * Adds a row. Whenever there are more than `mostRows`, every second one goes, never the newest: the older the steps of a long
 * run are, the fewer of them are there. Whoever adds the same rows has the same ones left.
 */
export function addRow<T>(rows: T[], row: T): T[] {
  rows.push(row);
  return rows.length > mostRows ? rows.filter((_, i) => i % 2 === 0) : rows;
}
