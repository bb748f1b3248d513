// Evaluation with frozen features: what they know, beside the same network with random weights, controls and chance. Which
// probes on which features with which labels is planned first, so that progress and time left can be told.

import type {
  Confusion,
  EvaluationReport,
  EvaluationRequest,
  EvaluationRow,
  FeatureSource,
  ProbeKind,
  Trial,
} from '../protocol/evaluation.ts';
import type { Classifier } from '../train/classifier.ts';
import type { FrozenFeatures } from './frozen.ts';
import { type LabelledClip, LabelledSet, type Telling, trialsOf, WorkClock } from './labelled.ts';
import { probeLength, type Probes, runProbe } from './probe.ts';

export interface EvaluationTools extends Telling {
  frozen: Pick<FrozenFeatures, 'read'>;
  probes: Probes;
  /** seeds are counted from here; 0 unless told */
  firstSeed?: number;
  /** the first attentive probe with all labels, still as it was trained */
  remember: (classifier: Classifier) => Promise<void>;
}

/** One line of the table: a probe on a kind of features with a share of the labels. */
interface Line {
  source: FeatureSource;
  probe: ProbeKind;
  share: number;
}

/** What takes something away from the trained features; of interest with all labels alone. */
const controls: ReadonlySet<FeatureSource> = new Set(['colour', 'shuffled', 'still']);

/** Colours are next to no work, and not counted as such. */
const needsNetwork = (source: FeatureSource): boolean => source !== 'colour';

/** Controls answer with all labels only; the colour control has no tokens that a query could look over. */
export function linesOf(r: EvaluationRequest): Line[] {
  const own = r.sources.filter((s) => s !== 'trained' || r.runId !== null);
  const sources: FeatureSource[] = r.beside ? [...own, 'beside'] : own;
  return sources.flatMap((source) =>
    r.probes
      .filter((probe) => source !== 'colour' || probe !== 'attentive')
      .flatMap((probe) =>
        r.shares.filter((share) => share === 1 || !controls.has(source)).map((share) => ({ source, probe, share })),
      ),
  );
}

/** Runs a whole evaluation. Throws when aborted; rows come as they are done. */
export async function evaluateProbes(
  request: EvaluationRequest,
  clips: readonly LabelledClip[],
  step: number | null,
  tools: EvaluationTools,
): Promise<EvaluationReport> {
  const set = new LabelledSet(clips, request);
  const { signal, firstSeed = 0 } = tools;
  const seeds = Array.from({ length: request.seeds }, (_, i) => firstSeed + i);
  const lines = linesOf(request);
  const sources = [...new Set(lines.map((l) => l.source))];
  // random weights: a network of its own for every seed; all others have one
  const networks = (source: FeatureSource) => (source === 'random' ? seeds : [firstSeed]);
  const clock = new WorkClock();
  for (const source of sources) if (needsNetwork(source)) clock.plan('features', networks(source).length);
  const weight = (probe: ProbeKind, share: number): number => {
    if (probe === 'knn') return 1;
    const { epochs, perEpoch } = probeLength(request.recipe, set.labelled(share, 0, 0).length);
    return epochs * perEpoch;
  };
  for (const { probe, share } of lines) clock.plan(probe, trialsOf(share, seeds).length * weight(probe, share));
  const onProgress = (stage: string, done: number, total: number) => tools.onProgress(stage, done, total, clock.left());
  const rows: EvaluationRow[] = [];
  let confusion: Confusion | null = null;
  let remembered = false;

  for (const source of sources) {
    const trials = new Map(lines.filter((l) => l.source === source).map((l): [Line, Trial[]] => [l, []]));
    for (const network of networks(source)) {
      const features = await clock.take(needsNetwork(source) ? 'features' : source, 1, () =>
        tools.frozen.read(clips, source, network, request, signal, (done) =>
          onProgress(stageNames[source], done, clips.length),
        ),
      );
      const pieces = [...trials].flatMap(([line, made]) =>
        trialsOf(line.share, seeds)
          .filter((t) => source !== 'random' || t.seed === network)
          .map((t) => ({ ...t, line, made })),
      );
      for (const { line, made, seed, draw } of source === sources[0] ? eachProbeEarly(pieces) : pieces) {
        const { probe, share } = line;
        const task = {
          features,
          labels: set.labels,
          classes: set.split.classes.length,
          train: set.labelled(share, draw, seed),
          validation: set.parts(seed).validation,
          test: set.split.test,
          recipe: request.recipe,
          seed,
        };
        const onStep = (done: number, total: number) =>
          onProgress(`${probeNames[probe]}, ${stageNames[source]}`, done, total);
        const outcome = await clock.take(probe, weight(probe, share), () =>
          runProbe(tools.probes, probe, task, signal, onStep),
        );
        const { validation, epoch, epochs, test, answers, classifier } = outcome;
        made.push({ seed, draw, validation, epoch, epochs, test });
        if (share === 1) confusion ??= set.confusion(probe, answers);
        if (classifier && share === 1 && !remembered) {
          remembered = true;
          await tools.remember(classifier);
        }
        if (made.length < trialsOf(share, seeds).length) continue;
        const row = set.row(line, made);
        rows.push(row);
        tools.onRow(row);
      }
    }
  }
  return set.report(rows, confusion, step);
}

/** How many pieces of a probe tell how long the others will take: the first compiles, and says little. */
const telling = 2;

/** The first pieces of every probe before all others: the time left is known when each was done. */
function eachProbeEarly<T extends { line: Line }>(pieces: readonly T[]): T[] {
  const probes = new Set(pieces.map(({ line }) => line.probe));
  const early = [...probes].flatMap((probe) => pieces.filter(({ line }) => line.probe === probe).slice(0, telling));
  return [...early, ...pieces.filter((piece) => !early.includes(piece))];
}

const stageNames: Record<FeatureSource, string> = {
  trained: 'Trained features',
  beside: 'The kept run beside',
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
