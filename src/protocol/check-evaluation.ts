// What is wrong with an evaluation before it begins, asked by the page before it is sent and by the worker that gets it.

import { checkConfig, type ConfigProblem } from '../core/config.ts';
import { mostSeed } from '../core/random.ts';
import type { EvaluationRequest } from './evaluation.ts';

/** Drawn clips of an evaluation, at least and at most. */
export const [leastDrawn, mostDrawn] = [16, 4096];

export const inRange = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

/** Everything that keeps it from starting, whatever clips there are: a field and a sentence each. */
export function checkEvaluation(request: EvaluationRequest): ConfigProblem[] {
  const { data, split, task, recipe } = request;
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const whole = (field: string, name: string, value: number, low: number, high: number) => {
    if (!inRange(value, low, high))
      refuse(
        field,
        `${name} ${Number.isNaN(value) ? 'missing' : value}: choose a whole number from ${low} to ${high}.`,
      );
  };
  for (const { field, message } of checkConfig(request.config)) refuse(field, `${message}.`);
  if (data.kind === 'drawn') {
    whole('clips', 'Clips are', data.clips, leastDrawn, mostDrawn);
    whole('drawnSeed', 'The seed of the clips is', data.seed, 0, mostSeed);
    if (!(data.noise >= 0 && data.noise <= 1)) refuse('noise', `Noise is ${data.noise}: choose a share from 0 to 1.`);
  }
  if (!(split.train > 0 && split.validation > 0 && split.train + split.validation < 0.999))
    refuse(
      'split',
      `Shares of ${split.train} and ${split.validation} leave no test: choose shares above 0 that leave a rest.`,
    );
  whole('splitSeed', 'The seed of the split is', split.seed, 0, mostSeed);
  if (task === 'detect' && data.kind !== 'drawn')
    refuse('task', 'Boxes are known for drawn clips alone: choose drawn clips, or another task.');
  if (task === 'probe' && !request.probes.length) refuse('probes', 'No probe is chosen: choose at least one.');
  if (task === 'probe' && !request.sources.length) refuse('sources', 'Nothing is probed: choose at least one source.');
  if (!request.shares.length) refuse('shares', 'No share of labels is chosen: choose at least one.');
  if (!request.shares.every((share) => share > 0 && share <= 1))
    refuse('shares', `Shares of labels are ${request.shares.join(', ')}: choose shares above 0, at most 1.`);
  whole('seeds', 'Seeds are', request.seeds, 1, 20);
  whole('segments', 'Segments are', request.segments, 1, 16);
  whole('epochs', 'Passes are', recipe.epochs, 1, 1000);
  whole('batchSize', 'Clips of a batch are', recipe.batchSize, 1, 512);
  whole('depth', 'Blocks are', recipe.depth, 1, 8);
  whole('neighbours', 'Neighbours are', recipe.neighbours, 1, 100);
  if (!(recipe.lr > 0 && recipe.lr < 1))
    refuse('lr', `Learning rate is ${recipe.lr}: choose a value above 0, below 1.`);
  if (!(recipe.weightDecay >= 0)) refuse('weightDecay', `Weight decay is ${recipe.weightDecay}: choose 0 or more.`);
  return problems;
}
