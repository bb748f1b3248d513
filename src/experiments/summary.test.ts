import { describe, expect, it } from 'vitest';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';
import { recordsOf } from '../store/evaluation-records.ts';
import { markdown } from './markdown.ts';
import type { ArmRecord } from './run.ts';
import { above, summarise, together } from './summary.ts';

const row = (probe: 'attentive' | 'linear', mean: number): EvaluationRow => ({
  source: 'trained',
  probe,
  share: 1,
  labels: 300,
  trials: [],
  mean,
  deviation: 0,
});

/** A record with one number per probe, the same on both axes. */
function record(arm: string, seed: number, attentive: number, linear: number): ArmRecord {
  const report = {
    rows: [row('attentive', attentive), row('linear', linear)],
    counts: [[300, 120, 100_000]],
    request: { split: { train: 0.5, validation: 0.2, seed: 0 } },
  } as unknown as Omit<EvaluationReport, 'confusion'>;
  return { arm, seed, losses: [], seconds: 1, reports: { direction: report, speed: report } };
}

describe('findings', () => {
  it('hold when the interval of the differences lies above zero, not when it lies below', () => {
    expect(above({ low: 0.01, high: 0.3 })).toBe('yes');
    expect(above({ low: -0.3, high: -0.01 })).toBe('no');
    expect(above({ low: -0.1, high: 0.3 })).toBe('unclear');
    expect(above(null)).toBe('unclear'); // one seed has no interval
    expect(together(['yes', 'unclear'])).toBe('unclear');
    expect(together(['yes', 'unclear', 'no'])).toBe('no');
    expect(together(['yes', 'yes'])).toBe('yes');
  });

  it('are differences between arms of the same seed, with every number beside', () => {
    const records = [0, 1, 2].flatMap((seed) => [
      record('features', seed, 0.6 + seed / 100, 0.3),
      record('tube', seed, 0.4 + seed / 100, 0.3),
      record('causal', seed, 0.7 + seed / 100, 0.3),
    ]);
    const findings = summarise(records);
    // arms that were not recorded leave their experiments out
    expect(findings.map((f) => f.id)).toEqual(['pooling', 'masks']);
    const [pooling, masks] = findings;
    expect(pooling.holds).toBe('yes');
    // 0.30, 0.31, 0.32: mean 0.31, deviation 0.01, t(2) = 4.3027, ± 4.3027 · 0.01 / √3 = 0.0248; with so many clips the
    // choice of the test adds nothing that is seen: 1.96 · √((0.238 + 0.21) / 100 000) = 0.004
    expect(pooling.found).toContain('31.0 points (95 % interval 28.5 to 33.5)');
    expect(masks.holds).toBe('no'); // causal is ahead here, and the finding says so
    expect(masks.found).toContain('multi-block minus causal: -10.0 points');
    expect(
      masks.rows.find((r) => r.label.startsWith('features, random tubes') && r.label.endsWith('direction, attentive')),
    ).toMatchObject({ n: 3, mean: expect.closeTo(41, 6), deviation: expect.closeTo(1, 6) });
    const { experiments } = recordsOf({ experiments: JSON.parse(JSON.stringify(findings)) as unknown });
    expect(experiments).toHaveLength(2);
    // each says what was trained, how it was asked, and what the numbers stand beside
    expect(pooling.how).toMatch(/^Trained for 300 steps of batch 8 on 2000 drawn clips of 8 frames at 32 pixels/);
    expect(pooling.how).toMatch(/100000 test clips; 3 seeds; chance 12\.5 % for direction, 33\.3 % for speed\.$/);
    expect(markdown(findings)).toContain('## Multi-block, causal and tube masks: does not hold here');
    expect(markdown(findings)).toContain('also counts that other test clips might have been chosen');
  });
});
