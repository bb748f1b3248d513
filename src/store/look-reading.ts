// What is read off measured errors: in words, as part of a file's name, as a column. Skill says against what, everything of
// which mask sets.

import type { Baseline, Quantity } from '../core/look-view.ts';
import { useLook } from './look.ts';
import { useStudio } from './studio.ts';

export interface Reading {
  quantity: Quantity;
  baseline: Baseline;
  /** index of the only mask set; null: all together */
  set: number | null;
}

const against: Record<Baseline, string> = { mean: 'mean feature', copy: 'nearest context' };

export const readingWords = ({ quantity, baseline }: Omit<Reading, 'set'>): string =>
  quantity === 'error' ? quantity : `skill against ${against[baseline]}`;

const setWords = (set: number | null): string => (set === null ? 'all masks' : `mask set ${set + 1}`);

const joined = (words: string, by: string): string => words.replaceAll(' ', by);

/** "skill-against-mean-feature-all-masks" */
export const readingName = (reading: Reading): string =>
  joined(`${readingWords(reading)} ${setWords(reading.set)}`, '-');

/** "skill_against_mean_feature" */
export const readingColumn = (reading: Reading): string => joined(readingWords(reading), '_');

/** "skill against mean feature, all masks" */
export const readingTitle = (reading: Reading): string => `${readingWords(reading)}, ${setWords(reading.set)}`;

/** What a picture or a film says of itself. */
export const readingAbout = ({ quantity, baseline, set }: Reading): object => ({
  what: quantity,
  ...(quantity === 'skill' && { baseline: against[baseline] }),
  masks: setWords(set),
});

export function readingNow(): Reading {
  const { quantity, baseline, allSets } = useLook.getState();
  return { quantity, baseline, set: allSets ? null : useStudio.getState().maskSet };
}
