// Expected findings are worked out by hand from the rule: difference of means against the combined spread.

import { describe, expect, it } from 'vitest';
import type { EvaluationRow } from '../protocol/evaluation.ts';
import { bestOf, limitsOf, verdicts } from './evaluation-verdict.ts';

function row(
  source: EvaluationRow['source'],
  mean: number,
  deviation: number,
  trials = 3,
  part: Partial<EvaluationRow> = {},
): EvaluationRow {
  const each = { seed: 0, draw: 0, validation: mean, epoch: 1, epochs: 20, test: mean };
  return {
    source,
    probe: 'linear',
    share: 1,
    labels: 100,
    trials: Array.from({ length: trials }, () => each),
    mean,
    deviation,
    ...part,
  };
}

const drawn = { kind: 'drawn', seed: 1, clips: 8000, axis: 'shape', noise: 0, background: 'plain' } as const;

/** Four classes with `tests` test clips in all. */
const report = (rows: EvaluationRow[], tests = 10_000, chance = 0.25) => ({
  rows,
  chance,
  counts: Array.from({ length: 4 }, (): [number, number, number] => [30, 10, tests / 4]),
  request: { data: drawn, task: 'probe' as const },
});

const only = (rows: EvaluationRow[], tests?: number, chance?: number) => {
  const found = verdicts(report(rows, tests, chance));
  expect(found).toHaveLength(1);
  return found[0];
};

describe('verdict', () => {
  it('says in one sentence how much the training helped', () => {
    // .09 against 2 · √(.02² + .03²) = .072
    const { finding, text, doubts } = only([row('trained', 0.61, 0.02), row('random', 0.52, 0.03)]);
    expect(finding).toBe('helped');
    expect(text).toBe(
      'Linear probe on shape: trained 0.61 ± 0.02, random weights 0.52 ± 0.03, chance 0.25: the training helped by 9 points (3 trials on 10000 test clips).',
    );
    expect(doubts).toEqual([]);
  });

  it('one trial has no spread: a difference is held against what the test clips leave open', () => {
    const once = (source: EvaluationRow['source'], mean: number) => row(source, mean, 0, 1);
    const { finding, text, beside } = only([once('trained', 0.55), once('random', 0.45), once('beside', 0.5)], 100);
    expect(finding).toBe('ahead');
    expect(text).toContain(
      'ahead by 10 points, which is less than twice what 100 test clips leave open and may be luck',
    );
    expect(beside).toBe('The kept run beside it 0.50: no difference beyond what 100 test clips leave open.');
  });

  it('says how the run stands to the kept one beside it, whichever is ahead', () => {
    const said = (mean: number) =>
      only([row('trained', 0.6, 0.03), row('random', 0.5, 0.03), row('beside', mean, 0.04)]).beside;
    expect(said(0.56)).toBe('The kept run beside it 0.56 ± 0.04: no difference beyond the spread.');
    expect(said(0.53)).toBe(
      'The kept run beside it 0.53 ± 0.04: this run is ahead by 7 points, less than twice the spread, which may be luck.',
    );
    expect(said(0.75)).toBe('The kept run beside it 0.75 ± 0.04: it is ahead by 15 points.');
    expect(only([row('trained', 0.6, 0.03), row('random', 0.5, 0.03)]).beside).toBeNull();
  });

  it.each([
    // √(.03² + .04²) = .05
    [0.65, 'helped'],
    [0.56, 'ahead'],
    [0.54, 'same'],
    [0.46, 'same'],
    [0.44, 'behind'],
    [0.39, 'harmed'],
  ])('trained %s ± .03 against random .50 ± .04 is %s', (mean, finding) => {
    expect(only([row('trained', mean, 0.03), row('random', 0.5, 0.04)]).finding).toBe(finding);
  });

  it('one seed of given boxes is held against what the clips of the test allow', () => {
    // √(2 · .412 · .588 / 100) = .0696
    const boxes = (trained: number) => {
      const rows = [row('trained', trained, 0, 1), row('random', 0.4119, 0, 1)].map((r) => ({
        ...r,
        probe: 'boxes' as const,
      }));
      const [found] = verdicts({ ...report(rows, 100), request: { data: drawn, task: 'detect' } });
      return found.finding;
    };
    expect(boxes(0.412)).toBe('same');
    expect(boxes(0.5)).toBe('ahead');
    expect(boxes(0.6)).toBe('helped');
  });

  it('chance of given boxes is that of scores drawn by lot, and not of guessing a class', () => {
    const rows = [row('trained', 0.3, 0.01), row('random', 0.28, 0.01)].map((r) => ({ ...r, probe: 'boxes' as const }));
    const [{ doubts }] = verdicts({ ...report(rows, 100, 0.29), request: { data: drawn, task: 'detect' } });
    expect(doubts).toEqual([expect.stringMatching(/^This cannot be told apart from scores drawn by lot on /)]);
  });

  it('tells points of the numbers that it shows', () => {
    // both lie on a half, which toFixed takes for .23 and .17
    const { text } = only([row('trained', 9 / 40, 0), row('random', 7 / 40, 0)], 10_000, 0.05);
    expect(text).toContain('trained 0.23 ± 0.00, random weights 0.18 ± 0.00');
    expect(text).toContain('helped by 5 points');
  });

  it('can come out negative', () => {
    expect(only([row('trained', 0.5, 0.03), row('random', 0.52, 0.03)]).text).toContain(
      'no better than random weights',
    );
    expect(only([row('trained', 0.3, 0.01), row('random', 0.5, 0.01)]).text).toContain(
      'worse than random weights by 20 points',
    );
  });

  it('a small test cannot tell, however alike its trials are', () => {
    // at a half: z / (1 + z² / N) · √(.25 / N + z² / 4 N²) = ½ z / √(N + z²), here 1 / (2 √25)
    expect(limitsOf({ mean: 0.5, deviation: 0 }, 24, 1).low).toBeCloseTo(0.4, 12);
    expect(limitsOf({ mean: 0.5, deviation: 0 }, 24, 1).high).toBeCloseTo(0.6, 12);
    const rows = [row('trained', 0.6, 0), row('random', 0.5, 0)];
    expect(only(rows, 24).finding).toBe('same');
    expect(only(rows, 24).text).toContain('cannot be told apart from random weights (3 trials on 24 test clips)');
    expect(only(rows, 10_000).finding).toBe('helped');
  });

  it('all right of three have a spread, and so have none of three', () => {
    // Wilson at 1 and N = 3: 1 / (1 + z² / N) = 3 / 4 for z = 1, and 3 / 7 for z = 2
    const all = { mean: 1, deviation: 0 };
    expect(limitsOf(all, 3, 1).low).toBeCloseTo(3 / 4, 12);
    expect(limitsOf(all, 3, 2).low).toBeCloseTo(3 / 7, 12);
    expect(limitsOf(all, 3, 1).high).toBeCloseTo(1, 12);
    expect(limitsOf({ mean: 0, deviation: 0 }, 3, 1).high).toBeCloseTo(1 / 4, 12);
  });

  it('with fewer than five test clips a class nothing is called good or bad, nor as good', () => {
    const tiny = (trained: number, random: number, ...more: EvaluationRow[]) =>
      only([row('trained', trained, 0), row('random', random, 0), ...more], 4);
    expect(tiny(1, 0)).toMatchObject({
      finding: 'ahead',
      text: expect.stringContaining('ahead by 100 points, but 4 test clips are too few to tell') as unknown,
    });
    expect(tiny(0, 1).finding).toBe('behind');
    // one spread away is no luck that more spreads would end: Wilson at 1 and N = 4 gives .3 and .7 for a half, .8 for all
    expect(tiny(1, 0.5).text).toContain('ahead by 50 points, but 4 test clips are too few to tell');
    expect(tiny(0.5, 1).text).toContain('behind by 50 points, but 4 test clips are too few to tell');
    expect(tiny(1, 1, row('colour', 1, 0)).text).toContain('cannot be told apart from random weights');
    expect(tiny(1, 1, row('colour', 1, 0)).doubts).toEqual([
      'The mean colour alone cannot be told apart from the trained features, so nothing shows that this needs a network (1.00 ± 0.00 against 1.00 ± 0.00, 4 test clips).',
    ]);
    expect(only([row('trained', 1, 0), row('random', 0, 0)], 20).finding).toBe('helped');
  });

  it('one seed is called one seed, and shows no spread', () => {
    const { text } = only([row('trained', 0.6, 0, 1), row('random', 0.5, 0, 1)]);
    expect(text).toContain('trained 0.60, random weights 0.50');
    expect(text).toContain('(one seed on 10000 test clips, so how far seeds differ is unknown)');
  });

  it('controls that do as well are doubts, in words', () => {
    const { doubts } = only([
      row('trained', 0.6, 0.02),
      row('random', 0.4, 0.02),
      row('colour', 0.61, 0.01),
      row('shuffled', 0.59, 0.02),
      row('still', 0.3, 0.02),
    ]);
    expect(doubts).toEqual([
      'The mean colour alone does as well, so no network is needed for this (0.61 ± 0.01 against 0.60 ± 0.02).',
      'Shuffled frames cannot be told apart from ordered ones, so nothing shows that the order of the frames is used (0.59 ± 0.02 against 0.60 ± 0.02, 10000 test clips).',
    ]);
  });

  it('at chance only chance is said against it, and nothing is called good', () => {
    const guessed = (mean: number) =>
      only([row('trained', mean, 0.02), row('random', 0.1, 0.02), row('colour', 0.25, 0.01)]);
    expect(guessed(0.24).doubts).toEqual(['Guessing the most frequent class would do as well.']);
    expect(guessed(0.26).doubts).toEqual([
      'This cannot be told apart from guessing the most frequent class on 10000 test clips.',
    ]);
    expect(guessed(0.26)).toMatchObject({
      finding: 'ahead',
      text: expect.stringContaining('ahead by 16 points, but not beyond chance') as unknown,
    });
  });

  it('the highest row is the best only where it is ahead of all others by more than the spread', () => {
    // √(.02² + .02²) = .028
    const rows = [row('trained', 0.6, 0.02), row('random', 0.5, 0.02), row('shuffled', 0.58, 0.02)];
    expect(bestOf(rows, report(rows))).toEqual({ row: rows[0], clear: false });
    const two = rows.slice(0, 2);
    expect(bestOf(two, report(two))).toEqual({ row: rows[0], clear: true });
    expect(bestOf([], report([]))).toBeNull();
    // equal as they are shown
    expect(bestOf([row('trained', 2 / 3, 0), row('random', 0.666, 0)], report(rows))).toBeNull();
    // one alone, sixteen clips for four classes, no better than chance
    expect(bestOf([rows[0]], report([rows[0]]))?.clear).toBe(false);
    expect(bestOf(two, report(two, 16))?.clear).toBe(false);
    expect(bestOf(two, report(two, 10_000, 0.99))?.clear).toBe(false);
  });

  it('takes the largest share of labels, and a verdict for each probe', () => {
    const few = { share: 0.05 };
    const found = verdicts(
      report([
        row('trained', 0.9, 0.01, 3, few),
        row('random', 0.1, 0.01, 3, few),
        row('trained', 0.5, 0.02),
        row('random', 0.5, 0.02),
        row('trained', 0.7, 0.01, 3, { probe: 'knn' }),
        row('random', 0.5, 0.01, 3, { probe: 'knn' }),
      ]),
    );
    expect(found.map((v) => [v.probe, v.finding])).toEqual([
      ['linear', 'same'],
      ['knn', 'helped'],
    ]);
  });

  it('fine-tuning is held against training from scratch; without a rival there is no finding', () => {
    const part = { probe: 'finetuned' as const };
    expect(only([row('trained', 0.8, 0.01, 3, part), row('scratch', 0.7, 0.01, 3, part)]).text).toContain(
      'pre-training helped by 10 points',
    );
    const alone = only([row('random', 0.5, 0.02), row('colour', 0.3, 0.01)]);
    expect(alone.finding).toBe('alone');
    expect(alone.text).toBe('Linear probe on shape: random weights 0.50 ± 0.02, mean colour 0.30 ± 0.01, chance 0.25.');
  });
});
