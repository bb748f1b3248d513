// What the numbers say, as sentences that may well be disappointing. Trained features are compared with those of random
// weights, with chance and with the controls, probe by probe.

import { hundredths, toHundredths } from '../core/hundredths.ts';
import { type Interval, scoreInterval } from '../core/measures.ts';
import { fewestTestClips } from '../core/split-warnings.ts';
import { numbered } from '../core/numbered.ts';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';

export interface Verdict {
  probe: EvaluationRow['probe'];
  /** helped: further ahead of random weights than twice the combined spread, on a test of some size and beyond chance; ahead,
   * behind: further than the combined spread; same: within it; harmed: as helped, the other way round; alone: nothing to
   * compare with */
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

type Measured = Pick<EvaluationRow, 'mean' | 'deviation'>;

/** Between what a mean may lie, z spreads down and up: z deviations of its trials, but never less than the N clips of the test
 * allow, since trials share them. The score interval serves for average precision too, where it is rather too wide (Boyd, Eng
 * and Page 2013, Area under the precision-recall curve). */
export function limitsOf({ mean, deviation }: Measured, tests: number, z: number): Interval {
  const { low, high } = scoreInterval(mean, tests, z);
  return { low: Math.min(low, mean - z * deviation), high: Math.max(high, mean + z * deviation) };
}

/** Whether a is ahead of b by more than z spreads of both (Newcombe 1998, interval for a difference of proportions). */
const isAhead = (a: Measured, b: Measured, tests: number, z: number): boolean =>
  a.mean - b.mean > Math.hypot(a.mean - limitsOf(a, tests, z).low, limitsOf(b, tests, z).high - b.mean);

/** How many clips were tested, all classes together; few: too few to believe any difference. */
interface Test {
  tests: number;
  few: boolean;
}

function testOf({ counts }: Pick<EvaluationReport, 'counts'>): Test {
  const tests = counts.reduce((n, [, , test]) => n + test, 0);
  return { tests, few: tests < fewestTestClips * counts.length };
}

/** Whether answers so good may be guessed. */
const mayBeGuessed = (row: Measured, chance: number, { tests }: Test): boolean => limitsOf(row, tests, 1).low <= chance;

/**
 * The row with the largest mean, null where several show the same; clear: ahead of all others by more than the spread, on a
 * test of some size and beyond chance.
 */
export function bestOf(
  rows: readonly EvaluationRow[],
  report: Pick<EvaluationReport, 'counts' | 'chance'>,
): { row: EvaluationRow; clear: boolean } | null {
  if (!rows.length) return null;
  const test = testOf(report);
  const row = rows.reduce((best, r) => (r.mean > best.mean ? r : best));
  if (rows.some((r) => r !== row && hundredths(r.mean) === hundredths(row.mean))) return null;
  const ahead = rows.length > 1 && rows.every((r) => r === row || isAhead(row, r, test.tests, 1));
  return { row, clear: ahead && !test.few && !mayBeGuessed(row, report.chance, test) };
}

/** Points as they follow from the numbers that are shown. */
const points = (a: number, b: number): string => {
  const n = Math.abs(hundredths(a) - hundredths(b));
  return n === 0 ? 'less than a point' : numbered(n, 'point');
};
const shown = (row: EvaluationRow): string =>
  row.trials.length > 1 ? `${toHundredths(row.mean)} ± ${toHundredths(row.deviation)}` : toHundredths(row.mean);

type Known = Pick<EvaluationReport, 'rows' | 'chance' | 'counts'> & {
  request: Pick<EvaluationReport['request'], 'data' | 'task'>;
};

/** What the answers are about. */
export const askedOf = ({ task, data }: Known['request']): string =>
  task === 'detect' ? `the ${data.axis} of each body` : data.axis;

/** What chance is: boxes are found by scores, and drawn by lot those rank them anyhow. */
export const guessOf = (task: Known['request']['task']): string =>
  task === 'detect' ? 'scores drawn by lot' : 'guessing the most frequent class';

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
  const { chance } = report;
  const test = testOf(report);
  const trained = rows.find((r) => r.source === 'trained');
  const other = rival(rows);
  const head = `${probeNames[probe]} on ${askedOf(report.request)}`;
  const guess = `chance ${toHundredths(chance)}`;
  if (!trained || !other) {
    const numbers = [...(trained ? [trained] : rows)].map((r) => `${sourceNames[r.source]} ${shown(r)}`);
    return { probe, finding: 'alone', text: `${head}: ${[...numbers, guess].join(', ')}.`, beside: null, doubts: [] };
  }
  const seeds = Math.min(trained.trials.length, other.trials.length);
  const told = `${head}: trained ${shown(trained)}, ${sourceNames[other.source]} ${shown(other)}, ${guess}`;
  const basis =
    seeds === 1
      ? `one seed on ${clips(test)}, so how far seeds differ is unknown`
      : `${seeds} trials on ${clips(test)}`;
  const guessed = mayBeGuessed(trained, chance, test);
  const [finding, said] = judge(trained, other, test, guessed);
  return {
    probe,
    finding,
    text: `${told}: ${said} (${basis}).`,
    beside: besideOf(
      trained,
      rows.find((r) => r.source === 'beside'),
      test,
    ),
    doubts: guessed
      ? [doubtOfChance(trained, chance, test, guessOf(report.request.task))]
      : doubtsOf(trained, rows, test),
  };
}

const clips = ({ tests }: Test): string => numbered(tests, 'test clip');

/** By how many spreads a is ahead of b: 2, 1, 0, or less than that where b is ahead. */
function spreadsAhead(a: EvaluationRow, b: EvaluationRow, { tests }: Test): -2 | -1 | 0 | 1 | 2 {
  if (a.mean < b.mean) return isAhead(b, a, tests, 2) ? -2 : isAhead(b, a, tests, 1) ? -1 : 0;
  return isAhead(a, b, tests, 2) ? 2 : isAhead(a, b, tests, 1) ? 1 : 0;
}

/** What a difference is held against: of one trial there is no spread, only what the choice of the test leaves open. */
const spreadOf = (rows: readonly EvaluationRow[], test: Test): string =>
  rows.every((row) => row.trials.length > 1) ? 'the spread' : `what ${clips(test)} leave open`;

const luck = (spread: string): string => `which is less than twice ${spread} and may be luck`;

/** guessed: the trained features may be at chance, so that nothing is good about them. */
function judge(
  trained: EvaluationRow,
  other: EvaluationRow,
  test: Test,
  guessed: boolean,
): [Verdict['finding'], string] {
  const scratch = other.source === 'scratch';
  const what = scratch ? 'pre-training' : 'the training';
  const than = scratch ? 'training from scratch' : 'random weights';
  const by = points(trained.mean, other.mean);
  const ahead = spreadsAhead(trained, other, test);
  const tooFew = `but ${clips(test)} are too few to tell`;
  if (ahead > 0 && test.few) return ['ahead', `ahead by ${by}, ${tooFew}`];
  if (ahead < 0 && test.few) return ['behind', `behind by ${by}, ${tooFew}`];
  if (ahead === 2 && guessed) return ['ahead', `ahead by ${by}, but not beyond chance`];
  if (ahead === 2) return ['helped', `${what} helped by ${by}`];
  const spread = spreadOf([trained, other], test);
  if (ahead === 1) return ['ahead', `ahead by ${by}, ${luck(spread)}`];
  if (ahead === -1) return ['behind', `behind by ${by}, ${luck(spread)}`];
  if (ahead === -2) return ['harmed', `worse than ${than} by ${by}`];
  return trained.mean > other.mean || test.few
    ? ['same', `cannot be told apart from ${than}`]
    : ['same', `no better than ${than}`];
}

/** Both runs were trained, so neither is the one that should win. */
function besideOf(trained: EvaluationRow, beside: EvaluationRow | undefined, test: Test): string | null {
  if (!beside) return null;
  const ahead = spreadsAhead(trained, beside, test);
  const by = points(trained.mean, beside.mean);
  const told = `The kept run beside it ${shown(beside)}`;
  const spread = spreadOf([trained, beside], test);
  if (ahead === 0) return `${told}: no difference beyond ${spread}.`;
  const who = ahead > 0 ? 'this run is ahead' : 'it is ahead';
  const weak = test.few
    ? `, but ${clips(test)} are too few to tell`
    : Math.abs(ahead) < 2
      ? `, less than twice ${spread}, which may be luck`
      : '';
  return `${told}: ${who} by ${by}${weak}.`;
}

/** What a control says that is not behind the trained features, and one that is behind by less than the spread. */
const controls: Partial<Record<EvaluationRow['source'], { equal: string; near: string }>> = {
  colour: {
    equal: 'The mean colour alone does as well, so no network is needed for this',
    near: 'The mean colour alone cannot be told apart from the trained features, so nothing shows that this needs a network',
  },
  shuffled: {
    equal: 'Shuffled frames do as well, so the order of the frames is not used',
    near: 'Shuffled frames cannot be told apart from ordered ones, so nothing shows that the order of the frames is used',
  },
  still: {
    equal: 'One repeated frame does as well, so motion is not used',
    near: 'One repeated frame cannot be told apart from the moving clip, so nothing shows that motion is used',
  },
};

/** Controls that are within the spread of the trained features or above them. */
const doubtsOf = (trained: EvaluationRow, rows: readonly EvaluationRow[], test: Test): string[] =>
  rows.flatMap((row) => {
    const said = controls[row.source];
    if (!said || isAhead(trained, row, test.tests, 1)) return [];
    const near = trained.mean > row.mean || test.few;
    const both = `${shown(row)} against ${shown(trained)}`;
    return [near ? `${said.near} (${both}, ${clips(test)}).` : `${said.equal} (${both}).`];
  });

/** Where the answers may be guessed, nothing else against them is worth saying. `guess`: what chance is. */
const doubtOfChance = ({ mean }: EvaluationRow, chance: number, test: Test, guess: string): string =>
  mean > chance || test.few
    ? `This cannot be told apart from ${guess} on ${clips(test)}.`
    : `${guess[0].toUpperCase()}${guess.slice(1)} would do as well.`;
