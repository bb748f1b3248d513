// What the recorded experiments train, and what they ask. Every arm is one config; arms share everything that an experiment
// does not vary. The size is what a software adapter trains in about two minutes.

import type { MaskConfig, RunConfig } from '../core/config.ts';
import { type DrawnLook, usualLook } from '../core/drawn-look.ts';
import { multiBlock, officialMasks, predicting, preset } from '../core/presets.ts';

/** What is asked of drawn clips, and of real ones: the name of the folder, the rate of playing, and where the picture pans. */
export type Axis = 'direction' | 'speed' | 'shape' | 'action' | 'rate' | 'pan';

export interface Arm {
  id: string;
  /** what it is, in a few words */
  label: string;
  config: (seed: number) => RunConfig;
  /** looks of the pre-training clips: clip i has look i mod looks */
  looks: readonly DrawnLook[];
  /** look of the clips that are asked about */
  asked: DrawnLook;
  /** what is asked */
  axes: readonly Axis[];
  /** direction also with few labels */
  fewLabels: boolean;
  /** no pre-training at all */
  untrained: boolean;
}

/** Steps of every arm. */
export const steps = 300;
/** Clips of the pre-training set. */
export const trainingClips = 2000;

/** How frozen features of drawn clips are asked: clips of each part in all, class by class in the same shares. */
export interface Asking {
  train: number;
  /** the epoch is chosen on these */
  validation: number;
  /** looked at once */
  test: number;
}

/** Of the arms that are no presets. */
export const asking: Asking = { train: 300, validation: 120, test: 180 };

/** Half of nano's cost: 64 tokens of 32-pixel clips, two blocks. */
function base(seed: number): RunConfig {
  const nano = preset('nano');
  return {
    ...nano,
    preset: 'experiment',
    seed,
    model: { ...nano.model, crop: 32, depth: 2 },
    optim: { ...nano.optim, ipe: steps / nano.optim.epochs },
  };
}

const masked = (masks: MaskConfig[]) => (seed: number) => ({ ...base(seed), masks });
const noisy: DrawnLook = { ...usualLook, noise: 0.25 };
const cluttered: DrawnLook = { ...usualLook, background: 'textured', colours: 'full' };
const tube: MaskConfig = { kind: 'tube', ratio: 0.9 };

const arm = (id: string, label: string, part: Partial<Arm> = {}): Arm => ({
  id,
  label,
  config: base,
  looks: [usualLook],
  asked: usualLook,
  // motion only: with 300 labelled clips of 32 pixels, shape stayed near chance where it was tried, trained or not
  axes: ['direction', 'speed'],
  fewLabels: false,
  untrained: false,
  ...part,
});

export const arms: readonly Arm[] = [
  arm('features', 'features, multi-block, SIGReg 0.02', { fewLabels: true }),
  arm('pixels', 'pixels, multi-block', { config: (seed) => predicting(base(seed), 'pixels'), fewLabels: true }),
  arm('random', 'random weights', { untrained: true, fewLabels: true }),
  arm('plain', 'features without SIGReg', {
    config: (seed) => ({ ...base(seed), loss: { ...base(seed).loss, sigreg: 0 } }),
  }),
  arm('causal', 'features, causal multi-block (first half of the clip)', {
    config: masked(officialMasks().map((m) => (m.kind === 'multiblock' ? { ...m, maxTemporalKeep: 0.5 } : m))),
  }),
  arm('tube', 'features, random tubes 0.9', { config: masked([tube, tube]) }),
  arm('one', 'features, one mask set (short range)', { config: masked([multiBlock(8, 0.15)]) }),
  arm('random-noisy', 'random weights, noisy clips', { untrained: true, asked: noisy }),
  arm('features-noisy', 'features, noisy clips', { looks: [noisy], asked: noisy }),
  arm('pixels-noisy', 'pixels, noisy clips', {
    config: (seed) => predicting(base(seed), 'pixels'),
    looks: [noisy],
    asked: noisy,
  }),
  arm('cluttered', 'features, pre-trained on coloured and textured clips', { looks: [cluttered] }),
  arm('mixed', 'features, pre-trained on both', { looks: [usualLook, cluttered] }),
];
