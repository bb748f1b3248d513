// Half precision as a finding: how far the loss of a run strays from that of the same run in single precision.

import { deviation, mean } from '../core/measures.ts';
import type { Variant } from '../core/variant.ts';
import { adaptersOf } from './adapters.ts';
import type { Finding } from './summary.ts';

export const halfArms = ['half', 'half-matrix'] as const;

export interface HalfRecord {
  arm: (typeof halfArms)[number];
  seed: number;
  adapter?: string;
  /** loss of every step */
  losses: Record<Variant['storage'], number[]>;
  /** bytes of activations */
  activations: Record<Variant['storage'], number>;
}

/** What may be lost: a percent of the loss. */
const bound = 0.01;

const percent = (value: number): string => `${(value * 100).toPrecision(2)} %`;

/** Differences of the losses, step by step, as a share of those in single precision. */
const strayed = ({ losses }: HalfRecord): number[] =>
  losses.single.map((single, step) => Math.abs(losses.half[step] - single) / single);

const titles = {
  half: 'Activations of 16 bit beside those of 32',
  'half-matrix': 'Products by subgroup matrices, operands and activations of 16 bit, beside single precision',
} as const;

/** A finding for each arm that was recorded. Holds when no step of any seed strays further than the bound. */
export const halfFindings = (records: readonly HalfRecord[]): Finding[] =>
  halfArms.flatMap((arm) => {
    const own = records.filter((r) => r.arm === arm);
    return own.length ? [halfFinding(arm, own)] : [];
  });

function halfFinding(arm: HalfRecord['arm'], records: readonly HalfRecord[]): Finding {
  const furthest = records.map((r) => Math.max(...strayed(r)));
  const usual = records.map((r) => mean(strayed(r)));
  const memory = (storage: 'single' | 'half') => records.map((r) => r.activations[storage] / 2 ** 20);
  const row = (label: string, values: number[], unit: string) => ({
    label,
    n: values.length,
    mean: mean(values),
    deviation: values.length > 1 ? deviation(values) : 0,
    unit,
  });
  const steps = records[0].losses.single.length;
  return {
    id: arm,
    title: titles[arm],
    question: `Does the loss of the nano preset stay within ${percent(bound)} of that in single precision over ${steps} steps?`,
    paper: 'The official code trains under bfloat16 autocast; no comparison is reported.',
    how: `Nano was trained twice from the same weights on the same clips, ${records.length} seeds. It holds when no step of any seed strays further.`,
    found: [
      {
        text: `The loss of a step strays by ${percent(mean(usual))} on average and by ${percent(Math.max(...furthest))} at most; activations take ${mean(memory('half')).toFixed(1)} instead of ${mean(memory('single')).toFixed(1)} MB`,
        holds: null,
        difference: null,
      },
    ],
    holds: Math.max(...furthest) < bound ? 'yes' : 'no',
    rows: [
      row('difference of the loss, mean over the steps', usual.map((v) => v * 100), '%'),
      row('difference of the loss, furthest step', furthest.map((v) => v * 100), '%'),
      row('activations, single', memory('single'), 'MB'),
      row('activations, half', memory('half'), 'MB'),
    ],
    config: { steps, adapters: adaptersOf(records), seeds: records.map((r) => r.seed).sort((a, b) => a - b) },
  };
}
