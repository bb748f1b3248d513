// Drawn clips that an evaluation asks about: which they are, what they are called in its split, and their labels. The page
// counts classes by them before the worker draws any.

import { firstAsked } from '../core/drawn-look.ts';
import { pairLabels, proceduralLabels } from './procedural.ts';

export interface AskedDrawn {
  index: number;
  id: string;
  /** undefined where drawn clips have no such label */
  label: string | undefined;
}

/** `pairs`: two bodies, each clip with the label of its first. */
export function askedDrawn(seed: number, count: number, axis: string, pairs: boolean): AskedDrawn[] {
  return Array.from({ length: count }, (_, i) => {
    const index = firstAsked + i;
    const labels = pairs ? pairLabels(seed, index)[0] : proceduralLabels(seed, index);
    return { index, id: `drawn ${index}`, label: labels[axis] };
  });
}
