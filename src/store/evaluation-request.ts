// From what is chosen to what is asked: classes and their clips, the request, and what is wrong with it before it starts.

import type { RunConfig } from '../core/config.ts';
import { fewestTestClips } from '../core/split-warnings.ts';
import { nameSome, numbered } from '../core/numbered.ts';
import { type SplitItem, splitItems } from '../core/splits.ts';
import { checkEvaluation, inRange, leastDrawn, mostDrawn } from '../protocol/check-evaluation.ts';
import type { ChosenSource, EvaluationData, EvaluationRequest } from '../protocol/evaluation.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { askedDrawn } from '../video/asked-drawn.ts';
import { lastingNames } from '../video/labels.ts';
import { colourNames, directionNames, rotationNames, speedNames } from '../video/procedural.ts';
import { shapeNames, textureNames } from '../video/shapes.ts';
import type { EvaluationChoices } from './evaluate.ts';
import type { RunView } from './studio.ts';

/** Label axes of drawn clips, each with its classes. */
export const drawnAxes: Readonly<Record<string, readonly string[]>> = {
  shape: shapeNames,
  direction: directionNames,
  speed: speedNames,
  rotation: rotationNames,
  texture: textureNames,
  colour: colourNames,
};

export interface ClassCount {
  name: string;
  /** clips of this class, and how many of them are for training, for choosing and for the test */
  clips: number;
  train: number;
  validation: number;
  test: number;
}

const ofMine = (clips: readonly ClipInfo[]): ClipInfo[] => clips.filter((c) => c.source === 'file');

/** Labels that the user's clips carry. */
export const libraryAxes = (clips: readonly ClipInfo[]): string[] =>
  [...new Set(ofMine(clips).flatMap((c) => Object.keys(c.labels)))].sort();

const labelled = (clips: readonly ClipInfo[], axis: string): ClipInfo[] =>
  ofMine(clips).filter((c) => Object.hasOwn(c.labels, axis));

/** What of the choices says which clips there are and how they are parted. */
export type Parted = Pick<EvaluationChoices, 'data' | 'drawn' | 'library' | 'task' | 'split'>;

/** Labelled clips as the evaluation will part them. */
function itemsOf({ data, drawn, library, task }: Parted, clips: readonly ClipInfo[]): SplitItem[] {
  if (data === 'drawn') {
    const count = inRange(drawn.clips, leastDrawn, mostDrawn) ? drawn.clips : 0;
    return askedDrawn(drawn.seed, count, drawn.axis, task === 'detect').flatMap(({ id, label }) =>
      label === undefined ? [] : [{ id, label, group: null }],
    );
  }
  const { axis, group } = library;
  const mine = labelled(clips, axis);
  const names = lastingNames(mine);
  return mine.map(({ clipId, labels, copyOf }, i) => ({
    id: names[i],
    label: labels[axis],
    group: group === null ? null : (labels[group] ?? null),
    file: copyOf ?? clipId,
  }));
}

/** Classes and their clips as the split of the evaluation has them; shares that cannot be taken give all clips to no part. */
export function classCounts(choices: Parted, clips: readonly ClipInfo[]): ClassCount[] {
  const { split } = choices;
  const items = itemsOf(choices, clips);
  const possible = split.train > 0 && split.validation >= 0 && split.train + split.validation <= 1;
  const { classes, counts } = splitItems(items, possible ? split : { train: 1, validation: 0 }, split.seed);
  return classes.map((name, c) => {
    const [train, validation, test] = counts[c];
    const all = train + validation + test;
    return possible
      ? { name, clips: all, train, validation, test }
      : { name, clips: all, train: 0, validation: 0, test: 0 };
  });
}

/** The run whose weights can be asked about: one that has taken steps. */
export const evaluable = (run: RunView | null): RunView | null =>
  run !== null && run.step > 0 && !run.weightless ? run : null;

/** Sources that need no trained weights. */
const untrained: readonly ChosenSource[] = ['random', 'colour'];

const dataOf = ({ data, drawn, library }: EvaluationChoices, clips: readonly ClipInfo[]): EvaluationData =>
  data === 'drawn'
    ? { kind: 'drawn', ...drawn }
    : { kind: 'library', clipIds: labelled(clips, library.axis).map((c) => c.clipId), ...library };

interface Around {
  run: RunView | null;
  /** settings in force; their random weights are asked about where there is no run */
  config: RunConfig;
  clips: readonly ClipInfo[];
  /** what may stand beside: names and words of kept runs */
  kept: readonly { runId: string; label: string }[];
}

export function requestOf(choices: EvaluationChoices, { run, config, clips, kept }: Around): EvaluationRequest {
  const trained = choices.weights === 'run' ? evaluable(run) : null;
  const { task, network, split, probes, sources, shares, seeds, segments, views, recipe } = choices;
  return {
    task,
    runId: trained?.runId ?? null,
    config: trained?.config ?? config,
    // a run beside itself says nothing
    beside:
      (task === 'probe' && trained && kept.find(({ runId }) => runId === choices.beside && runId !== trained.runId)) ||
      null,
    network,
    data: dataOf(choices, clips),
    split,
    probes,
    sources: trained ? sources : sources.filter((s) => untrained.includes(s)),
    shares: [...shares].sort((a, b) => a - b),
    seeds,
    segments,
    views,
    recipe,
  };
}

export interface Findings {
  /** what keeps it from starting: a field and a sentence */
  obstacles: { field: string; message: string }[];
  /** what makes its numbers mean less */
  warnings: string[];
}

/** What is wrong with a request before it is sent. */
export function checkRequest(
  request: EvaluationRequest,
  counts: readonly ClassCount[],
  clips: readonly ClipInfo[],
): Findings {
  const { data } = request;
  const obstacles: Findings['obstacles'] = checkEvaluation(request);
  const refuse = (field: string, message: string) => obstacles.push({ field, message });
  if (data.kind === 'library' && !counts.length) {
    const others = libraryAxes(clips);
    const other = others.length ? `choose another label (${nameSome(others)}), ` : '';
    refuse(
      'axis',
      `None of my clips carries the label ${data.axis}: ${other}add a folder for each class, or a CSV with a path and a label a line.`,
    );
  }
  if (counts.length === 1)
    refuse('axis', `There is one class, “${counts[0].name}”: add clips of a second one, or choose another label.`);
  // shares that leave no test are refused above
  if (!obstacles.length && counts.length > 1)
    for (const [part, name] of [
      ['train', 'to learn from'],
      ['test', 'for the test'],
    ] as const)
      if (counts.every((c) => c[part] === 0))
        refuse(
          'split',
          data.kind === 'library' && data.group !== null
            ? `Clips of one ${data.group} stay together, and all of them are of one, which leaves none ${name}: add clips of another, or split by file.`
            : `${numbered(
                counts.reduce((n, c) => n + c.clips, 0),
                'clip',
              )} leave none ${name}: add clips, or change the shares.`,
        );
  return { obstacles, warnings: obstacles.length ? [] : weaknesses(request, counts, clips) };
}

/** What is said of clips that are one file: each set of them by the first that is there. */
function copiesAmong(clips: readonly ClipInfo[], axis: string): string[] {
  const firsts = new Map<string, ClipInfo>();
  const copies: { copy: ClipInfo; first: ClipInfo }[] = [];
  for (const clip of clips) {
    const first = firsts.get(clip.copyOf ?? clip.clipId);
    if (first) copies.push({ copy: clip, first });
    else firsts.set(clip.copyOf ?? clip.clipId, clip);
  }
  if (!copies.length) return [];
  const torn = copies.find(({ copy, first }) => copy.labels[axis] !== first.labels[axis]);
  return [
    `${nameSome(copies.map(({ copy }) => placeOf(copy)))} ${copies.length === 1 ? 'is a copy of another clip' : 'are copies of other clips'} of mine: copies stay on one side of the split.`,
    ...(torn
      ? [
          `${placeOf(torn.copy)} stands under “${torn.copy.labels[axis]}” and, as ${placeOf(torn.first)}, under “${torn.first.labels[axis]}”: it is one file.`,
        ]
      : []),
  ];
}

/** A clip with its folder: copies often have one name. */
const placeOf = ({ name, labels }: ClipInfo): string =>
  labels.folder === undefined ? name : `${labels.folder}/${name}`;

function weaknesses(request: EvaluationRequest, counts: readonly ClassCount[], clips: readonly ClipInfo[]): string[] {
  const found: string[] = [];
  const small = counts.filter((c) => c.test < fewestTestClips);
  if (small.length)
    found.push(
      `${nameSome(small.map((c) => `${c.name} (${c.test})`))} ${small.length === 1 ? 'has' : 'have'} fewer than ${fewestTestClips} test clips: add clips, or give the test a larger share.`,
    );
  const untaught = counts.filter((c) => c.train === 0);
  if (untaught.length)
    found.push(
      `${nameSome(untaught.map((c) => c.name))} ${untaught.length === 1 ? 'has' : 'have'} no training clip: every answer on ${untaught.length === 1 ? 'it' : 'them'} will be wrong.`,
    );
  const { data } = request;
  if (data.kind === 'library') {
    const left = ofMine(clips).length - data.clipIds.length;
    const one = left === 1;
    if (left > 0)
      found.push(
        `${left} of my clips ${one ? 'carries' : 'carry'} no label ${data.axis} and ${one ? 'is' : 'are'} left out.`,
      );
  }
  if (data.kind === 'library') found.push(...copiesAmong(labelled(clips, data.axis), data.axis));
  const taught = counts.filter((c) => c.train > 0).map((c) => c.train);
  // bodies in given boxes are named from all labels
  const shares = request.task === 'detect' ? [] : request.shares;
  const few = shares.filter((share) => share * Math.min(...taught) < 1);
  if (few.length)
    found.push(
      `${percents(few)} of the labels ${few.length === 1 ? 'is' : 'are'} less than one clip of the smallest class (${numbered(Math.min(...taught), 'training clip')}): each class keeps one.`,
    );
  const alike = shares.filter((share) => share * Math.max(...taught) <= 1);
  if (taught.length && alike.length > 1)
    found.push(
      `With ${percents(alike)} every class keeps one clip: they are the same experiment, so choose one of them.`,
    );
  if (request.seeds === 1) found.push('One seed has no spread: take at least three before you believe a difference.');
  if (request.task === 'probe' && request.runId !== null && !request.sources.includes('random'))
    found.push('Without random weights nothing tells what the training added.');
  return found;
}

/** "5 %, 10 % and 50 %" */
const percents = (shares: readonly number[]): string =>
  new Intl.ListFormat('en-GB').format(shares.map((s) => `${Math.round(s * 100)} %`));
