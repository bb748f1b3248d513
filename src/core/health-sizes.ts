// How many clips a health check looks at, and whether it asks for labels.

import type { RunConfig } from './config.ts';

/** Clips of a check; fewer where a clip is large. */
const checkedClips = 16;
const fewestClips = 4;
/** Labelled clips of the probes. */
const probedClips = 96;
/** Most bytes of one clip: beyond, a check works with the fewest clips and without probes. */
const largeClip = 4 * 2 ** 20;
/** A class of the probes has this many clips at least: one in every fold, so that two others of it were learned from. */
export const fewestOfClass = 3;

/** How many clips a check and its probes take at the size of these settings, and how many go through a network together. */
export function checkSizes({ model: m }: Pick<RunConfig, 'model'>): {
  clips: number;
  probed: number;
  together: number;
} {
  const large = 12 * m.frames * m.crop * m.crop > largeClip;
  return large
    ? { clips: fewestClips, probed: 0, together: 2 }
    : { clips: checkedClips, probed: probedClips, together: 8 };
}
