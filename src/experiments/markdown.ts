// Findings as a page of the documentation: docs/EXPERIMENTS.md.

import { arms } from './arms.ts';
import { presetArms } from './preset-arms.ts';
import { rule } from './protocol.ts';
import type { Figure, PresetTable } from './preset-table.ts';
import { type Finding, range, type Statement } from './summary.ts';

const holds: Record<Finding['holds'], string> = { yes: 'holds here', no: 'does not hold here', unclear: 'unclear' };

const stated = ({ text, holds: verdict }: Statement): string => `  - ${text}${verdict ? `: ${holds[verdict]}` : ''}.`;

function short(value: number): string {
  const size = Math.abs(value);
  return size > 0 && size < 0.01 ? value.toPrecision(1) : value.toFixed(size < 10 ? 2 : 1);
}

const written = (f: Figure | null): string => (f ? `${short(f.mean)} ± ${short(f.deviation)}` : '');

/** Everything that is claimed, a line each; what is no difference in words. */
const glance = (findings: readonly Finding[]): string[] => [
  '## Claims at a glance',
  '',
  '| claim | difference | points | 95 % interval | |',
  '| --- | --- | ---: | ---: | --- |',
  ...findings.flatMap(({ title, found, holds: whole }) =>
    found.map(({ text, difference: d, holds: part }) => {
      const verdict = found.length === 1 ? whole : part;
      const points = d ? d.mean.toFixed(1).replace('-', '−') : '';
      return `| ${title} | ${d?.name ?? text} | ${points} | ${d?.interval ? range(d.interval) : ''} | ${verdict ? holds[verdict] : ''} |`;
    }),
  ),
  '',
];

const presetsAtAGlance = ({ questions, rows }: PresetTable): string[] => [
  '## Presets at a glance',
  '',
  `What a whole run took, and % right by an attentive probe on its frozen features; mean ± deviation over ${[...new Set(rows.map((r) => r.rank.n))].sort((a, b) => a - b).join(' or ')} seeds.`,
  '',
  `| preset | steps | minutes | loss | effective rank | ${questions.map((q) => `${q.axis}, ${q.labels} labels`).join(' | ')} |`,
  `| --- | ${Array.from({ length: 4 + questions.length }, () => '---:').join(' | ')} |`,
  ...rows.map(
    (r) =>
      `| ${r.label} | ${r.steps} | ${[r.minutes, r.loss, r.rank, ...r.answers].map(written).join(' | ')} |`,
  ),
  `| chance | | | | | ${questions.map((q) => q.chance.toFixed(1)).join(' | ')} |`,
  '',
];

export function markdown(findings: readonly Finding[], presetRows: PresetTable | null): string {
  const told = (label: string) => findings.some(({ rows }) => rows.some((r) => r.label.startsWith(`${label}, `)));
  const presets = presetArms.filter(({ label }) => told(label));
  const adapters = ({ config }: Finding) => (Array.isArray(config.adapters) ? config.adapters.join(', ') : '');
  const of = (f: Finding) => [
    `## ${f.title}: ${holds[f.holds]}`,
    '',
    f.question,
    '',
    `- Reported: ${f.paper}`,
    `- How: ${f.how}`,
    ...(f.found.length === 1 ? [`- Here: ${f.found[0].text}.`] : ['- Here:', ...f.found.map(stated)]),
    ...(adapters(f) ? [`- Recorded on: ${adapters(f)}.`] : []),
    '',
    '| what | mean | deviation | unit | seeds |',
    '| --- | --- | --- | --- | --- |',
    ...f.rows.map((r) => `| ${r.label} | ${short(r.mean)} | ${short(r.deviation)} | ${r.unit} | ${r.n} |`),
    '',
  ];
  return [
    '# Recorded experiments',
    '',
    'Claims of the article, tried again at a size that a software adapter trains in two minutes. Made by',
    '`npm run experiments`, which records what is missing in `experiments/` and writes this page and what the studio shows.',
    '',
    rule,
    '',
    'The interval is that of Student for the differences seed by seed, widened by what the choice of the test clips leaves open; where every seed has a',
    'split of its own, by what overlapping splits take away (Nadeau and Bengio 2003). Three seeds make wide intervals;',
    'nano, tiny and their random weights have five. The last two of nano were trained, in Chromium’s own software instead of',
    'Mesa, after three had left direction with all labels unclear. tiny was recorded anew (in Node on Mesa, products in registers) because 180 test',
    'clips had left its shapes open by ten points to either side; five seeds and 1500 test clips were settled beforehand.',
    'The real clips were recorded anew when the pan was asked first: in Node on Mesa, with frames that Chromium had decoded.',
    'Shape is not asked at this size: where it was tried, with random weights and with features, it stayed near chance',
    '(25 %, 4 classes).',
    '',
    'Read with care: few labels and twenty passes are part of every number. In a pilot with 3000 labelled clips an attentive',
    'probe computed motion by itself: direction .97 from random weights, .99 from trained ones; with the 2400 of nano below it',
    'comes near that. That it needs fewer labels is what pre-training is good for here. A score of exactly one class (33.3 % for speed) is a probe that learned nothing.',
    'Minutes of presets are wall time on two cores beside other work, which at times had both to itself.',
    '',
    'Arms:',
    '',
    ...[...arms, ...presets].map((a) => `- \`${a.id}\`: ${a.label}`),
    '',
    ...glance(findings),
    ...(presetRows ? presetsAtAGlance(presetRows) : []),
    ...findings.flatMap(of),
  ].join('\n');
}
