// The optimisation block of a case in our words.

import type { OptimConfig } from '../../core/config.ts';
import type { CaseConfig } from '../reference.ts';

export const optimOf = (opt: CaseConfig, betas: [number, number] = [0.9, 0.999], eps = 1e-8): OptimConfig => ({
  ipe: opt.ipe,
  ipeScale: opt.ipe_scale,
  epochs: opt.epochs,
  warmup: opt.warmup,
  startLr: opt.start_lr,
  lr: opt.lr,
  finalLr: opt.final_lr,
  weightDecay: opt.wd,
  finalWeightDecay: opt.final_wd,
  ema: opt.ema,
  clipGrad: opt.clip_grad,
  betas,
  eps,
});
