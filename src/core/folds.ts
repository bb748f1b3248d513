// Small probes that need no training loop, asked of every clip by folds: what a run is asked on its way.

import { largest } from './answers.ts';
import type { ProbeHealth } from './health-row.ts';
import { accuracy, mostFrequentShare } from './measures.ts';
import { columnStatistics, neighbourAnswers, type Rows, standardise } from './neighbours.ts';
import { ridgeScores } from './ridge.ts';

const folds = 3;
const neighbours = 5;
const ridgePenalty = 0.1;

/**
 * Nearest neighbours and ridge regression on features (clips, dim), one name per clip. Every clip is asked once, by what the
 * other folds' clips and labels teach; so few clips tell as much as they can. The clips of a class are dealt out one after the
 * other, so every fold has all classes that have at least as many clips as there are folds.
 */
export function askByFolds({ values, dim }: Rows, axis: string, names: readonly string[]): ProbeHealth {
  const classes = [...new Set(names)].sort();
  const labels = names.map((name) => classes.indexOf(name));
  const dealt = new Array<number>(classes.length).fill(0);
  const foldOf = labels.map((label) => dealt[label]++ % folds);
  const all = labels.map((_, i) => i);
  const near = new Array<number>(labels.length);
  const linear = new Array<number>(labels.length);
  let most = 0;
  for (let fold = 0; fold < folds; fold++) {
    const train = all.filter((i) => foldOf[i] !== fold);
    const asked = all.filter((i) => foldOf[i] === fold);
    most = Math.max(most, train.length);
    const scaled = { values: standardise({ values, dim }, columnStatistics({ values, dim }, train)), dim };
    const answer = (into: number[], scores: Float64Array) =>
      asked.forEach((i, k) => (into[i] = largest(scores.subarray(k * classes.length, (k + 1) * classes.length))));
    answer(near, neighbourAnswers(scaled, train, labels, asked, classes.length, neighbours));
    answer(linear, ridgeScores(scaled, train, labels, asked, classes.length, ridgePenalty));
  }
  return {
    axis,
    neighbours: accuracy(labels, near),
    linear: accuracy(labels, linear),
    chance: mostFrequentShare(labels),
    train: most,
    test: labels.length,
  };
}
