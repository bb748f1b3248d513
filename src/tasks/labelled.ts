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
  /** clips with the same one are copies of one file */
  file?: string;
  source: ClipFrameSource;
  clip: EvaluatedClip;
}

/** What tells of an evaluation while it goes on. */
export interface Telling {
  signal: AbortSignal;
  onRow: (row: EvaluationRow) => void;
  /** of a stage; secondsLeft: of the whole evaluation, null while unknown */
  onProgress: (stage: string, done: number, total: number, secondsLeft: number | null) => void;
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

  /** The test is the same for all seeds; the others are parted anew by each, so that also kNN has a spread, where they can be. */
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
    // so few groups that another parting leaves nothing to choose the epoch by: the first one stands
    if (!again.validation.length) return { train: base.train, validation: base.validation };
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

/** Counts what is left of each kind of work, and how long it took. Pieces of a kind may weigh more or less. */
export class WorkClock {
  readonly #kinds = new Map<string, { left: number; done: number; seconds: number; pieces: number }>();
  readonly #now: () => number;
  /** what is being done */
  #piece: { kind: string; weight: number; began: number; pace: Pace | null } | null = null;

  /** now: milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  plan(kind: string, weight: number): void {
    const known = this.#kinds.get(kind) ?? { left: 0, done: 0, seconds: 0, pieces: 0 };
    this.#kinds.set(kind, { ...known, left: known.left + weight });
  }

  /** Does one of the planned pieces; what was not planned is done and not counted. */
  async take<T>(kind: string, weight: number, run: () => Promise<T>): Promise<T> {
    const began = this.#now();
    this.#piece = { kind, weight, began, pace: null };
    const result = await run();
    this.#piece = null;
    const known = this.#kinds.get(kind);
    if (known) {
      // the first piece compiles kernels: it counts for as long as there is no other
      const first = known.pieces === 1;
      known.seconds = (first ? 0 : known.seconds) + (this.#now() - began) / 1000;
      known.done = (first ? 0 : known.done) + weight;
      known.left -= weight;
      known.pieces++;
    }
    return result;
  }

  /** Which share of what is being done is done, where that goes on evenly. The first report is the beginning of its pace. */
  reached(share: number): void {
    if (!this.#piece) return;
    const now = this.#now();
    const pace = (this.#piece.pace ??= { from: share, at: now, share, whole: null });
    pace.share = share;
    if (share > pace.from) pace.whole = (now - pace.at) / 1000 / (share - pace.from);
  }

  /** Seconds that the rest will take; null while a kind of work was never done and its pace is not known either. */
  left(): number | null {
    let seconds = 0;
    const piece = this.#piece;
    for (const [kind, { left, done, seconds: sum }] of this.#kinds) {
      if (left <= 0) continue;
      const here = piece?.kind === kind ? piece : null;
      if (done) {
        seconds += (left * sum) / done;
        if (here) seconds -= Math.min((this.#now() - here.began) / 1000, (here.weight * sum) / done);
        continue;
      }
      // the first of its kind goes by its own pace
      if (!here?.pace?.whole) return null;
      seconds += here.pace.whole * ((left - here.weight) / here.weight + 1 - here.pace.share);
    }
    return seconds;
  }
}

/** How evenly going work gets on. */
interface Pace {
  /** share that was done when it was first told, and when that was in milliseconds */
  from: number;
  at: number;
  /** share that is done now */
  share: number;
  /** seconds that all of it takes; null while that is not known */
  whole: number | null;
}
