// What the numbers say, as sentences that may well be disappointing. Trained features are compared with those of random
// weights, with chance and with the controls, probe by probe.

import type { EvaluationReport, EvaluationRow, FeatureSource } from '../protocol/evaluation.ts';

export interface Verdict {
  probe: EvaluationRow['probe'];
  /** helped: further ahead of random weights than twice the combined spread; ahead, behind: further than the combined
   * spread; same: within it; harmed: as helped, the other way round; alone: nothing to compare with */
  finding: 'helped' | 'ahead' | 'same' | 'behind' | 'harmed' | 'alone';
  text: string;
  /** how it stands to the kept run beside it */
  beside: string | null;
  /** what the controls say against it */
  doubts: string[];
}

export const probeNames: Record<EvaluationRow['probe'], string> = {
  attentive: 'Attentive probe',
  linear: 'Linear probe',
  knn: 'kNN',
  finetuned: 'Fine-tuned',
  boxes: 'Given boxes',
};

export const sourceNames: Record<EvaluationRow['source'], string> = {
  trained: 'trained',
  beside: 'kept run beside',
  random: 'random weights',
  colour: 'mean colour',
  shuffled: 'frames shuffled',
  still: 'one frame repeated',
  scratch: 'from scratch',
};

/** How far a mean is to be trusted: the deviation of its trials, but never less than what the N clips of the test allow,
 * since trials share them: √(p (1 − p) / N). The same serves for average precision, where it is rather too wide (Boyd, Eng
 * and Page 2013, Area under the precision-recall curve). */
export function spreadOf({ mean, deviation }: Pick<EvaluationRow, 'mean' | 'deviation'>, tests: number): number {
  return Math.max(deviation, Math.sqrt((Math.max(0, mean) * Math.max(0, 1 - mean)) / tests));
}

const combined = (a: number, b: number): number => Math.hypot(a, b);
const share = (value: number): string => value.toFixed(2);
/** Points as they follow from the numbers that are shown. */
const points = (a: number, b: number): string => {
  const n = Math.abs(Math.round(a * 100) - Math.round(b * 100));
  return `${n} ${n === 1 ? 'point' : 'points'}`;
};
const shown = (row: EvaluationRow): string =>
  row.trials.length > 1 ? `${share(row.mean)} ± ${share(row.deviation)}` : share(row.mean);

type Known = Pick<EvaluationReport, 'rows' | 'chance' | 'counts'> & {
  request: Pick<EvaluationReport['request'], 'data' | 'task'>;
};

/** A verdict per probe, on the largest share of labels. */
export function verdicts(report: Known): Verdict[] {
  const most = Math.max(...report.rows.map((r) => r.share));
  const rows = report.rows.filter((r) => r.share === most);
  return [...new Set(rows.map((r) => r.probe))].map((probe) =>
    verdictOf(
      report,
      probe,
      rows.filter((r) => r.probe === probe),
    ),
  );
}

/** Against what the trained weights are held: without training, or trained on the labels alone. */
const rival = (rows: readonly EvaluationRow[]): EvaluationRow | undefined =>
  rows.find((r) => r.source === 'random') ?? rows.find((r) => r.source === 'scratch');

function verdictOf(report: Known, probe: EvaluationRow['probe'], rows: EvaluationRow[]): Verdict {
  const { chance, counts } = report;
  const tests = counts.reduce((n, [, , test]) => n + test, 0);
  const trained = rows.find((r) => r.source === 'trained');
  const other = rival(rows);
  const asked = report.request.task === 'detect' ? 'boxes' : report.request.data.axis;
  const head = `${probeNames[probe]} on ${asked}`;
  const guess = `chance ${share(chance)}`;
  if (!trained || !other) {
    const numbers = [...(trained ? [trained] : rows)].map((r) => `${sourceNames[r.source]} ${shown(r)}`);
    return { probe, finding: 'alone', text: `${head}: ${[...numbers, guess].join(', ')}.`, beside: null, doubts: [] };
  }
  const seeds = Math.min(trained.trials.length, other.trials.length);
  const told = `${head}: trained ${shown(trained)}, ${sourceNames[other.source]} ${shown(other)}, ${guess}`;
  const difference = trained.mean - other.mean;
  const spread = combined(spreadOf(trained, tests), spreadOf(other, tests));
  const by = points(trained.mean, other.mean);
  const basis = seeds === 1 ? 'one seed, so the spread is unknown' : `${seeds} trials`;
  const [finding, said] = judge(difference, spread, by, other.source === 'scratch');
  return {
    probe,
    finding,
    text: `${told}: ${said} (${basis}).`,
    beside: besideOf(
      trained,
      rows.find((r) => r.source === 'beside'),
      tests,
    ),
    doubts: doubtsOf(trained, rows, chance, tests),
  };
}

function judge(difference: number, spread: number, by: string, scratch: boolean): [Verdict['finding'], string] {
  const what = scratch ? 'pre-training' : 'the training';
  const than = scratch ? 'training from scratch' : 'random weights';
  if (difference > 2 * spread) return ['helped', `${what} helped by ${by}`];
  if (difference > spread) return ['ahead', `ahead by ${by}, which is less than twice the spread and may be luck`];
  if (difference >= -spread) return ['same', `no better than ${than}`];
  if (difference >= -2 * spread)
    return ['behind', `behind by ${by}, which is less than twice the spread and may be luck`];
  return ['harmed', `worse than ${than} by ${by}`];
}

/** Both runs were trained, so neither is the one that should win. */
function besideOf(trained: EvaluationRow, beside: EvaluationRow | undefined, tests: number): string | null {
  if (!beside) return null;
  const difference = trained.mean - beside.mean;
  const spread = combined(spreadOf(trained, tests), spreadOf(beside, tests));
  const by = points(trained.mean, beside.mean);
  const told = `The kept run beside it ${shown(beside)}`;
  if (Math.abs(difference) <= spread) return `${told}: no difference beyond the spread.`;
  const who = difference > 0 ? 'this run is ahead' : 'it is ahead';
  return `${told}: ${who} by ${by}${Math.abs(difference) > 2 * spread ? '' : ', less than twice the spread, which may be luck'}.`;
}

const controls: Partial<Record<FeatureSource, string>> = {
  colour: 'The mean colour alone does as well, so no network is needed for this',
  shuffled: 'Shuffled frames do as well, so the order of the frames is not used',
  still: 'One repeated frame does as well, so motion is not used',
};

/** Controls that are within the spread of the trained features or above them; and chance. */
function doubtsOf(trained: EvaluationRow, rows: EvaluationRow[], chance: number, tests: number): string[] {
  const own = spreadOf(trained, tests);
  const doubts = rows.flatMap((row) => {
    const text = row.source === 'scratch' ? undefined : controls[row.source];
    if (!text || trained.mean - row.mean > combined(own, spreadOf(row, tests))) return [];
    return [`${text} (${shown(row)}).`];
  });
  if (trained.mean - chance <= own) doubts.unshift('Guessing the most frequent class does as well.');
  return doubts;
}
