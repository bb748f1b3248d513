// Is a run healthy? Its checks against the one before its first step, in one sentence with the numbers it rests on.
// Everything is relative to that first check, because absolute numbers deceive: random weights already have a pooled cosine
// of 0.998, and a dead network has a centred pooled rank of 51, since what is left in it is noise.

import type { RunConfig } from './config.ts';
import { checkShare, placesShare } from './check-budget.ts';
import type { HealthRow, ProbeHealth } from './health-row.ts';
import { numbered } from './numbered.ts';
import { withEma, withRate } from './run-changes.ts';

export type HealthState = 'healthy' | 'collapsing' | 'collapsed' | 'escaped' | 'unclear';

export interface HealthVerdict {
  state: HealthState;
  /** what is seen, with its numbers */
  evidence: string;
}

/** All limits of the verdict. Shares are of the check before the first step unless said otherwise. */
export interface HealthThresholds {
  /** token rank below this share: few directions are left */
  lowRank: number;
  /** token spread below this share */
  lowSpread: number;
  /** loss below this share: too good to be true, when the rank is low as well */
  lowLoss: number;
  /** the error must rise by this share with the context of another clip, or the context is not used */
  flatSwap: number;
  /** the error must rise by this share with the hidden places shuffled, or places are not told apart */
  flatPermute: number;
  /** rank that has fallen to this share of its highest, while the loss fell: on the way down */
  fallingRank: number;
  fallingLoss: number;
  /** token rank and spread from this share on are sound */
  soundRank: number;
  soundSpread: number;
  /** checks after the first that a verdict needs */
  leastRows: number;
}

export const thresholds: Readonly<HealthThresholds> = {
  lowRank: 0.35,
  lowSpread: 0.5,
  lowLoss: 0.25,
  flatSwap: 0.001,
  flatPermute: 0.02,
  fallingRank: 0.6,
  fallingLoss: 0.8,
  soundRank: 0.6,
  soundSpread: 0.5,
  leastRows: 2,
};

/** A context that changes the error by less than this share is used, and says little. */
const smallSwap = 0.01;
/** A loss is told to rise from this share of its lowest on. */
const risen = 1.1;

const short = (v: number): string => (v === 0 ? '0' : `${Number(v.toPrecision(2))}`);
/** Of encoder and slow copy the one that is worse off: behind a slow teacher a student may be dead already. */
const rankOf = ({ encoder, target }: HealthRow): number => Math.min(encoder.rank, target.rank);
const spreadOf = ({ encoder, target }: HealthRow): number => Math.min(encoder.spread, target.spread);
const rise = (error: number, { loss }: HealthRow): number => (loss > 0 ? error / loss - 1 : 0);
/** By which share of itself the error rises with the context of another clip. */
export const swapRise = (row: HealthRow): number => rise(row.swapped, row);

/** Whether few directions are left and something else agrees. Rank alone proves nothing. */
function looksCollapsed(row: HealthRow, first: HealthRow, t: HealthThresholds): boolean {
  const fewDirections = rankOf(row) < t.lowRank * rankOf(first);
  const still = spreadOf(row) < t.lowSpread * spreadOf(first);
  const tooEasy = row.loss < t.lowLoss * first.loss;
  // shrunk to a point, features have any rank: what is left of them is rounding and noise
  const point = spreadOf(row) < 0.1 * t.lowSpread * spreadOf(first);
  // nothing is foretold, whether the loss fell or ran away
  const useless = swapRise(row) < t.flatSwap && row.loss >= row.meanBaseline;
  return point || (fewDirections && (still || tooEasy || useless));
}

/** Rows ascending, the first of them of step 0. `over`: the run has ended, and no check follows. */
export function healthVerdict(
  rows: readonly HealthRow[],
  t: HealthThresholds = thresholds,
  over = false,
): HealthVerdict {
  const [first] = rows;
  const now = rows.at(-1);
  if (!first || !now || first.step !== 0)
    return { state: 'unclear', evidence: 'There is no check of the weights that the run began with.' };
  const after = rows.slice(1);
  if (after.length < t.leastRows)
    return {
      state: 'unclear',
      evidence: after.length
        ? `${numbered(after.length, 'check')} ${over ? 'between the first weights and the end of the run' : 'so far since the first weights'}: a verdict needs ${t.leastRows}.`
        : over
          ? `Only the weights that the run began with were checked before it ended: a verdict needs ${t.leastRows} checks behind them, which a longer run has.`
          : `Only the weights that the run began with were checked so far: a verdict needs ${t.leastRows} checks behind them. They come as often as they take at most ${checkShare * 100} % of the training time, ${placesShare * 100} % at a few places; “Check now” makes one at once.`,
    };
  const behind = now.target.rank > 1.5 * now.encoder.rank;
  const ranks = `rank ${short(rankOf(first))} → ${short(rankOf(now))}${behind ? ` in the encoder (still ${short(now.target.rank)} in its slow copy)` : ''}`;
  const spreads = `spread ${short(spreadOf(first))} → ${short(spreadOf(now))}`;
  const little = swapRise(now) >= t.flatSwap && swapRise(now) < smallSwap;
  const swap = `with another clip’s context the error is ${little ? 'only ' : ''}${percent(swapRise(now))}`;

  if (looksCollapsed(now, first, t))
    return {
      state: 'collapsed',
      evidence: `${lossMove(first, now)} while few directions are left: ${ranks}, ${spreads}; ${swap}.`,
    };

  const fallen = falling(rows, t);
  if (fallen)
    return {
      state: 'collapsing',
      evidence: `${lossMove(fallen, now)} in ${now.step - fallen.step} steps while rank fell from ${short(rankOf(fallen))} to ${short(rankOf(now))}; ${spreads} since the start.`,
    };

  const sound = rankOf(now) >= t.soundRank * rankOf(first) && spreadOf(now) >= t.soundSpread * spreadOf(first);
  const used = swapRise(now) >= t.flatSwap;
  const placed = rise(now.permuted, now) >= t.flatPermute;
  const better = now.loss < now.meanBaseline;
  const lowest = after.reduce((low, row) => (rankOf(row) < rankOf(low) ? row : low));
  if (after.some((row) => looksCollapsed(row, first, t))) {
    if (used && placed && better && rankOf(now) > rankOf(lowest) / t.fallingRank)
      return {
        state: 'escaped',
        evidence: `Rank was ${short(rankOf(lowest))} at step ${lowest.step} and is ${short(rankOf(now))} now (${short(rankOf(first))} at the start); ${lossMove(lowest, now).toLowerCase()} since; ${swap}.${probeDoubt(rows, true)}`,
      };
    return {
      state: 'unclear',
      evidence: `It had collapsed and is not clearly out of it: ${ranks}, ${spreads}; ${swap}.`,
    };
  }
  if (sound && used && placed && better)
    return {
      state: 'healthy',
      evidence: `${lossMove(first, now)}, ${ranks}, ${spreads}; ${swap}.${riseSince(rows)}${probeDoubt(rows, true)}`,
    };
  const doubts = [
    ...(sound ? [] : [`${ranks}, ${spreads}`]),
    ...(used ? [] : ['the error is the same with another clip’s context, so the context is not used yet']),
    ...(placed ? [] : ['the error is the same with the hidden places shuffled, so places are not told apart yet']),
    ...(better ? [] : ['it predicts no better than the mean target feature']),
  ];
  return { state: 'unclear', evidence: `${lossMove(first, now)}; ${doubts.join('; ')}.${probeDoubt(rows, false)}` };
}

/** What is asked most of a sound run: why its loss rises again. Targets that say more are harder to predict. */
function riseSince(rows: readonly HealthRow[]): string {
  const now = rows[rows.length - 1];
  const lowest = rows.reduce((low, row) => (row.loss < low.loss ? row : low));
  // against the first weights it is told already
  if (lowest === rows[0] || now.loss < risen * lowest.loss || rankOf(now) <= rankOf(lowest)) return '';
  return ` Since step ${lowest.step} the loss rises by ${((now.loss / lowest.loss - 1) * 100).toFixed(0)} % while the rank rises from ${short(rankOf(lowest))} to ${short(rankOf(now))}: targets that say more are harder to predict.`;
}

/**
 * A sentence about newest probes that tell no more than chance, or than with the weights that the run began with. They see few
 * labels, so they do not overrule a good verdict.
 */
function probeDoubt(rows: readonly HealthRow[], good: boolean): string {
  const asked = rows.findLast((row) => row.step > 0 && row.probes?.length);
  const probes = asked?.probes ?? [];
  const beyondChance = ({ linear, neighbours, chance, test }: ProbeHealth) =>
    Math.max(linear, neighbours) > chance + 2 * Math.sqrt((chance * (1 - chance)) / test);
  if (!asked) return '';
  const axes = probes.map(({ axis }) => axis).join(' or ');
  const more = good ? ' Evaluate asks about more clips, and with an attentive probe.' : '';
  if (!probes.some(beyondChance))
    return ` ${good ? 'The probes do not confirm it: at' : 'At'} step ${asked.step} ${good ? 'they' : 'probes'} told ${axes} no better than chance, as far as ${probes[0].test} clips can show.${more}`;
  const begun = rows[0].probes ?? [];
  const gains = probes.flatMap((now) => {
    const before = begun.find(({ axis }) => axis === now.axis);
    return before ? (['linear', 'neighbours'] as const).map((by) => gainOf(by, now[by], before[by], now)) : [];
  });
  if (!gains.length || gains.some(({ clear }) => clear)) return '';
  const best = gains.reduce((most, gain) => (gain.points > most.points ? gain : most));
  return ` ${good ? 'The probes do not show that it learned: at' : 'At'} step ${asked.step} the ${best.by} probe told ${best.axis} in ${whole(best.now)}, with the weights it began with in ${whole(best.before)}, which is within what ${best.test} clips leave open.${more}`;
}

/** What a probe gained over the weights that a run began with; clear beyond two deviations of the difference of two shares. */
function gainOf(by: 'linear' | 'neighbours', now: number, before: number, { axis, test }: ProbeHealth) {
  const open = 2 * Math.sqrt((now * (1 - now) + before * (1 - before)) / test);
  return {
    by: by === 'linear' ? 'linear' : 'neighbour',
    axis,
    now,
    before,
    test,
    points: now - before,
    clear: now - before > open,
  };
}

const whole = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** The check with the highest rank, when since then both rank and loss fell far; else null. */
function falling(rows: readonly HealthRow[], t: HealthThresholds): HealthRow | null {
  const now = rows[rows.length - 1];
  const before = rows[rows.length - 2];
  const peak = rows.reduce((high, row) => (rankOf(row) > rankOf(high) ? row : high));
  const fell = rankOf(now) < t.fallingRank * rankOf(peak) && now.loss < t.fallingLoss * peak.loss;
  // what already rises again is not on its way down
  return fell && rankOf(now) <= rankOf(before) && rankOf(now) < rankOf(rows[0]) ? peak : null;
}

const percent = (share: number): string =>
  Math.abs(share) < 0.0005
    ? 'the same'
    : `${Math.abs(share * 100).toFixed(Math.abs(share) < 0.095 ? 1 : 0)} % ${share > 0 ? 'larger' : 'smaller'}`;

function lossMove(from: HealthRow, to: HealthRow): string {
  const change = from.loss > 0 ? to.loss / from.loss - 1 : 0;
  if (Math.abs(change) < 0.05) return 'Loss stays';
  return change > 0 ? `Loss rises by ${(change * 100).toFixed(0)} %` : `Loss fell ${(-change * 100).toFixed(0)} %`;
}

/** A change of settings that helps against a collapse, for a branch of the run or a run to come. */
export interface Remedy {
  label: string;
  why: string;
  change: (config: RunConfig) => RunConfig;
}

/** To two digits, never above. */
function roundedDown(v: number): number {
  const unit = 10 ** (Math.floor(Math.log10(v)) - 1);
  return Number((Math.floor(v / unit + 1e-9) * unit).toPrecision(2));
}

/** Whether a run was neither collapsed nor on its way there at the newest check that was made by a step, and at the next one. */
export function wasSound(rows: readonly HealthRow[], step: number, t: HealthThresholds = thresholds): boolean {
  const [first] = rows;
  const at = rows.findLastIndex((row) => row.step <= step);
  const sound = (i: number) => !looksCollapsed(rows[i], first, t) && falling(rows.slice(0, i + 1), t) === null;
  // behind the last check nothing is known
  return at >= 0 && sound(at) && (rows[at].step === step || (at + 1 < rows.length && sound(at + 1)));
}

/**
 * What may help, most likely first; only what these settings do not have yet. `firstRate` is the learning rate that the run
 * began with: a rate far above it, set on the way, is no measure of what to go back to.
 */
export function remedies(state: HealthState, c: RunConfig, firstRate: number): Remedy[] {
  if (state !== 'collapsed' && state !== 'collapsing') return [];
  const { loss, optim } = c;
  const lower = roundedDown(Math.min(optim.lr / 3, firstRate));
  const slow = Math.max(0.99, 1 - (1 - optim.ema[0]) / 2);
  return [
    ...(loss.sigreg < 0.02 && loss.target === 'features'
      ? [
          {
            label: 'Turn SIGReg on, weight 0.02',
            why: 'It keeps features spread over all directions, and is what repairs small models.',
            change: (r: RunConfig) => ({ ...r, loss: { ...r.loss, sigreg: 0.02 } }),
          },
        ]
      : []),
    ...(optim.ema[0] < 0.99
      ? [
          {
            label: `Raise EMA to ${Number(slow.toPrecision(4))}`,
            why: 'A teacher that follows at once can agree with its student on nothing.',
            change: (r: RunConfig): RunConfig => ({ ...r, optim: withEma(r.optim, slow) }),
          },
        ]
      : []),
    {
      label: `Lower the learning rate to ${lower}`,
      why: 'Large steps fall into the collapse before anything is learnt.',
      change: (r) => ({ ...r, optim: withRate(r.optim, Math.min(lower, r.optim.lr)) }),
    },
    ...(c.maskCut === 'official'
      ? [
          {
            label: 'Throw no tokens away (cut none)',
            why: 'The official cut keeps the earliest context tokens; in small runs it held the collapse for longer.',
            change: (r: RunConfig): RunConfig => ({ ...r, maskCut: 'none' }),
          },
        ]
      : []),
  ];
}
