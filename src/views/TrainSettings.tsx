// The numbers of a run that a preset brings along and that can be changed.

import type { ConfigProblem, OptimConfig, RunConfig } from '../core/config.ts';
import { fieldLabels } from '../core/field-labels.ts';
import { NumberField } from './fields.tsx';

interface Setting {
  label: string;
  /** dotted path in the config */
  field: string;
  hint?: string;
  min?: number;
  max?: number;
  step?: number;
  /** NaN: none, an empty field */
  value: (c: RunConfig) => number;
  change: (c: RunConfig, value: number) => RunConfig;
}

type NumberOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string;
type Told = Pick<Setting, 'hint' | 'min' | 'max' | 'step'>;

const ofOptim = (key: NumberOf<OptimConfig>, told: Told): Setting => ({
  label: fieldLabels[`optim.${key}`],
  field: `optim.${key}`,
  ...told,
  value: ({ optim }) => optim[key],
  change: (c, value) => ({ ...c, optim: { ...c.optim, [key]: value } }),
});

const ofLoss = (key: NumberOf<RunConfig['loss']>, told: Told): Setting => ({
  label: fieldLabels[`loss.${key}`],
  field: `loss.${key}`,
  ...told,
  value: ({ loss }) => loss[key],
  change: (c, value) => ({ ...c, loss: { ...c.loss, [key]: value } }),
});

const ema = (which: 0 | 1, label: string, hint: string): Setting => ({
  label,
  field: which === 0 ? 'optim.ema' : 'optim.ema.1',
  hint,
  min: 0,
  max: 1,
  step: 0.001,
  value: ({ optim }) => optim.ema[which],
  change: (c, value) => ({
    ...c,
    optim: { ...c.optim, ema: which === 0 ? [value, c.optim.ema[1]] : [c.optim.ema[0], value] },
  }),
});

const settings: readonly Setting[] = [
  {
    label: fieldLabels.batchSize,
    field: 'batchSize',
    hint: 'Clips of a step.',
    min: 1,
    max: 512,
    value: ({ batchSize }) => batchSize,
    change: (c, batchSize) => ({ ...c, batchSize }),
  },
  ofOptim('epochs', {
    min: 1,
    hint: 'Each has the number of steps below; an epoch is no pass over the clips.',
  }),
  ofOptim('ipe', { min: 1 }),
  ofOptim('warmup', {
    min: 0,
    hint: 'Epochs in which the learning rate rises; nothing is clipped in them.',
  }),
  ofOptim('lr', { min: 0, step: 1e-4, hint: 'At the end of the warm-up; from there it falls.' }),
  ofOptim('startLr', { min: 0, step: 1e-4, hint: 'Where the warm-up begins.' }),
  ofOptim('finalLr', { min: 0, step: 1e-6, hint: 'Where the schedule ends.' }),
  ofOptim('weightDecay', { min: 0, step: 0.01, hint: 'Weight decay at the beginning of the run.' }),
  ofOptim('finalWeightDecay', { min: 0, step: 0.01, hint: 'Weight decay where its schedule ends.' }),
  {
    label: fieldLabels['optim.clipGrad'],
    field: 'optim.clipGrad',
    hint: 'Longer gradients are shortened to this, encoder and predictor each, behind the warm-up. Empty: none is.',
    min: 0,
    step: 0.1,
    value: ({ optim }) => optim.clipGrad ?? NaN,
    change: (c, value) => ({ ...c, optim: { ...c.optim, clipGrad: Number.isNaN(value) ? null : value } }),
  },
  ema(0, 'EMA, first', 'Share of itself that the slow encoder keeps at a step, at the beginning of the run.'),
  ema(1, 'EMA, last', 'What it rises to, where the schedule ends; at 1 it stands still.'),
  ofLoss('sigreg', {
    hint: 'Keeps features from collapsing (LeJEPA). At tiny sizes plain V-JEPA falls below random weights while its loss looks best; 0.02 repairs it.',
    min: 0,
    step: 0.01,
  }),
  ofLoss('regCoeff', {
    hint: 'Penalty on predictions that vary less than 1, as the official code has it.',
    min: 0,
    step: 0.1,
  }),
  {
    label: fieldLabels.seed,
    field: 'seed',
    hint: 'Of first weights, masks and the order of clips.',
    min: 0,
    value: ({ seed }) => seed,
    change: (c, seed) => ({ ...c, seed }),
  },
];

interface Props {
  config: RunConfig;
  problems: readonly ConfigProblem[];
  onChange: (config: RunConfig) => void;
}

export function TrainSettings({ config, problems, onChange }: Props) {
  return settings.map(({ label, field, value, change, ...told }) => (
    <NumberField
      key={field}
      label={label}
      field={field}
      value={value(config)}
      problem={problems.find((p) => p.field === field)?.message}
      onChange={(next) => onChange(change(config, next))}
      {...told}
    />
  ));
}
