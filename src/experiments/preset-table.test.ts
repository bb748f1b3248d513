import { describe, expect, it } from 'vitest';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';
import { recordsOf } from '../store/evaluation-records.ts';
import { markdown } from './markdown.ts';
import { presetTable } from './preset-table.ts';
import type { PresetRecord } from './presets.ts';
import type { ArmRecord } from './run.ts';

const row = (probe: EvaluationRow['probe'], share: number, mean: number) => ({ probe, share, mean });

/** Answers with 300 of `all` labels, and with a tenth of those. */
const report = (all: number, many: number, few: number) =>
  ({
    rows: [row('linear', 1, 0.99), row('attentive', 300 / all, many), row('attentive', 30 / all, few)],
  }) as unknown as Omit<EvaluationReport, 'confusion'>;

const record = (arm: string, seed: number, all: number, steps = 1000): PresetRecord => ({
  arm,
  seed,
  losses: steps ? [0.9, 0.5 + seed / 10] : [],
  seconds: 100,
  reports: { direction: report(all, 0.8 + seed / 100, 0.25), shape: report(all, 0.3, 0.26) },
  steps,
  trainingSeconds: 60 * (seed + 1),
  rank: 40 + seed,
  spread: 0.5,
  physics: [],
});

describe('presets at a glance', () => {
  // nano is asked with 2400 labels at most, tiny with 300: the same columns are other shares of them
  const records = [0, 1, 2].flatMap((seed) => [
    record('nano', seed, 2400),
    record('nano-random', seed, 2400, 0),
    record('tiny', seed, 300),
  ]);
  const arm: ArmRecord = { arm: 'features', seed: 0, losses: [], seconds: 1, reports: {} };
  const table = presetTable([...records, arm]);

  it('have a row for every recorded arm, with means and deviations over seeds', () => {
    expect(table?.rows.map((r) => [r.label, r.steps])).toEqual([
      ['nano', 1000],
      ['nano, random weights', 0],
      ['tiny', 1000],
    ]);
    const [nano, random, tiny] = table!.rows;
    expect(nano.minutes).toEqual({ mean: 2, deviation: 1, n: 3 });
    expect(nano.loss?.mean).toBeCloseTo(0.6);
    expect(nano.rank).toEqual({ mean: 41, deviation: 1, n: 3 });
    expect(random).toMatchObject({ minutes: null, loss: null, rank: { mean: 41 } });
    for (const { answers } of [nano, tiny]) {
      expect(answers.map((a) => a?.mean)).toEqual([81, 25, 30, 26].map((v) => expect.closeTo(v, 9) as number));
      expect(answers[0]?.deviation).toBeCloseTo(1);
    }
  });

  it('name the number of labels and chance of every column', () => {
    expect(table?.questions).toEqual([
      { axis: 'direction', labels: 300, chance: 12.5 },
      { axis: 'direction', labels: 30, chance: 12.5 },
      { axis: 'shape', labels: 300, chance: 25 },
      { axis: 'shape', labels: 30, chance: 25 },
    ]);
    const page = markdown([], table);
    expect(page).toContain(
      '| nano | 1000 | 2.00 ± 1.00 | 0.60 ± 0.10 | 41.0 ± 1.00 | 81.0 ± 1.00 | 25.0 ± 0.00 | 30.0 ± 0.00 | 26.0 ± 0.00 |',
    );
    expect(page).toContain('| nano, random weights | 0 |  |  | 41.0');
    expect(page).toContain('| chance | | | | | 12.5 | 12.5 | 25.0 | 25.0 |');
  });

  it('are null where no preset was recorded', () => {
    expect(presetTable([arm])).toBeNull();
    expect(markdown([], null)).not.toContain('Presets at a glance');
  });

  it('are read by the page, and left out where a row is not whole', () => {
    const presets = JSON.parse(JSON.stringify(table)) as NonNullable<typeof table>;
    expect(recordsOf({ presets }).presets).toEqual(table);
    const [first, ...others] = presets.rows;
    const broken = [
      { ...first, answers: first.answers.slice(1) },
      { ...first, label: 7 },
      { ...first, rank: { mean: 'many', deviation: 0, n: 3 } },
    ];
    for (const one of broken)
      expect(recordsOf({ presets: { ...presets, rows: [one, ...others] } }).presets).toBeNull();
    expect(recordsOf({ presets: { ...presets, questions: [{}] } }).presets).toBeNull();
    expect(recordsOf({}).presets).toBeNull();
  });
});
