// Presets that are tried: each as the page has it, without what the studio added to it, and untrained.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';

export interface PresetArm {
  id: string;
  label: string;
  config: (seed: number) => RunConfig;
  untrained: boolean;
  /** whether it is shown the pairs of possible and impossible videos too */
  physics: boolean;
}

/** Without SIGReg, and cut as the official code cuts. */
const official = (c: RunConfig): RunConfig => ({ ...c, maskCut: 'official', loss: { ...c.loss, sigreg: 0 } });

/** The same three of every preset; the physics pairs are shown to nano alone. */
const armsOf = (name: 'nano' | 'tiny' | 'small'): PresetArm[] => {
  const config = (seed: number): RunConfig => ({ ...preset(name), seed });
  const physics = name === 'nano';
  return [
    { id: name, label: name, config, untrained: false, physics },
    { id: `${name}-random`, label: `${name}, random weights`, config, untrained: true, physics },
    {
      id: `${name}-official`,
      label: `${name}, no SIGReg, official cut`,
      config: (seed) => official(config(seed)),
      untrained: false,
      physics,
    },
  ];
};

export const presetArms: readonly PresetArm[] = [...armsOf('nano'), ...armsOf('tiny'), ...armsOf('small')];
