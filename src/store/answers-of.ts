// What the results of an evaluation are of, in a line.

import { numbered } from '../core/numbered.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import { askedOf } from './evaluation-verdict.ts';
import { nameOfRun } from './keep.ts';

/** "direction of drawn clips, jolly-heron after 90 steps". */
export function answersOf(request: EvaluationRequest, step: number | null): string {
  const { data, runId } = request;
  const who = runId === null ? 'random weights' : nameOfRun(runId);
  const when = step === null ? '' : ` after ${numbered(step, 'step')}`;
  return `${askedOf(request)} of ${data.kind === 'drawn' ? 'drawn' : 'my'} clips, ${who}${when}`;
}
