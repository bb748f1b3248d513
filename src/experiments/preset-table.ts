// Presets at a glance: what a whole run took and what its frozen features answered, a row for every arm that was recorded.

import { deviation, mean } from '../core/measures.ts';
import type { HalfRecord } from './half-summary.ts';
import { presetArms, presetAxes, presetChance } from './preset-arms.ts';
import type { PresetRecord } from './presets.ts';
import type { ArmRecord } from './run.ts';

/** Over seeds. */
export interface Figure {
  mean: number;
  deviation: number;
  n: number;
}

export interface PresetRow {
  label: string;
  /** 0 for random weights, which have neither minutes nor a loss */
  steps: number;
  minutes: Figure | null;
  /** of the last tenth of the run */
  loss: Figure | null;
  /** effective rank of the target encoder's tokens */
  rank: Figure;
  /** % right by the attentive probe, in the order of the questions; null where it was not asked */
  answers: (Figure | null)[];
}

export interface PresetTable {
  /** chance in % */
  questions: { axis: (typeof presetAxes)[number]; labels: number; chance: number }[];
  rows: PresetRow[];
}

/** With as many labels as every arm was asked with. */
const labels = [300, 30];

const questions = presetAxes.flatMap((axis) => labels.map((n) => ({ axis, labels: n, chance: presetChance[axis] * 100 })));

const over = (values: readonly number[]): Figure | null =>
  values.length
    ? { mean: mean(values), deviation: values.length > 1 ? deviation(values) : 0, n: values.length }
    : null;

/** Arms without a record are left out; null without any. */
export function presetTable(all: readonly (ArmRecord | HalfRecord)[]): PresetTable | null {
  const runs = all.filter((r): r is PresetRecord => 'trainingSeconds' in r);
  const rows = presetArms.flatMap(({ id, label, untrained, asked }): PresetRow[] => {
    const records = runs.filter((r) => r.arm === id);
    const rank = over(records.map((r) => r.rank));
    if (!rank) return [];
    const answers = questions.map(({ axis, labels: n }) =>
      over(
        records.flatMap(({ reports }) => {
          const share = n / asked.labels[0];
          const row = reports[axis]?.rows.find((r) => r.probe === 'attentive' && r.share === share);
          return row ? [row.mean * 100] : [];
        }),
      ),
    );
    return [
      {
        label,
        steps: records[0].steps,
        minutes: untrained ? null : over(records.map((r) => r.trainingSeconds / 60)),
        loss: untrained ? null : over(records.map((r) => r.losses.at(-1) ?? NaN)),
        rank,
        answers,
      },
    ];
  });
  return rows.length ? { questions, rows } : null;
}
