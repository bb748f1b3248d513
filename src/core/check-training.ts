// What loss, schedules and optimiser must be like for every step of a run to be a number.

import { type ConfigProblem, isValue, type LossConfig, type OptimConfig } from './config.ts';

/**
 * AdamW divides by √v + eps. In single precision v, a share 1 − β₂ of squared gradients, is 0 for gradients below about 1e-18,
 * whose mean is not: such a weight moves by lr · m / eps, and an eps of that size throws it far away.
 */
const leastEps = 1e-15;

/** Below this a norm to clip at is no number of single precision that a gradient could be divided by. */
const leastClip = 1e-30;

/** Everything about loss and optimiser that would stop a run or spoil its weights. */
export function checkTraining(loss: LossConfig, o: OptimConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const within = (field: string, name: string, value: number, sound: boolean, choose: string) => {
    if (!(Number.isFinite(value) && sound)) refuse(field, `${name} ${isValue(value)}: choose ${choose}`);
  };
  const fromZero = (field: string, name: string, value: number) => within(field, name, value, value >= 0, '0 or more');
  const whole = (field: string, name: string, value: number, most: number) =>
    within(
      field,
      name,
      value,
      Number.isInteger(value) && value >= 1 && value <= most,
      `a whole number from 1 to ${most}`,
    );

  within('loss.exponent', 'loss exponent', loss.exponent, loss.exponent >= 1, '1 or more');
  fromZero('loss.sigreg', 'SIGReg weight', loss.sigreg);
  fromZero('loss.regCoeff', 'variance weight', loss.regCoeff);
  whole('loss.sigregSlices', 'number of SIGReg directions', loss.sigregSlices, 4096);
  whole('loss.sigregTokens', 'number of SIGReg tokens', loss.sigregTokens, 65536);
  within('optim.lr', 'learning rate', o.lr, o.lr > 0 && o.lr < 1, 'a value above 0, below 1');
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
  fromZero('optim.warmup', 'warm-up', o.warmup);
  fromZero('optim.weightDecay', 'weight decay', o.weightDecay);
  fromZero('optim.finalWeightDecay', 'final weight decay', o.finalWeightDecay);
  // the official trainer's generator of momenta ends there, and ours would go on past its last one
  if (!(o.ipeScale >= 1))
    refuse(
      'optim.ipeScale',
      `ipe scale is ${o.ipeScale}: choose 1 or more, since schedules shorter than the run have no momentum for its last steps`,
    );
  if (o.clipGrad !== null && !(Number.isFinite(o.clipGrad) && o.clipGrad >= leastClip))
    refuse('optim.clipGrad', `clip norm is ${o.clipGrad}: choose a value above 0, or none`);
  const [first, last] = o.ema;
  for (const [field, m] of [
    ['optim.ema', first],
    ['optim.ema.1', last],
  ] as const)
    within(field, 'EMA momentum', m, m >= 0 && m <= 1, 'values from 0 to 1');
  for (const beta of o.betas)
    within('optim.betas', 'beta of AdamW', beta, beta >= 0 && beta < 1, 'values from 0 to below 1');
  within('optim.eps', 'epsilon of AdamW', o.eps, o.eps >= leastEps, `${leastEps} or more`);
  return problems;
}
