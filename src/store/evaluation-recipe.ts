// How it was trained, in words: what of the recipe the task and its probes went by, and nothing else.

import { numbered } from '../core/numbered.ts';
import { type EvaluationRequest, fewestSteps } from '../protocol/evaluation.ts';

export function recipeTold({ task, probes, recipe }: Pick<EvaluationRequest, 'task' | 'probes' | 'recipe'>): string {
  const { epochs, batchSize, lr, weightDecay, depth, completeBlock, neighbours } = recipe;
  const passes = numbered(epochs, 'pass', 'passes');
  const steps = `batch ${batchSize}, learning rate ${lr}`;
  const block = numbered(depth, completeBlock ? 'complete block' : 'bare block');
  switch (task) {
    case 'detect':
      return passes;
    case 'finetune':
      return [passes, steps, block].join(', ');
    case 'probe':
      return [
        ...(probes.some((p) => p !== 'knn')
          ? [passes, `${fewestSteps} steps at least`, steps, `weight decay ${weightDecay}`]
          : []),
        ...(probes.includes('attentive') ? [block] : []),
        ...(probes.includes('knn') ? [numbered(neighbours, 'neighbour')] : []),
      ].join(', ');
    default:
      return task satisfies never;
  }
}
