// An evaluation as one tidy CSV: a trial a line, each with its configuration, so that files can be put together.

import { csvText } from '../formats/csv-text.ts';
import type { EvaluationReport, EvaluationRequest } from '../protocol/evaluation.ts';

const columns = [
  'task',
  'label',
  'source',
  'probe',
  'share',
  'labels',
  'seed',
  'draw',
  'epoch',
  'validation',
  'test',
  'metric',
  'chance',
  'classes',
  'test_clips',
  'preset',
  'run',
  'step',
  'network',
  'split_seed',
  'fingerprint',
  'clips',
  'clips_seed',
  'noise',
  'background',
  'group',
  'train_share',
  'validation_share',
  'segments',
  'crops',
  'epochs',
  'batch_size',
  'learning_rate',
  'weight_decay',
  'depth',
  'complete_block',
  'neighbours',
];

const field = (value: string | number | null): string =>
  typeof value === 'number' ? String(value) : csvText(value ?? '');

/** Which clips, how they were parted and seen, and the recipe: the same for every trial, but for the passes that were taken. */
function settingsOf(
  { data, split, segments, views, recipe }: EvaluationRequest,
  epochs: number,
): (string | number | null)[] {
  const clips =
    data.kind === 'drawn'
      ? [data.clips, data.seed, data.noise, data.background, null]
      : [data.clipIds.length, null, null, null, data.group];
  const { batchSize, lr, weightDecay, depth, completeBlock, neighbours } = recipe;
  const learned = [epochs, batchSize, lr, weightDecay, depth, completeBlock ? 'yes' : 'no', neighbours];
  return [...clips, split.train, split.validation, segments, views, ...learned];
}

export function evaluationCsv(report: EvaluationReport): string {
  const { request } = report;
  const tests = report.counts.reduce((n, [, , test]) => n + test, 0);
  const lines = report.rows.flatMap((row) =>
    row.trials.map((t) =>
      [
        request.task,
        request.data.axis,
        row.source,
        row.probe,
        row.share,
        row.labels,
        t.seed,
        t.draw,
        t.epoch,
        t.validation,
        t.test,
        report.metric,
        report.chance,
        report.classes.length,
        tests,
        request.config.preset,
        row.source === 'beside' ? (request.beside?.runId ?? null) : request.runId,
        row.source === 'beside' ? (report.beside?.step ?? null) : report.step,
        request.network,
        request.split.seed,
        report.fingerprint,
        ...settingsOf(request, t.epochs),
      ]
        .map(field)
        .join(','),
    ),
  );
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
