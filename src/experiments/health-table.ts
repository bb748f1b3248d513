// From recorded runs to thresholds and to the table of how many were told right: chosen on some seeds, counted on others.

import { type HealthState, type HealthThresholds, healthVerdict, swapRise, thresholds } from '../core/health-verdict.ts';
import type { HealthRecord } from './health.ts';

/** A run that is known to be sound or sick, by what the last verdict said of it. */
export interface HealthTable {
  thresholds: HealthThresholds;
  /** seeds of the runs that are counted */
  seeds: number[];
  counts: { kind: HealthRecord['kind']; state: HealthState; runs: number }[];
  /** sound told healthy (or escaped), sick told collapsed or collapsing */
  right: number;
  /** the opposite */
  wrong: number;
  /** neither: unclear */
  unclear: number;
  /** mean share of the time of the steps that checks took */
  share: number;
}

const alarmed = (state: HealthState): boolean => state === 'collapsed' || state === 'collapsing';

/** Runs of kind 'open' are counted by state, but not as right or wrong: nobody knows what they should be. */
export function healthTable(records: readonly HealthRecord[], t: HealthThresholds = thresholds): HealthTable {
  const counts = new Map<string, HealthTable['counts'][number]>();
  const told = { right: 0, wrong: 0, unclear: 0 };
  for (const { kind, rows } of records) {
    const { state } = healthVerdict(rows, t);
    const key = `${kind} ${state}`;
    counts.set(key, { kind, state, runs: (counts.get(key)?.runs ?? 0) + 1 });
    if (kind === 'open') continue;
    if (state === 'unclear') told.unclear++;
    else if (alarmed(state) === (kind === 'sick')) told.right++;
    else told.wrong++;
  }
  const seeds = [...new Set(records.map(({ seed }) => seed))].sort((a, b) => a - b);
  const share = records.reduce((sum, r) => sum + r.share / records.length, 0);
  return { thresholds: t, seeds, counts: [...counts.values()], ...told, share };
}

const grid = {
  lowRank: [0.2, 0.35, 0.5],
  lowSpread: [0.3, 0.5, 0.7],
  lowLoss: [0.15, 0.25, 0.4],
  // below a thousandth the sentence would say that nothing changes
  flatSwap: [0.001, 0.003, 0.01, 0.02],
} as const;

/** Thresholds that tell most of these runs right; a wrong word costs as much as two silences. The ones in force win ties. */
export function chooseThresholds(records: readonly HealthRecord[]): HealthThresholds {
  const worth = (t: HealthThresholds) => {
    const { right, wrong } = healthTable(records, t);
    return right - wrong;
  };
  let best: HealthThresholds = { ...thresholds };
  let most = worth(best);
  for (const lowRank of grid.lowRank)
    for (const lowSpread of grid.lowSpread)
      for (const lowLoss of grid.lowLoss)
        for (const flatSwap of grid.flatSwap) {
          const tried = { ...thresholds, lowRank, lowSpread, lowLoss, flatSwap };
          const value = worth(tried);
          if (value <= most) continue;
          most = value;
          best = tried;
        }
  return best;
}

/** By how much another clip's context raised the error at the last check: least and most of the runs of a kind. */
function risesOf(records: readonly HealthRecord[], kind: HealthRecord['kind']): [number, number] {
  const rises = records.filter((r) => r.kind === kind && r.rows.length).map((r) => swapRise(r.rows[r.rows.length - 1]));
  return [Math.min(...rises), Math.max(...rises)];
}

/** How soon: checks of sound runs at which a collapse was told, and after how many steps it was first told of the sick ones. */
function alarmsOf(records: readonly HealthRecord[]) {
  const told = (kind: HealthRecord['kind']) =>
    records
      .filter((r) => r.kind === kind)
      .map(({ rows }) => rows.map(({ step }, i) => ({ step, alarm: alarmed(healthVerdict(rows.slice(0, i + 1)).state) })));
  const sound = told('sound').flat();
  const firsts = told('sick').map((checks) => checks.find(({ alarm }) => alarm)?.step ?? Infinity);
  return {
    soundChecks: sound.length,
    soundAlarms: sound.filter(({ alarm }) => alarm).length,
    first: Math.min(...firsts),
    last: Math.max(...firsts),
  };
}

/** The record of the calibration: chosen on `choosing`, counted on the others; the thresholds in force beside. */
export function calibrate(records: readonly HealthRecord[], choosing: readonly number[]) {
  const unseen = records.filter(({ seed }) => !choosing.includes(seed));
  const chosen = chooseThresholds(records.filter(({ seed }) => choosing.includes(seed)));
  return {
    chosenOn: choosing,
    chosen: healthTable(unseen, chosen),
    inForce: healthTable(unseen),
    rises: { sound: risesOf(records, 'sound'), sick: risesOf(records, 'sick') },
    alarms: alarmsOf(unseen),
  };
}

const meanings: Record<HealthRecord['kind'], string> = {
  sound: 'sound: SIGReg 0.02 or 0.05, or a third of the learning rate',
  sick: 'sick: a teacher that follows at once (EMA 0 or 0.5), no stop-gradient, targets not normalised, or 30 times the learning rate',
  open: 'open: no SIGReg, official cut, or a teacher that stands still; nobody knows what they should be',
};

const span = (rises: [number, number]): string =>
  `${rises.map((rise) => (Math.round(rise * 1e4) / 100 || 0).toFixed(2)).join(' to ')} %`;

/** The confusion table of the verdict as a page of the documentation: docs/HEALTH.md. */
export function healthMarkdown({ chosenOn, chosen, inForce, rises, alarms }: ReturnType<typeof calibrate>, steps: number): string {
  const states = [...new Set([...chosen.counts, ...inForce.counts].map(({ state }) => state))].sort();
  const table = ({ counts }: HealthTable) => [
    `| runs | ${states.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(states.length)}`,
    ...(['sound', 'sick', 'open'] as const).map(
      (kind) =>
        `| ${meanings[kind]} | ${states.map((state) => counts.find((c) => c.kind === kind && c.state === state)?.runs ?? 0).join(' | ')} |`,
    ),
  ];
  const said = ({ right, wrong, unclear }: HealthTable) =>
    `${right} told right, ${wrong} told wrong, ${unclear} left unclear.`;
  const changed = Object.entries(chosen.thresholds).filter(
    ([name, value]) => inForce.thresholds[name as keyof HealthThresholds] !== value,
  );
  return [
    '# How well the verdict on health is told',
    '',
    'Made by `npm run experiments -- health` from the records in `experiments/health-*.json`. What a run is expected to be is',
    `decided by what was done to it, never by the measures that the verdict looks at. Every run has ${steps} steps and is judged by its last check.`,
    `Thresholds were chosen on seeds ${chosenOn.join(' and ')} and are counted on seeds ${chosen.seeds.join(' and ')}, which were not used to choose them.`,
    '',
    `## Thresholds in force: ${said(inForce)}`,
    '',
    ...table(inForce),
    '',
    changed.length
      ? `## Chosen here (${changed.map(([name, value]) => `${name} ${value}`).join(', ')}): ${said(chosen)}`
      : 'No other thresholds of the grid told more of the choosing runs right, so those in force stayed.',
    ...(changed.length ? ['', ...table(chosen)] : []),
    '',
    `A collapse was told at ${alarms.soundAlarms} of the ${alarms.soundChecks} checks of the counted sound runs, and of the sick ones first after ${alarms.first === alarms.last ? '' : `${alarms.first} to `}${alarms.last} steps; no verdict is given before the second check after the first weights.`,
    '',
    `On the fixed cadence of these runs, checks took ${(inForce.share * 100).toFixed(0)} % of the time of the steps; in the studio a check must earn its time first.`,
    '',
    `At the last check another clip’s context raised the error by ${span(rises.sound)} in sound runs and by ${span(rises.sick)} in`,
    'sick ones. A sound run that is called unclear is one whose error did not yet rise enough: the verdict says so and waits.',
  ].join('\n');
}
