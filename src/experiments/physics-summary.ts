// Physics pairs as a finding: runs of the preset against networks that were never trained, as it came out.

import { deviation, mean } from '../core/measures.ts';
import { physicsNames } from '../core/physics.ts';
import type { PhysicsShares } from '../protocol/looking.ts';
import { shareInterval } from './interval.ts';
import type { PresetRecord } from './presets.ts';
import type { Finding } from './summary.ts';

/** All networks are asked about the same ones. */
const pairs = 64;

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** Null without a trained and an untrained network. A run is ahead when its mean lies above every untrained network. */
export function physicsFinding(records: readonly PresetRecord[]): Finding | null {
  const trained = records.filter((r) => r.arm === 'nano').flatMap((r) => r.physics);
  const untrained = records.filter((r) => r.arm === 'nano-random').flatMap((r) => r.physics);
  if (!trained.length || !untrained.length) return null;
  const of = (shares: readonly PhysicsShares[], name: keyof PhysicsShares) => shares.map((s) => s[name]);
  const [runs, nets] = [of(trained, 'all'), of(untrained, 'all')];
  const interval = shareInterval(runs, pairs);
  const below = nets.filter((v) => v < mean(runs)).length;
  const spread = interval ? ` (95 % interval ${percent(interval.low)} to ${percent(interval.high)})` : '';
  const row = (label: string, values: number[]) => ({
    label,
    n: values.length,
    mean: mean(values) * 100,
    deviation: values.length > 1 ? deviation(values) * 100 : 0,
    unit: '% of pairs',
  });
  // above all of them in both its mean and the low end of its interval, below the mean of them, or neither
  const holds =
    interval && interval.low > Math.max(...nets) ? 'yes' : interval && interval.high < mean(nets) ? 'no' : 'unclear';
  return {
    id: 'physics',
    title: 'Possible against impossible videos',
    question: 'Is a run of the nano preset more surprised by impossible videos than networks that were never trained?',
    paper: 'V-JEPA (H) 98 % on IntPhys, untrained networks 50 to 58 % (Garrido et al. 2025).',
    how: `Runs of nano were shown ${pairs} pairs of drawn videos that end alike, beside ${nets.length} untrained networks; chance is 50 %, but untrained networks need not be at it. It holds when the low end of the runs’ interval lies above every untrained network, and does not when its high end lies below their mean.`,
    found: [
      {
        text: `The impossible video surprises more in ${percent(mean(runs))} of the pairs${spread}, in untrained networks in ${percent(mean(nets))}, from ${percent(Math.min(...nets))} to ${percent(Math.max(...nets))}; ${below} of ${nets.length} of them are below the runs`,
        holds: null,
        difference: null,
      },
    ],
    holds,
    rows: (['all', ...physicsNames] as const).flatMap((name) => [
      row(`nano, ${name}`, of(trained, name)),
      row(`untrained, ${name}`, of(untrained, name)),
    ]),
    config: { steps: 1000, pairs, untrained: nets.length, chance: { pairs: 0.5 } },
  };
}
