// What loss, schedules and optimiser must be like for every step of a run to be a number.

import { type ConfigProblem, isValue, type LossConfig, type OptimConfig } from './config.ts';

/**
 * AdamW divides by √v + eps. In single precision v, a share 1 − β₂ of squared gradients, is 0 for gradients below about 1e-18,
 * whose mean is not: such a weight moves by lr · m / eps, and an eps of that size throws it far away.
 */
const leastEps = 1e-15;

/** Below this a norm to clip at is no number of single precision that a gradient could be divided by. */
const leastClip = 1e-30;

/** A rate below this moves no weight in single precision; a decay, weight or exponent above these is no use and may overflow. */
export const leastRate = 1e-12;
const mostDecay = 100;
const mostWeight = 1e6;
const mostExponent = 10;
const mostClip = 1e30;
const mostEps = 1e3;
const mostEpochs = 1e9;

/** Everything about loss and optimiser that would stop a run or spoil its weights. */
export function checkTraining(loss: LossConfig, o: OptimConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const within = (field: string, name: string, value: number, sound: boolean, choose: string) => {
    if (!(Number.isFinite(value) && sound)) refuse(field, `${name} ${isValue(value)}: choose ${choose}`);
  };
  const upTo = (field: string, name: string, value: number, most: number) =>
    within(field, name, value, value >= 0 && value <= most, `a value from 0 to ${most}`);
  const whole = (field: string, name: string, value: number, most: number) =>
    within(
      field,
      name,
      value,
      Number.isInteger(value) && value >= 1 && value <= most,
      `a whole number from 1 to ${most}`,
    );

  within(
    'loss.exponent',
    'loss exponent',
    loss.exponent,
    loss.exponent >= 1 && loss.exponent <= mostExponent,
    `a value from 1 to ${mostExponent}`,
  );
  upTo('loss.sigreg', 'SIGReg weight', loss.sigreg, mostWeight);
  upTo('loss.regCoeff', 'variance weight', loss.regCoeff, mostWeight);
  whole('loss.sigregSlices', 'number of SIGReg directions', loss.sigregSlices, 4096);
  whole('loss.sigregTokens', 'number of SIGReg tokens', loss.sigregTokens, 65536);
  within(
    'optim.lr',
    'learning rate',
    o.lr,
    o.lr >= leastRate && o.lr < 1,
    `a value from ${leastRate} to below 1, presets have about 0.001 (a run that trains may be set higher, to see it break)`,
  );
  within(
    'optim.startLr',
    'first learning rate',
    o.startLr,
    o.startLr >= 0 && o.startLr < 1,
    'a value from 0 to below 1',
  );
  within(
    'optim.finalLr',
    'final learning rate',
    o.finalLr,
    o.finalLr >= 0 && o.finalLr < 1,
    'a value from 0 to below 1',
  );
  upTo('optim.warmup', 'warm-up', o.warmup, mostEpochs);
  upTo('optim.weightDecay', 'weight decay', o.weightDecay, mostDecay);
  upTo('optim.finalWeightDecay', 'final weight decay', o.finalWeightDecay, mostDecay);
  // the official trainer's generator of momenta ends there, and ours would go on past its last one
  if (o.ipeScale > mostEpochs)
    refuse('optim.ipeScale', `ipe scale is ${o.ipeScale}: choose a value from 1 to ${mostEpochs}`);
  else if (!(o.ipeScale >= 1))
    refuse(
      'optim.ipeScale',
      `ipe scale is ${o.ipeScale}: choose 1 or more, since schedules shorter than the run have no momentum for its last steps`,
    );
  if (o.clipGrad !== null && !(o.clipGrad >= leastClip && o.clipGrad <= mostClip))
    refuse('optim.clipGrad', `clip norm is ${o.clipGrad}: choose a value from ${leastClip} to ${mostClip}, or none`);
  const [first, last] = o.ema;
  for (const [field, name, m] of [
    ['optim.ema', 'first EMA momentum', first],
    ['optim.ema.1', 'last EMA momentum', last],
  ] as const)
    within(field, name, m, m >= 0 && m <= 1, 'a value from 0 to 1');
  for (const beta of o.betas)
    within('optim.betas', 'beta of AdamW', beta, beta >= 0 && beta < 1, 'values from 0 to below 1');
  within(
    'optim.eps',
    'epsilon of AdamW',
    o.eps,
    o.eps >= leastEps && o.eps <= mostEps,
    `a value from ${leastEps} to ${mostEps}`,
  );
  return problems;
}
