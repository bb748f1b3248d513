// What is claimed of the recorded arms, and which numbers stand beside each claim. How a claim is judged: summary.ts.

import { totalSteps } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { arms, asking, type Axis } from './arms.ts';
import { type PresetArm, presetArms, presetAxes, presetChance, type TriedPreset } from './preset-arms.ts';
import type { PresetRecord } from './presets.ts';
import { armsMade, askedOtherwise, drawnAsked, presetMade } from './protocol.ts';
import type { RealRecord } from './real.ts';
import type { ArmRecord } from './run.ts';

type Probe = 'attentive' | 'linear';

/** Where a number stands. */
export interface Cell {
  arm: string;
  probe: Probe;
  axis: Axis;
  share: number;
}

const cell = (arm: string, probe: Probe = 'attentive', axis: Axis = 'direction', share = 1): Cell => ({
  arm,
  probe,
  axis,
  share,
});

export interface Claim {
  id: string;
  title: string;
  question: string;
  /** what the article or others report of it */
  paper: string;
  /** what was trained on what, and how it was asked */
  how: string;
  /** the claim as differences that should all be above zero */
  claims: { name: string; a: Cell; b: Cell }[];
  rows: ({ label: string; cell: Cell } | { label: string; arm: string; number: (r: ArmRecord) => number | null; unit: string })[];
  /** what it was recorded with, where that is not what all arms share */
  config?: { steps: number; batch?: number; clips?: undefined; chance: Readonly<Record<string, number>> | undefined };
}

/** Arms that are not in a list of their own. */
const realLabels: Record<string, string> = {
  real: 'nano, on the real clips',
  'real-random': 'nano, random weights, real clips',
};

const labelOf = (id: string): string =>
  [...arms, ...presetArms].find((a) => a.id === id)?.label ?? realLabels[id] ?? id;

/** Rows of some arms on both questions, with both probes. */
const everything = (
  ids: string[],
  axes: readonly Axis[] = ['direction', 'speed'],
  named: (id: string) => string = labelOf,
): Claim['rows'] =>
  ids.flatMap((id) =>
    axes.flatMap((axis) =>
      (['attentive', 'linear'] as const).map((probe) => ({
        label: `${named(id)}, ${axis}, ${probe}`,
        cell: cell(id, probe, axis),
      })),
    ),
  );

const ofArms: Omit<Claim, 'how'>[] = [
  {
    id: 'training',
    title: 'Trained features beside random weights',
    question: 'Does pre-training help at all, at this size?',
    paper: 'Nothing on this.',
    claims: [
      { name: 'features minus random weights, direction', a: cell('features'), b: cell('random') },
      {
        name: 'features minus random weights, speed',
        a: cell('features', 'attentive', 'speed'),
        b: cell('random', 'attentive', 'speed'),
      },
    ],
    // this one is shown to a room, where no arm but these two is spoken of
    rows: everything(['features', 'random'], ['direction', 'speed'], (id) =>
      id === 'features' ? 'trained features' : labelOf(id),
    ),
  },
  {
    id: 'pooling',
    title: 'Attentive against average pooling',
    question: 'Does a learned query over all tokens read more than a linear layer on their average?',
    paper: '73.7 against 56.7 on Kinetics-400 and 66.2 against 50.1 on SSv2 (Table 3).',
    claims: [
      { name: 'attentive minus linear on average, direction', a: cell('features'), b: cell('features', 'linear') },
    ],
    rows: everything(['features', 'random']),
  },
  {
    id: 'masks',
    title: 'Multi-block, causal and tube masks',
    question: 'Are blocks over the whole length of the clip better than causal ones and random tubes?',
    paper: 'Multi-block 67.4, causal 49.8 to 63.6, random tubes 46.4 on SSv2 (Table 4).',
    claims: [
      { name: 'multi-block minus causal', a: cell('features'), b: cell('causal') },
      { name: 'multi-block minus random tubes', a: cell('features'), b: cell('tube') },
    ],
    rows: everything(['features', 'causal', 'tube']),
  },
  {
    id: 'sets',
    title: 'One mask set against two',
    question: 'Do short and long range masks together teach more than short range alone?',
    paper: 'Two masks a clip are better than one (appendix E.4).',
    claims: [{ name: 'two sets minus one', a: cell('features'), b: cell('one') }],
    rows: everything(['features', 'one']),
  },
  {
    id: 'pixels',
    title: 'Features against pixels, over noise',
    question: 'Are predicted features better than predicted pixels, and the more so the noisier the clips?',
    paper: 'Features 66.2, pixels 66.0 on SSv2 and 73.7 against 68.6 on Kinetics-400 (Table 1).',
    claims: [
      { name: 'features minus pixels', a: cell('features'), b: cell('pixels') },
      { name: 'the same on noisy clips', a: cell('features-noisy'), b: cell('pixels-noisy') },
    ],
    rows: everything(['features', 'pixels', 'random', 'features-noisy', 'pixels-noisy', 'random-noisy']),
  },
  {
    id: 'labels',
    title: 'Label efficiency',
    question: 'With few labels, do features keep ahead of pixels?',
    paper: 'From 50 to 5 % of the labels V-JEPA loses 12 points on Kinetics-400, pixel models 15 to 30 (Table 7).',
    claims: [0.5, 0.1, 0.05].map((share) => ({
      name: `features minus pixels at ${share * 100} % of the labels`,
      a: cell('features', 'attentive', 'direction', share),
      b: cell('pixels', 'attentive', 'direction', share),
    })),
    rows: ['features', 'pixels', 'random'].flatMap((id) =>
      [1, 0.5, 0.1, 0.05].flatMap((share) =>
        (['attentive', 'linear'] as const).map((probe) => ({
          label: `${labelOf(id)}, direction, ${probe}, ${share * 100} % of the labels`,
          cell: cell(id, probe, 'direction', share),
        })),
      ),
    ),
  },
  {
    id: 'data',
    title: 'Matched and mixed pre-training clips',
    question: 'Is it best to pre-train on clips like those that are asked about?',
    paper: 'The best single task comes from matching data, the best average from the mix (Table 2).',
    claims: [
      { name: 'matched minus coloured and textured', a: cell('features'), b: cell('cluttered') },
      { name: 'matched minus mixed', a: cell('features'), b: cell('mixed') },
    ],
    rows: everything(['features', 'mixed', 'cluttered']),
  },
  {
    id: 'sigreg',
    title: 'With and without SIGReg',
    question: 'At tiny sizes, does a little SIGReg help V-JEPA?',
    paper: 'V-JEPA has no such term; LeJEPA (arXiv 2511.08544) proposes it in place of the slow teacher.',
    claims: [{ name: 'SIGReg 0.02 minus none', a: cell('features'), b: cell('plain') }],
    rows: everything(['features', 'plain', 'random']),
  },
];

/** What a preset took, beside what came of it. */
const taken = (ids: string[]): Claim['rows'] =>
  ids.flatMap((arm) => {
    const row = (what: string, unit: string, number: (r: PresetRecord) => number) => ({
      label: `${labelOf(arm)}, ${what}`,
      arm,
      number: (r: ArmRecord) => ('rank' in r ? number(r as PresetRecord) : null),
      unit,
    });
    return [
      ...(arm.endsWith('random')
        ? []
        : [
            row('training on two shared cores', 'minutes', (r) => r.trainingSeconds / 60),
            row('loss of the last tenth', '', (r) => r.losses.at(-1) ?? NaN),
          ]),
      row('effective rank of tokens', '', (r) => r.rank),
    ];
  });

/** What an arm of a preset answered: the attentive probe with each number of labels, the linear one with all of them. */
const answersOf = ({ id, label, asked: { labels } }: PresetArm): Claim['rows'] =>
  presetAxes.flatMap((axis) => [
    ...labels.map((n) => ({
      label: `${label}, ${axis}, attentive, ${n} labels`,
      cell: cell(id, 'attentive', axis, n / labels[0]),
    })),
    { label: `${label}, ${axis}, linear, ${labels[0]} labels`, cell: cell(id, 'linear', axis) },
  ]);

/** The claim of a preset: better than its own random weights on everything, with many labels and with few. */
function presetClaim(id: string, name: TriedPreset): Claim {
  const own = presetArms.filter((arm) => arm.preset === name);
  const config = preset(name);
  const { asking: asked, labels } = own.find((arm) => arm.id === name)!.asked;
  const others = own.filter((arm) => arm.asked.asking !== asked);
  return {
    id,
    title: `The ${name} preset, as the page has it`,
    question: 'Does a whole run of the preset beat its own random weights, on motion and on shape, also with few labels?',
    paper: 'Nothing of this size is reported.',
    how: [presetMade(config), drawnAsked(asked), ...others.map((arm) => askedOtherwise(arm.label, arm.asked.asking))].join(' '),
    claims: presetAxes.flatMap((axis) =>
      labels.map((n) => ({
        name: `${name} minus random weights, ${axis}, ${n} labels`,
        a: cell(name, 'attentive', axis, n / labels[0]),
        b: cell(`${name}-random`, 'attentive', axis, n / labels[0]),
      })),
    ),
    rows: [...own.flatMap(answersOf), ...taken(own.map((arm) => arm.id))],
    config: {
      steps: totalSteps(config.optim),
      batch: config.batchSize,
      chance: presetChance,
    },
  };
}

/** What the folder of real videos held. */
const folder = (label: string, unit: string, number: (r: RealRecord) => number) => ({
  label,
  arm: 'real',
  number: (r: ArmRecord) => ('windows' in r ? number(r as RealRecord) : null),
  unit,
});

/** A difference between the trained features of real clips and random weights. */
const ofTrained = (name: string, asked: [probe: Probe, axis: Axis, share?: number]): Claim['claims'][number] => ({
  name: `trained minus random weights, ${name}`,
  a: cell('real', ...asked),
  b: cell('real-random', ...asked),
});

const windowsAsked =
  'half of them with labels, a fifth for choosing the epoch, the rest for one test; windows of one video stand on one side of the split, which is another one for every seed.';
const trainedOnFolder = `Trained for ${totalSteps(preset('nano').optim)} steps of batch 8 on all videos of the folder, every fourth frame.`;

/** Rows of a label that every video can be given, and how many windows it was asked of. */
const givenToAll = (axis: 'rate' | 'pan', windows: string, number: (r: RealRecord) => number): Claim['rows'] => [
  ...everything(['real', 'real-random'], [axis]),
  ...['real', 'real-random'].map((id) => ({
    label: `${labelOf(id)}, ${axis}, attentive, a tenth of the labels`,
    cell: cell(id, 'attentive', axis, 0.1),
  })),
  folder(`chance for the ${axis}`, '% right', ({ reports, repeated }) => 100 * ((repeated?.[axis]?.[0] ?? reports[axis])?.chance ?? NaN)),
  folder(windows, '', number),
];

/** How many clips and classes there are is the folder's. */
const ofFolder = { steps: totalSteps(preset('nano').optim), clips: undefined, chance: undefined };

const ofRealClips: readonly Claim[] = [
  {
    id: 'real',
    title: 'The nano preset on real clips',
    question:
      'Trained on the videos of one folder, do its features tell the names of their folders apart better than random weights, and how fast a window is played?',
    paper: 'Nothing of this size is reported; the article trains on two million videos.',
    how: `${trainedOnFolder} Frozen features of windows of the labelled ones were probed, ${windowsAsked} The rate was asked in the same way of windows of all videos, whose frames lay one, two or four apart; a tenth of these labels is drawn several times.`,
    claims: [
      ...(['attentive', 'linear'] as const).map((probe) => ofTrained(`folder, ${probe}`, [probe, 'action'])),
      ...(['attentive', 'linear'] as const).map((probe) => ofTrained(`rate, ${probe}`, [probe, 'rate'])),
      ofTrained('rate, attentive, a tenth of the labels', ['attentive', 'rate', 0.1]),
    ],
    rows: [
      ...everything(['real', 'real-random'], ['action']),
      folder('chance for the folder: the commonest class of the test', '% right', ({ reports }) => 100 * (reports.action?.chance ?? NaN)),
      folder('videos trained on', '', ({ videos }) => videos),
      folder('labelled videos', '', ({ labelled }) => labelled),
      folder('windows of them', '', ({ windows }) => windows),
      ...givenToAll('rate', 'windows of all videos, at three rates', ({ ratedWindows }) => ratedWindows),
    ],
    config: ofFolder,
  },
  {
    id: 'real-pan',
    title: 'The nano preset on real clips, panned',
    question: 'Trained on the videos of one folder, do its features tell which way the picture pans better than random weights?',
    paper: 'Nothing of this kind is reported.',
    how: `${trainedOnFolder} Through windows of all videos a square part of the picture then moved in one of eight directions. Frozen features of them were probed, half of them with labels, a fifth for choosing the epoch, the rest for one test, with ten splits that are the same for all seeds; windows of one video stand on one side. A tenth of the labels is drawn several times. Rooms and cameras come up in several videos, so that the colours of a place help, with random weights as well. A difference is the mean over seeds for each split, and the interval is over splits. With one split a seed the five had differed by 7 to 32 points, which left their mean open by 26: the ten were settled then, all of them others.`,
    claims: [
      ofTrained('pan, attentive', ['attentive', 'pan']),
      ofTrained('pan, attentive, a tenth of the labels', ['attentive', 'pan', 0.1]),
    ],
    rows: givenToAll('pan', 'windows of all videos, in eight directions', ({ pannedWindows }) => pannedWindows),
    config: ofFolder,
  },
];

/** Everything that is claimed of recorded arms, in the order in which it is told. */
export const claims: readonly Claim[] = [
  ...ofArms.map((claim) => ({ ...claim, how: `${armsMade} ${drawnAsked(asking)}` })),
  presetClaim('presets', 'nano'),
  presetClaim('presets-tiny', 'tiny'),
  presetClaim('presets-small', 'small'),
  ...ofRealClips,
];
