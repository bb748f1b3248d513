// Schedules of learning rate, weight decay, momentum and clipping (official src/utils/schedulers.py and app/vjepa/train.py).

import type { OptimConfig } from './config.ts';

interface ScheduleValues {
  lr: number;
  weightDecay: number;
  /** EMA momentum of the target encoder */
  momentum: number;
  /** clipping is active: epoch > warm-up epochs */
  clip: boolean;
}

/**
 * Values of optimisation step `step` (0-based). Learning rate and weight decay are advanced before the optimiser's step,
 * so they count from 1; momentum counts from 0. Nothing is clamped: beyond the last step the cosines come back up.
 */
export function scheduleAt(o: OptimConfig, step: number): ScheduleValues {
  const count = step + 1;
  const warmup = Math.trunc(o.warmup * o.ipe);
  const horizon = Math.trunc(o.ipeScale * o.epochs * o.ipe);
  const lr =
    count < warmup
      ? o.startLr + (count / warmup) * (o.lr - o.startLr)
      : Math.max(o.finalLr, cosine(o.lr, o.finalLr, (count - warmup) / Math.max(1, horizon - warmup)));
  const decay = cosine(o.weightDecay, o.finalWeightDecay, count / horizon);
  return {
    lr,
    weightDecay:
      o.finalWeightDecay <= o.weightDecay ? Math.max(o.finalWeightDecay, decay) : Math.min(o.finalWeightDecay, decay),
    momentum: o.ema[0] + (step * (o.ema[1] - o.ema[0])) / (o.ipe * o.epochs * o.ipeScale),
    clip: o.clipGrad !== null && Math.floor(step / o.ipe) > o.warmup,
  };
}

/** Half a cosine from `first` at 0 to `last` at 1. */
const cosine = (first: number, last: number, progress: number): number =>
  last + (first - last) * 0.5 * (1 + Math.cos(Math.PI * progress));
