import { describe, expect, it } from 'vitest';
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts';
import { recordsOf } from '../store/evaluation-records.ts';
import { markdown } from './markdown.ts';
import type { ArmRecord } from './run.ts';
import { above, summarise, together } from './summary.ts';

const row = (probe: 'attentive' | 'linear', mean: number, share = 1): EvaluationRow => ({
  source: 'trained',
  probe,
  share,
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
    expect(pooling.found[0].text).toContain('31.0 points (95 % interval 28.5 to 33.5)');
    expect(pooling.found[0].difference).toMatchObject({
      name: 'attentive minus linear on average, direction',
      mean: expect.closeTo(31, 6) as number,
      interval: { low: expect.closeTo(28.5, 1) as number, high: expect.closeTo(33.5, 1) as number },
    });
    expect(masks.holds).toBe('no'); // causal is ahead here, and the finding says so
    expect(masks.found.map(({ text, holds }) => [text.split(' (')[0], holds])).toEqual([
      ['multi-block minus causal: −10.0 points', 'no'],
      ['multi-block minus random tubes: 20.0 points', 'yes'],
    ]);
    expect(
      masks.rows.find((r) => r.label.startsWith('features, random tubes') && r.label.endsWith('direction, attentive')),
    ).toMatchObject({ n: 3, mean: expect.closeTo(41, 6), deviation: expect.closeTo(1, 6) });
    const { experiments } = recordsOf({ experiments: JSON.parse(JSON.stringify(findings)) as unknown });
    expect(experiments).toHaveLength(2);
    expect(experiments[1].found[1].difference?.name).toBe('multi-block minus random tubes');
    expect(markdown(findings, null)).toContain(
      '| Attentive against average pooling | attentive minus linear on average, direction | 31.0 | 28.5 to 33.5 | holds here |',
    );
    // each says what was trained, how it was asked, and what the numbers stand beside
    expect(pooling.how).toMatch(/^Trained for 300 steps of batch 8 on 2000 drawn clips of 8 frames at 32 pixels/);
    expect(pooling.how).toMatch(/100000 test clips; 3 seeds; chance 12\.5 % for direction, 33\.3 % for speed\.$/);
    expect(markdown(findings, null)).toContain('## Multi-block, causal and tube masks: does not hold here');
    expect(markdown(findings, null)).toMatch(/ {2}- multi-block minus random tubes: 20\.0 points \(.*\): holds here\.\n/);
    expect(markdown(findings, null)).toContain('also counts that other test clips might have been chosen');
  });

  it('of a preset say with how many labels, and what it was trained and asked with', () => {
    const preset = (arm: string, seed: number, all: number, few: number): ArmRecord => {
      const report = {
        rows: [row('attentive', all), row('linear', all), row('attentive', few, 0.1)],
        counts: [[300, 120, 1500]],
        request: { split: { train: 300 / 1920, validation: 120 / 1920, seed: 0 } },
      } as unknown as Omit<EvaluationReport, 'confusion'>;
      return { arm, seed, losses: [], seconds: 1, reports: { direction: report, shape: report } };
    };
    const [small, ...more] = summarise(
      [0, 1, 2].flatMap((seed) => [preset('small', seed, 0.9, 0.25), preset('small-random', seed, 0.6, 0.25)]),
    );
    expect(more).toEqual([]);
    expect(small.how).toMatch(/^Trained as the page has it, 1000 steps of batch 4, on 2000 drawn clips\. /);
    expect(small.how).toContain('features of 1920 other drawn clips were probed: 300 with labels, 120 for choosing');
    expect(small.how).toContain('1500 test clips; 3 seeds; chance 12.5 % for direction, 25.0 % for shape');
    expect(small.config).toMatchObject({ steps: 1000, batch: 4, clips: [1920] });
    expect(small.found.map(({ text, holds }) => [text.split(':')[0], holds])).toEqual([
      ['small minus random weights, direction, 300 labels', 'yes'],
      ['small minus random weights, direction, 30 labels', 'unclear'],
      ['small minus random weights, shape, 300 labels', 'yes'],
      ['small minus random weights, shape, 30 labels', 'unclear'],
    ]);
    const labels = small.rows.map((r) => r.label);
    expect(labels).toContain('small, direction, attentive, 300 labels');
    expect(labels).toContain('small, random weights, shape, attentive, 30 labels');
  });

  it('of a preset whose arms were not all asked alike say so', () => {
    const both = ['nano', 'nano-random'].map((arm) => record(arm, 0, 0.9, 0.3));
    const [nano] = summarise(both.map((r) => ({ ...r, reports: { shape: r.reports.speed } })));
    expect(nano.how).toContain('features of 3900 other drawn clips were probed: 2400 with labels, 300 for choosing');
    expect(nano.how).toContain('Nano, no SIGReg, official cut: asked about the first 600, 300 with labels');
  });
});
