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
