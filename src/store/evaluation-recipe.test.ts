import { expect, it } from 'vitest';
import type { EvaluationRequest, ProbeKind } from '../protocol/evaluation.ts';
import { recipeTold } from './evaluation-recipe.ts';

const recipe = {
  epochs: 20,
  batchSize: 16,
  lr: 0.001,
  weightDecay: 0.01,
  depth: 1,
  completeBlock: true,
  neighbours: 10,
};

it('tells only what was gone by', () => {
  const told = (task: EvaluationRequest['task'], ...probes: ProbeKind[]) => recipeTold({ task, probes, recipe });
  const trained = '20 passes, 100 steps at least, batch 16, learning rate 0.001, weight decay 0.01';
  expect(told('probe', 'attentive', 'linear', 'knn')).toBe(`${trained}, 1 complete block, 10 neighbours`);
  expect(told('probe', 'attentive')).toBe(`${trained}, 1 complete block`);
  expect(told('probe', 'linear')).toBe(trained);
  expect(told('probe', 'knn')).toBe('10 neighbours');
  // what else they are trained with is their own
  expect(told('finetune', 'knn')).toBe('20 passes, batch 16, learning rate 0.001, 1 complete block');
  expect(told('detect', 'knn')).toBe('20 passes');
});
