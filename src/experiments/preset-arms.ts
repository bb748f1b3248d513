// Presets that are tried: each as the page has it, without what the studio added to it, and untrained.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { asking, type Asking, type Axis } from './arms.ts';

export type TriedPreset = 'nano' | 'tiny' | 'small';

export interface PresetArm {
  id: string;
  preset: TriedPreset;
  label: string;
  config: (seed: number) => RunConfig;
  untrained: boolean;
  /** whether it is shown the pairs of possible and impossible videos too */
  physics: boolean;
}

/** What they are asked. */
export const presetAxes: readonly Axis[] = ['direction', 'shape'];

/** How each is asked, and with how many of the labels. */
export const presetAsked: Record<TriedPreset, { asking: Asking; labels: readonly number[] }> = {
  nano: { asking, labels: [300, 30] },
  tiny: { asking, labels: [300, 30] },
  small: { asking, labels: [300, 30] },
};

/** Without SIGReg, and cut as the official code cuts. */
const official = (c: RunConfig): RunConfig => ({ ...c, maskCut: 'official', loss: { ...c.loss, sigreg: 0 } });

/** The same three of every preset; the physics pairs are shown to nano alone. */
const armsOf = (name: TriedPreset): PresetArm[] => {
  const config = (seed: number): RunConfig => ({ ...preset(name), seed });
  const physics = name === 'nano';
  return [
    { id: name, preset: name, label: name, config, untrained: false, physics },
    { id: `${name}-random`, preset: name, label: `${name}, random weights`, config, untrained: true, physics },
    {
      id: `${name}-official`,
      preset: name,
      label: `${name}, no SIGReg, official cut`,
      config: (seed) => official(config(seed)),
      untrained: false,
      physics,
    },
  ];
};

export const presetArms: readonly PresetArm[] = [...armsOf('nano'), ...armsOf('tiny'), ...armsOf('small')];
