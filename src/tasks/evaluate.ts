// Evaluation: what frozen features know, beside the same network with random weights, controls and chance. Which probes on
// which features with which labels is planned first, so that progress and time left can be told.

import { largest } from '../core/answers.ts';
import { confusionCounts, deviation, mean, mostFrequentShare } from '../core/measures.ts';
import { StudioError } from '../core/errors.ts';
import { fingerprintLabels } from '../core/data-fingerprint.ts';
import { fewLabels, type Split, splitItems } from '../core/splits.ts';
import type {
  Confusion,
  EvaluatedClip,
  EvaluationReport,
  EvaluationRequest,
  EvaluationRow,
  FeatureSource,
  ProbeKind,
  Trial,
} from '../protocol/evaluation.ts';
import type { Classifier } from '../train/classifier.ts';
import type { ClipFrameSource } from './clips.ts';
import type { FrozenFeatures } from './frozen.ts';
import { type ProbeOutcome, type Probes, runProbe } from './probe.ts';

/** A clip with what it is asked about. */
export interface LabelledClip {
  id: string;
  name: string;
  label: string;
  /** clips of one group stay on one side of the split; null: alone */
  group: string | null;
  source: ClipFrameSource;
  clip: EvaluatedClip;
}

export interface EvaluationTools {
  frozen: Pick<FrozenFeatures, 'read'>;
  probes: Probes;
  signal: AbortSignal;
  /** seeds are counted from here; 0 unless told */
  firstSeed?: number;
  /** the first attentive probe with all labels, still as it was trained */
  remember: (classifier: Classifier) => Promise<void>;
  onRow: (row: EvaluationRow, secondsLeft: number | null) => void;
  onProgress: (stage: string, done: number, total: number) => void;
}

/** Few labels are drawn this often, as in the article. */
const draws = 3;

/** One line of the table: a probe on a kind of features with a share of the labels. */
interface Line {
  source: FeatureSource;
  probe: ProbeKind;
  share: number;
}

/** Controls answer with all labels only; the colour control has no tokens that a query could look over. */
export function linesOf(r: EvaluationRequest): Line[] {
  const sources = r.sources.filter((s) => s !== 'trained' || r.runId !== null);
  return sources.flatMap((source) =>
    r.probes
      .filter((probe) => source !== 'colour' || probe !== 'attentive')
      .flatMap((probe) =>
        r.shares
          .filter((share) => share === 1 || source === 'trained' || source === 'random')
          .map((share) => ({ source, probe, share })),
      ),
  );
}

/** Trials of a line: every seed, and with few labels every draw of every seed. */
const trialsOf = (line: Line, seeds: number[]): { seed: number; draw: number }[] =>
  seeds.flatMap((seed) => Array.from({ length: line.share < 1 ? draws : 1 }, (_, draw) => ({ seed, draw })));

/** The test is the same for all seeds; the others are parted anew by each, so that also kNN has a spread. */
export function partsOf(
  items: { id: string; label: string; group: string | null }[],
  base: Split,
  request: EvaluationRequest,
  seed: number,
): { train: number[]; validation: number[] } {
  if (seed === 0) return { train: base.train, validation: base.validation };
  const rest = [...base.train, ...base.validation];
  const { train, validation } = request.split;
  const again = splitItems(
    rest.map((i) => items[i]),
    { train: train / (train + validation), validation: validation / (train + validation) },
    request.split.seed + seed,
  );
  return { train: again.train.map((k) => rest[k]), validation: again.validation.map((k) => rest[k]) };
}

/** Runs a whole evaluation with frozen features. Throws when aborted; rows come as they are done. */
export async function evaluateProbes(
  request: EvaluationRequest,
  clips: readonly LabelledClip[],
  step: number | null,
  tools: EvaluationTools,
): Promise<EvaluationReport> {
  const began = Date.now();
  const items = clips.map(({ id, label, group }) => ({ id, label, group }));
  const split = splitItems(items, request.split, request.split.seed);
  const { classes } = split;
  if (classes.length < 2)
    throw new StudioError(
      'config',
      `All ${clips.length} clips have the label ${classes[0] ?? 'none'}.`,
      'Add clips of another class, or choose another label.',
    );
  if (!split.test.length || !split.train.length)
    throw new StudioError(
      'config',
      `${clips.length} clips leave ${split.train.length} for training and ${split.test.length} for the test.`,
      'Add clips, or change the shares of the split.',
    );
  const labels = clips.map((c) => classes.indexOf(c.label));
  const { signal, firstSeed = 0 } = tools;
  const seeds = Array.from({ length: request.seeds }, (_, i) => firstSeed + i);
  const lines = linesOf(request);
  const clock = new Clock();
  const work = plan(lines, seeds);
  const rows: EvaluationRow[] = [];
  let confusion: Confusion | null = null;
  let remembered = false;

  for (const source of new Set(lines.map((l) => l.source))) {
    const own = lines.filter((l) => l.source === source);
    const trials = new Map<Line, Trial[]>(own.map((l) => [l, []]));
    // random weights: a network of its own for every seed; all others have one
    for (const n of source === 'random' ? seeds : [firstSeed]) {
      const features = await clock.measure('features', clips.length, () =>
        tools.frozen.read(clips, source, n, request, signal, (done) =>
          tools.onProgress(stageNames[source], done, clips.length),
        ),
      );
      work.features--;
      for (const line of own) {
        for (const { seed, draw } of trialsOf(line, seeds)) {
          if (source === 'random' && seed !== n) continue;
          const parts = partsOf(items, split, request, seed);
          const train = fewLabels(parts.train, labels, line.share, draw, request.split.seed + seed);
          const outcome = await clock.measure(line.probe, 1, () =>
            runProbe(
              tools.probes,
              line.probe,
              {
                features,
                labels,
                classes: classes.length,
                ...parts,
                train,
                test: split.test,
                recipe: request.recipe,
                seed,
              },
              signal,
              (done, total) => tools.onProgress(`${probeNames[line.probe]}, ${stageNames[source]}`, done, total),
            ),
          );
          work[line.probe]--;
          const { validation, epoch, test } = outcome;
          trials.get(line)!.push({ seed, draw, validation, epoch, test });
          confusion ??= line.share === 1 ? confusionOf(line.probe, outcome, split, labels, clips) : null;
          if (outcome.classifier && line.share === 1 && !remembered) {
            remembered = true;
            await tools.remember(outcome.classifier);
          }
        }
        const done = trials.get(line)!;
        if (done.length < trialsOf(line, seeds).length) continue;
        const labelled = fewLabels(split.train, labels, line.share, 0, request.split.seed).length;
        const row = rowOf(line, labelled, done);
        rows.push(row);
        tools.onRow(row, clock.left(work, clips.length));
      }
    }
  }
  return {
    request,
    step,
    classes,
    counts: split.counts,
    fingerprint: await fingerprintLabels(clips.map(({ id, label }) => ({ name: id, label }))),
    chance: mostFrequentShare(split.test.map((i) => labels[i])),
    metric: 'accuracy',
    rows,
    confusion,
    warnings: split.warnings,
    finishedAt: Date.now(),
    seconds: (Date.now() - began) / 1000,
  };
}

const stageNames: Record<FeatureSource, string> = {
  trained: 'Trained features',
  random: 'Random weights',
  shuffled: 'Frames shuffled',
  still: 'One frame repeated',
  colour: 'Mean colour',
};
const probeNames: Record<ProbeKind, string> = {
  attentive: 'Attentive probe',
  linear: 'Linear probe',
  knn: 'Neighbours',
};

function rowOf(line: Line, labels: number, trials: Trial[]): EvaluationRow {
  const tests = trials.map((t) => t.test);
  return { ...line, labels, trials, mean: mean(tests), deviation: tests.length > 1 ? deviation(tests) : 0 };
}

/** What the test clips were taken for. */
function confusionOf(
  probe: ProbeKind,
  { answers }: ProbeOutcome,
  split: Split,
  labels: readonly number[],
  clips: readonly LabelledClip[],
): Confusion {
  const K = split.classes.length;
  const given = split.test.map((_, i) => largest(answers.subarray(i * K, (i + 1) * K)));
  const truth = split.test.map((i) => labels[i]);
  return {
    probe,
    counts: confusionCounts(truth, given, K),
    clips: split.test.map((i, k) => ({
      clip: clips[i].clip,
      truth: truth[k],
      answer: given[k],
      confidence: answers[k * K + given[k]],
    })),
  };
}

/** Work that is left: passes over all clips, and trials by probe. */
type Work = Record<'features' | ProbeKind, number>;

function plan(lines: Line[], seeds: number[]): Work {
  const work: Work = { features: 0, attentive: 0, linear: 0, knn: 0 };
  for (const source of new Set(lines.map((l) => l.source))) work.features += source === 'random' ? seeds.length : 1;
  for (const line of lines) work[line.probe] += trialsOf(line, seeds).length;
  return work;
}

/** How long a unit of each kind of work took. */
class Clock {
  readonly #seconds = new Map<string, { sum: number; units: number }>();

  async measure<T>(kind: keyof Work, units: number, run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await run();
    const known = this.#seconds.get(kind) ?? { sum: 0, units: 0 };
    known.sum += (performance.now() - began) / 1000;
    known.units += units;
    this.#seconds.set(kind, known);
    return result;
  }

  /** Seconds that the rest will take, or null while a kind of work was never done. */
  left(work: Work, clips: number): number | null {
    let seconds = 0;
    for (const [kind, count] of Object.entries(work)) {
      const known = this.#seconds.get(kind);
      if (count > 0 && !known) return null;
      if (known) seconds += (count * (kind === 'features' ? clips : 1) * known.sum) / known.units;
    }
    return seconds;
  }
}
