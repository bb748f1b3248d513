// Evaluation end to end: the whole encoder learns the labels, once from the weights of pre-training and once from scratch,
// with the same recipe, clips and seeds. With many labels the two come close, with few of them pre-training should help.

import type { Variant } from '../core/variant.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Confusion, EvaluationReport, EvaluationRequest, EvaluationRow, Trial } from '../protocol/evaluation.ts';
import { finetune, finetuneClips, finetuneRecipe, learning } from './finetune.ts';
import { type LabelledClip, LabelledSet, type Telling, trialsOf, WorkClock } from './labelled.ts';

export interface FinetuneTools extends Telling {
  pipelines: PipelineCache;
  variant: Variant;
}

const names = { trained: 'Fine-tuning', scratch: 'From scratch' } as const;

/** `start`: values of the pre-trained encoder's whole arena, or null when only "from scratch" can be asked. */
export async function evaluateFinetuning(
  request: EvaluationRequest,
  clips: readonly LabelledClip[],
  step: number | null,
  start: Float32Array<ArrayBuffer> | null,
  tools: FinetuneTools,
): Promise<EvaluationReport> {
  const set = new LabelledSet(clips, request);
  const seeds = Array.from({ length: request.seeds }, (_, i) => i);
  const { epochs, batchSize, lr, depth, completeBlock } = request.recipe;
  const recipe = { ...finetuneRecipe(), epochs, batchSize, lr, depth, completeBlock };
  const sources = start ? (['trained', 'scratch'] as const) : (['scratch'] as const);
  const lines = sources.flatMap((source) =>
    request.shares.map((share) => ({ source, share, probe: 'finetuned' as const })),
  );
  const clock = new WorkClock();
  /** Clips that go forward in a trial; one that is learned from costs three, and each epoch asks about those that choose. */
  const weight = (share: number): number =>
    epochs * (3 * set.labelled(share, 0, 0).length + set.split.validation.length) + set.split.test.length;
  let planned = 0;
  for (const { share } of lines) {
    const trials = trialsOf(share, seeds).length;
    planned += trials;
    clock.plan('trials', trials * weight(share));
  }
  const onProgress = (stage: string, done: number, total: number) => tools.onProgress(stage, done, total, clock.left());
  const rows: EvaluationRow[] = [];
  let confusion: Confusion | null = null;
  let begun = 0;
  for (const line of lines) {
    const { source, share } = line;
    const trials: Trial[] = [];
    for (const { seed, draw } of trialsOf(share, seeds)) {
      // each has a bar of its own
      const which = `trial ${++begun} of ${planned}`;
      const outcome = await clock.take('trials', weight(share), () =>
        finetune(tools.pipelines, tools.variant, {
          model: request.config.model,
          start: source === 'trained' ? start : null,
          clips: finetuneClips(
            request.config,
            clips.map((c) => c.source),
            seed,
          ),
          labels: set.labels,
          classes: set.split.classes.length,
          train: set.labelled(share, draw, seed),
          validation: set.parts(seed).validation,
          test: set.split.test,
          recipe,
          seed,
          signal: tools.signal,
          onProgress: (stage, done, total) => {
            if (stage === learning) clock.reached(done / total);
            onProgress(`${names[source]}, ${which}, ${stage.toLowerCase()}`, done, total);
          },
        }),
      );
      const { validation, epoch, test, answers } = outcome;
      trials.push({ seed, draw, validation, epoch, epochs, test });
      if (share === 1) confusion ??= set.confusion('finetuned', answers);
    }
    const row = set.row(line, trials);
    rows.push(row);
    tools.onRow(row);
  }
  return set.report(rows, confusion, step);
}
