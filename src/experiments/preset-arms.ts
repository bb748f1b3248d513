// Presets that are tried: each as the page has it, without what the studio added to it, and untrained.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';

export interface PresetArm {
  id: string;
  label: string;
  config: (seed: number) => RunConfig;
  untrained: boolean;
}

const nano = (seed: number): RunConfig => ({ ...preset('nano'), seed });

/** Without SIGReg, and cut as the official code cuts. */
const official = (c: RunConfig): RunConfig => ({ ...c, maskCut: 'official', loss: { ...c.loss, sigreg: 0 } });

export const presetArms: readonly PresetArm[] = [
  { id: 'nano', label: 'nano', config: nano, untrained: false },
  { id: 'nano-random', label: 'nano, random weights', config: nano, untrained: true },
  { id: 'nano-official', label: 'nano, no SIGReg, official cut', config: (seed) => official(nano(seed)), untrained: false },
];
