// What all evaluations share: labelled clips and their split, trials over seeds and draws of few labels, rows of results,
// the confusion table, the report, and an estimate of the time left.

import { largest } from '../core/answers.ts';
import { fingerprintLabels } from '../core/data-fingerprint.ts';
import { StudioError } from '../core/errors.ts';
import { confusionCounts, deviation, mean, mostFrequentShare } from '../core/measures.ts';
import { fewLabels, type Split, splitItems } from '../core/splits.ts';
import type {
  Confusion,
  EvaluatedClip,
  EvaluationReport,
  EvaluationRequest,
  EvaluationRow,
  Trial,
} from '../protocol/evaluation.ts';
import type { ClipFrameSource } from './clips.ts';

/** A clip with what it is asked about. */
export interface LabelledClip {
  /** lasts longer than a session: who goes where in the split depends on it */
  id: string;
  name: string;
  label: string;
  /** clips of one group stay on one side of the split; null: alone */
  group: string | null;
  source: ClipFrameSource;
  clip: EvaluatedClip;
}

/** What tells of an evaluation while it goes on. */
export interface Telling {
  signal: AbortSignal;
  onRow: (row: EvaluationRow, secondsLeft: number | null) => void;
  onProgress: (stage: string, done: number, total: number) => void;
}

/** Few labels are drawn this often, as in the article. */
const draws = 3;

/** Trials of a share of labels: every seed, and with few labels every draw of every seed. */
export const trialsOf = (share: number, seeds: readonly number[]): { seed: number; draw: number }[] =>
  seeds.flatMap((seed) => Array.from({ length: share < 1 ? draws : 1 }, (_, draw) => ({ seed, draw })));

/** The labelled clips of a request, parted. */
export class LabelledSet {
  readonly clips: readonly LabelledClip[];
  readonly split: Split;
  /** class of every clip */
  readonly labels: number[];
  readonly #request: EvaluationRequest;
  readonly #began = Date.now();

  /** Throws StudioError 'config' where there is nothing to tell apart. */
  constructor(clips: readonly LabelledClip[], request: EvaluationRequest) {
    this.clips = clips;
    this.#request = request;
    this.split = splitItems(clips, request.split, request.split.seed);
    const { classes, train, test } = this.split;
    if (classes.length < 2)
      throw new StudioError(
        'config',
        `All ${clips.length} clips have the label ${classes[0] ?? 'none'}.`,
        'Add clips of another class, or choose another label.',
      );
    if (!test.length || !train.length)
      throw new StudioError(
        'config',
        `${clips.length} clips leave ${train.length} for training and ${test.length} for the test.`,
        'Add clips, or change the shares of the split.',
      );
    this.labels = clips.map((c) => classes.indexOf(c.label));
  }

  /** The test is the same for all seeds; the others are parted anew by each, so that also kNN has a spread. */
  parts(seed: number): { train: number[]; validation: number[] } {
    const base = this.split;
    if (seed === 0) return { train: base.train, validation: base.validation };
    const rest = [...base.train, ...base.validation];
    const { train, validation, seed: first } = this.#request.split;
    const again = splitItems(
      rest.map((i) => this.clips[i]),
      { train: train / (train + validation), validation: validation / (train + validation) },
      first + seed,
    );
    return { train: again.train.map((k) => rest[k]), validation: again.validation.map((k) => rest[k]) };
  }

  /** Training clips of a trial that keep their labels. */
  labelled(share: number, draw: number, seed: number): number[] {
    return fewLabels(this.parts(seed).train, this.labels, share, draw, this.#request.split.seed + seed);
  }

  row(line: Pick<EvaluationRow, 'source' | 'probe' | 'share'>, trials: Trial[]): EvaluationRow {
    const tests = trials.map((t) => t.test);
    const { source, probe, share } = line;
    return {
      source,
      probe,
      share,
      labels: this.labelled(share, 0, 0).length,
      trials,
      mean: mean(tests),
      deviation: tests.length > 1 ? deviation(tests) : 0,
    };
  }

  /** What the test clips were taken for; answers (test clips, classes). */
  confusion(probe: Confusion['probe'], answers: Float64Array): Confusion {
    const { test, classes } = this.split;
    const K = classes.length;
    const given = test.map((_, i) => largest(answers.subarray(i * K, (i + 1) * K)));
    const truth = test.map((i) => this.labels[i]);
    return {
      probe,
      counts: confusionCounts(truth, given, K),
      clips: test.map((i, k) => ({
        clip: this.clips[i].clip,
        truth: truth[k],
        answer: given[k],
        confidence: answers[k * K + given[k]],
      })),
    };
  }

  async report(
    rows: EvaluationRow[],
    confusion: Confusion | null,
    step: number | null,
    metric: EvaluationReport['metric'] = 'accuracy',
  ): Promise<EvaluationReport> {
    const { classes, counts, warnings, test } = this.split;
    return {
      request: this.#request,
      step,
      beside: null,
      classes,
      counts,
      fingerprint: await fingerprintLabels(this.clips.map(({ id, label }) => ({ name: id, label }))),
      chance: mostFrequentShare(test.map((i) => this.labels[i])),
      metric,
      rows,
      confusion,
      warnings,
      finishedAt: Date.now(),
      seconds: (Date.now() - this.#began) / 1000,
    };
  }
}

/** Counts what is left of each kind of work, and how long one of it took. */
export class WorkClock {
  readonly #kinds = new Map<string, { left: number; seconds: number; done: number }>();

  plan(kind: string, count: number): void {
    const known = this.#kinds.get(kind) ?? { left: 0, seconds: 0, done: 0 };
    this.#kinds.set(kind, { ...known, left: known.left + count });
  }

  /** Does one of the planned pieces. */
  async take<T>(kind: string, run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await run();
    const known = this.#kinds.get(kind);
    if (known) {
      known.seconds += (performance.now() - began) / 1000;
      known.done++;
      known.left--;
    }
    return result;
  }

  /** Seconds that the rest will take; null while a kind of work was never done. */
  left(): number | null {
    let seconds = 0;
    for (const { left, seconds: sum, done } of this.#kinds.values()) {
      if (left > 0 && !done) return null;
      if (left > 0) seconds += (left * sum) / done;
    }
    return seconds;
  }
}
