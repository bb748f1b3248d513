// Maskings that have a name: those of the paper's ablation and the official configs, as starting points and to compare.

import type { MaskConfig } from '../core/config.ts';
import { multiBlock } from '../core/presets.ts';

export interface Masking {
  name: string;
  /** what it is and where it comes from */
  about: string;
  mask: MaskConfig;
}

export const maskings: readonly Masking[] = [
  { name: 'short range', about: '8 blocks of 15 % of the frame, the first official set', mask: multiBlock(8, 0.15) },
  { name: 'long range', about: '2 blocks of 70 % of the frame, the second official set', mask: multiBlock(2, 0.7) },
  { name: 'random tubes', about: '90 % of the positions hidden in every tubelet', mask: { kind: 'tube', ratio: 0.9 } },
  {
    name: 'causal',
    about: 'context from the first three quarters only, as causal multi-block[12] of the paper',
    mask: { ...multiBlock(8, 0.15), maxTemporalKeep: 0.75 },
  },
  { name: 'future only', about: 'the last two tubelets are predicted', mask: { kind: 'future', tubelets: 2 } },
  {
    name: 'full complement',
    about: 'every token that is not context is a target (V-JEPA 2)',
    mask: { ...multiBlock(8, 0.15), complement: 'target' },
  },
  {
    name: 'inverted',
    about: 'context inside the blocks, targets around them (inv_block of V-JEPA 2)',
    mask: { ...multiBlock(2, 0.7), inverted: true },
  },
];

/** Name of the masking of mask set `index` of the settings, beside those that have one of their own. */
export const ownMaskName = (index: number, mask: MaskConfig): string => `set ${index + 1}, ${maskName(mask)}`;

/** What a comparison begins with: the settings' own masking, unless it has a name, and those that have one; three in all. */
export function firstCompared(masks: readonly MaskConfig[], maskSet: number): { name: string; mask: MaskConfig }[] {
  const own = masks[maskSet];
  const written = JSON.stringify(own);
  const known = !own || maskings.some(({ mask }) => JSON.stringify(mask) === written);
  const named = maskings.map(({ name, mask }) => ({ name, mask }));
  return (known ? named : [{ name: ownMaskName(maskSet, own), mask: own }, ...named]).slice(0, 3);
}

/** Sets up to so many are named on their switch; more are numbered, for their names have no room and may be alike. */
const mostNamed = 4;

/** What the switch between mask sets calls each. */
export const setNames = (masks: readonly MaskConfig[]): string[] =>
  masks.map((mask, i) => (masks.length > mostNamed ? `${i + 1}` : maskName(mask)));

/** A mask set in a few words. */
export function maskName(mask: MaskConfig): string {
  switch (mask.kind) {
    case 'multiblock': {
      const [low, high] = mask.spatialScale;
      return `${mask.blocks} × ${low === high ? low : `${low}–${high}`}`;
    }
    case 'tube':
      return `tube ${mask.ratio}`;
    case 'future':
      return `last ${mask.tubelets}`;
    case 'painted':
      return 'painted';
  }
  return mask satisfies never;
}
