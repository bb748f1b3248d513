// Presets that are tried: each as the page has it, without what the studio added to it, and untrained.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { asking, type Asking, type Axis } from './arms.ts';

export type TriedPreset = 'nano' | 'tiny' | 'small';

export interface PresetArm {
  id: string;
  preset: TriedPreset;
  asked: Asked;
  label: string;
  config: (seed: number) => RunConfig;
  untrained: boolean;
  /** whether it is shown the pairs of possible and impossible videos too */
  physics: boolean;
}

/** What they are asked. */
export const presetAxes = ['direction', 'shape'] as const satisfies readonly Axis[];

/** Of eight directions and four shapes. */
export const presetChance = { direction: 0.125, shape: 0.25 } as const;

/** How an arm is asked, and with how many of the labels; the first is all of them. */
export interface Asked {
  asking: Asking;
  labels: readonly number[];
}

const few: Asked = { asking, labels: [300, 30] };
/** Shapes show with thousands of labels only, and small differences with as many test clips. */
const many: Asked = { asking: { train: 2400, validation: 300, test: 1200 }, labels: [2400, 300, 30] };

/** Runs of tiny and small are dear, test clips are cheap: few labels, asked about many clips. */
const fewOfMany: Asked = { asking: { train: 300, validation: 120, test: 1500 }, labels: [300, 30] };

/** Without SIGReg, and cut as the official code cuts. */
const official = (c: RunConfig): RunConfig => ({ ...c, maskCut: 'official', loss: { ...c.loss, sigreg: 0 } });

/** The same three of every preset; the physics pairs are shown to nano alone. */
const armsOf = (name: TriedPreset, asked: Asked, askedOfficial: Asked): PresetArm[] => {
  const config = (seed: number): RunConfig => ({ ...preset(name), seed });
  const physics = name === 'nano';
  return [
    { id: name, preset: name, asked, label: name, config, untrained: false, physics },
    { id: `${name}-random`, preset: name, asked, label: `${name}, random weights`, config, untrained: true, physics },
    {
      id: `${name}-official`,
      preset: name,
      asked: askedOfficial,
      label: `${name}, no SIGReg, official cut`,
      config: (seed) => official(config(seed)),
      untrained: false,
      physics,
    },
  ];
};

export const presetArms: readonly PresetArm[] = [
  ...armsOf('nano', many, few),
  ...armsOf('tiny', fewOfMany, few),
  ...armsOf('small', fewOfMany, fewOfMany),
];
