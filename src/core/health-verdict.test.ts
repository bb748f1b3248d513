import { describe, expect, it } from 'vitest';
import { checkConfig, type RunConfig } from './config.ts';
import { type FeatureHealth, type HealthRow, readHealthRows, withHealthRow } from './health-row.ts';
import { type HealthState, healthVerdict, remedies, wasSound } from './health-verdict.ts';
import { preset } from './presets.ts';

const features = (rank: number, spread: number): FeatureHealth => ({
  spread,
  pooledSpread: spread / 10,
  dead: 0,
  cosine: 0.99,
  rank,
  rankCentred: rank,
  pooledRank: 2,
  pooledRankCentred: 12,
  spectrum: [0.5, 0.5],
});

/** step, loss, rank, spread, error with another context over error */
type Point = [step: number, loss: number, rank: number, spread: number, swap: number];

const trace = (...points: Point[]): HealthRow[] =>
  points.map(([step, loss, rank, spread, swap]) => ({
    step,
    encoder: features(rank, spread),
    target: features(rank, spread),
    loss,
    swapped: loss * swap,
    permuted: loss * swap,
    meanBaseline: 1.2,
    nearestBaseline: 0.5,
    lag: 0.01,
    halfLife: 69,
    layers: [{ name: 'blocks.0', gradient: 1, update: 0.001, lag: 0.01 }],
    clipped: null,
    probes: null,
    milliseconds: 10,
  }));

// numbers of the pilot: random weights have rank 27 and spread .48
const start: Point = [0, 0.8, 27, 0.48, 1];

const expectState = (rows: HealthRow[], state: HealthState) => {
  const verdict = healthVerdict(rows);
  expect(verdict.state, verdict.evidence).toBe(state);
  return verdict.evidence;
};

describe('health verdict', () => {
  it('healthy: rank 50 and spread .98, though the loss is high', () => {
    const said = expectState(trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]), 'healthy');
    expect(said).toContain('rank 27 → 50');
    expect(said).toContain('40 % larger');
  });

  it('a rising loss with a rising rank is healthy, and says so', () =>
    expect(expectState(trace(start, [100, 0.8, 28, 0.6, 1.2], [200, 1, 35, 0.9, 1.3]), 'healthy')).toMatch(
      /^Loss rises by 25 %, rank 27 → 35/,
    ));

  it('a loss that fell and rises again with the rank is healthy, and says since when', () => {
    const fell: Point[] = [start, [100, 0.4, 20, 0.6, 1.2], [200, 0.5, 35, 0.9, 1.3]];
    expect(expectState(trace(...fell, [300, 0.6, 40, 0.9, 1.3]), 'healthy')).toContain(
      'Since step 100 the loss rises by 50 % while the rank rises from 20 to 40',
    );
    // neither with the rank, nor by more than a wave
    expect(expectState(trace(start, [100, 0.4, 40, 0.6, 1.2], [200, 0.6, 35, 0.9, 1.3]), 'healthy')).not.toContain(
      'Since',
    );
    expect(expectState(trace(start, [100, 0.4, 30, 0.6, 1.2], [200, 0.43, 35, 0.9, 1.3]), 'healthy')).not.toContain(
      'Since',
    );
  });

  it('collapsed: the lowest loss is the worst model', () => {
    const said = expectState(trace(start, [100, 0.3, 12, 0.3, 1], [200, 0.043, 3.6, 0.12, 1]), 'collapsed');
    expect(said).toContain('spread 0.48 → 0.12');
  });

  it('collapsed: few directions are left of a run whose loss ran away, and nothing is foretold', () => {
    const rows = trace([0, 1, 23, 0.67, 1], [100, 0.84, 20, 0.7, 1.002], [160, 1.3, 1.3, 0.84, 1]);
    expect(expectState(rows, 'collapsed')).toMatch(/^Loss rises by 30 % while few directions are left: rank 23 → 1.3/);
    // as long as the context tells something, or the mean target would be worse, few directions prove nothing
    expectState(trace([0, 1, 23, 0.67, 1], [100, 0.84, 20, 0.7, 1.1], [160, 1.3, 1.3, 0.84, 1.01]), 'unclear');
    expectState(trace([0, 1, 23, 0.67, 1], [100, 0.84, 20, 0.7, 1.1], [160, 1.1, 1.3, 0.84, 1]), 'unclear');
  });

  it('knows until when a run was sound', () => {
    const fell: Point[] = [start, [50, 0.6, 25, 0.5, 1.1], [100, 0.3, 12, 0.3, 1], [200, 0.043, 3.6, 0.12, 1]];
    const soundUntil = (rows: HealthRow[]) => [0, 40, 50, 60, 100, 250].map((step) => wasSound(rows, step));
    // step 40 lies between two sound checks, 60 before one that fell; behind the last check nothing is known
    expect(soundUntil(trace(...fell))).toEqual([true, true, true, false, false, false]);
    // collapsed, escaped, collapsed again: what is kept of the first collapse was never sound
    const again = trace(start, [50, 0.05, 4, 0.1, 1], [100, 0.6, 30, 0.6, 1.1], [200, 0.043, 3.6, 0.12, 1]);
    expect(soundUntil(again)).toEqual([true, false, false, false, true, false]);
    expect(wasSound([], 10)).toBe(false);
  });

  it('shrunk to a point: collapsed whatever the rank is', () =>
    void expectState(trace(start, [100, 0.003, 40, 0.008, 1], [200, 0.003, 40, 0.008, 1]), 'collapsed'));

  it('collapsing: loss and rank fall together', () =>
    expect(expectState(trace(start, [50, 0.8, 30, 0.46, 1], [100, 0.48, 12, 0.35, 1]), 'collapsing')).toMatch(
      /^Loss fell 40 % in 50 steps while rank fell from 30 to 12/,
    ));

  it('escaped: it had collapsed, the rank rises and the context is used', () =>
    expect(
      expectState(trace(start, [100, 0.05, 4, 0.2, 1], [200, 0.05, 4, 0.2, 1], [300, 0.35, 14, 0.58, 1.3]), 'escaped'),
    ).toContain('Rank was 4 at step 100 and is 14 now'));

  it.each<[string, HealthRow[]]>([
    ['no check', []],
    ['only the first', trace(start)],
    ['one check is not a course', trace(start, [100, 0.04, 3, 0.1, 1])],
    ['the first check is missing', trace([50, 0.5, 20, 0.4, 1.2], [100, 0.5, 20, 0.4, 1.2], [150, 0.5, 20, 0.4, 1.2])],
    [
      'sound features, but the context is not used',
      trace(start, [50, 0.8, 27, 0.48, 1], [100, 0.75, 27, 0.48, 1.0004]),
    ],
    ['low rank alone proves nothing', trace(start, [50, 0.8, 9, 0.6, 1.3], [100, 0.79, 8, 0.6, 1.3])],
    ['out of a collapse by a little', trace(start, [50, 0.05, 4, 0.2, 1], [100, 0.3, 5, 0.3, 1])],
    ['half the rank, same loss', trace(start, [50, 0.8, 14, 0.48, 1.2], [100, 0.8, 14, 0.48, 1.2])],
  ])('unclear: %s', (_, rows) => void expectState(rows, 'unclear'));

  it.each<[string, Partial<HealthRow>, string]>([
    ['places are not told apart', { permuted: 0.63 }, 'places are not told apart yet'],
    ['the loss went through the roof', { loss: 350, swapped: 500, permuted: 500 }, 'no better than the mean target'],
  ])('unclear, though rank, spread and context are sound: %s', (_, change, said) => {
    const rows = trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]);
    rows[2] = { ...rows[2], ...change };
    expect(expectState(rows, 'unclear')).toContain(said);
  });

  it('collapsed: a student that is dead behind a slow teacher', () => {
    const rows = trace(start, [100, 0.3, 27, 0.48, 1], [200, 0.14, 27, 0.48, 1]);
    rows[2] = { ...rows[2], encoder: features(4, 0.1) };
    expect(expectState(rows, 'collapsed')).toContain('rank 27 → 4 in the encoder (still 27 in its slow copy)');
  });

  it('before it can say anything it says what was checked, and what it waits for', () => {
    expect(healthVerdict(trace(start)).evidence).toMatch(
      /^Only the weights that the run began with .* needs 2 checks behind them\..* 5 % .*, 25 % at a few places; “Check now” makes one at once\.$/,
    );
    expect(healthVerdict(trace(start, [100, 0.7, 40, 0.8, 1.1])).evidence).toBe(
      '1 check so far since the first weights: a verdict needs 2.',
    );
  });

  it('of a run that has ended it promises no further check', () => {
    expect(healthVerdict(trace(start), undefined, true).evidence).toBe(
      'Only the weights that the run began with were checked before it ended: a verdict needs 2 checks behind them, which a longer run has.',
    );
    expect(healthVerdict(trace(start, [100, 0.7, 40, 0.8, 1.1]), undefined, true).evidence).toBe(
      '1 check between the first weights and the end of the run: a verdict needs 2.',
    );
  });

  it('probes at chance do not overrule a good verdict, but it says that they do not confirm it', () => {
    const probed = (linear: number): HealthRow[] =>
      trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]).map((row, i) => ({
        ...row,
        probes: i === 1 ? [{ axis: 'shape', neighbours: 0.2, linear, chance: 0.25, train: 48, test: 48 }] : null,
      }));
    // a quarter of 48 by chance, give or take 1/16
    expect(expectState(probed(0.37), 'healthy')).toContain('at step 100 they told shape no better than chance');
    expect(expectState(probed(0.38), 'healthy')).not.toContain('probes');
    expect(expectState(trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]), 'healthy')).not.toContain(
      'probes',
    );
  });

  it('probes are held against those of the weights that the run began with, not against chance alone', () => {
    const probe = (linear: number, neighbours: number) => [
      { axis: 'direction', neighbours, linear, chance: 0.125, train: 64, test: 96 },
    ];
    const probed = (linear: number, neighbours: number): HealthRow[] =>
      trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]).map((row, i) => ({
        ...row,
        probes: i === 0 ? probe(0.18, 0.21) : i === 2 ? probe(linear, neighbours) : null,
      }));
    // twice sqrt((0.18 · 0.82 + 0.31 · 0.69) / 96) is 0.123
    expect(expectState(probed(0.31, 0.26), 'healthy')).not.toContain('probes');
    expect(expectState(probed(0.3, 0.26), 'healthy')).toContain(
      'at step 200 the linear probe told direction in 30 %, with the weights it began with in 18 %, which is within what 96 clips leave open.',
    );
    expect(expectState(probed(0.16, 0.26), 'healthy')).toContain('the neighbour probe told direction in 26 %');
    // an unclear verdict tells it too, and has nothing that would be confirmed
    const unclear = probed(0.3, 0.26).map((row) => ({ ...row, permuted: row.loss }));
    expect(expectState(unclear, 'unclear')).toContain('At step 200 the linear probe told direction in 30 %, with');
    // no better than chance is told as that
    expect(expectState(probed(0.12, 0.13), 'healthy')).toContain('no better than chance');
  });

  it('a context that changes the error by next to nothing is told as little', () => {
    const said = (swap: number) =>
      expectState(
        trace(start, [100, 0.7, 40, 0.8, 1.1], [200, 0.63, 50, 0.98, 1.4]).map((row, i) =>
          i === 2 ? { ...row, swapped: row.loss * swap } : row,
        ),
        'healthy',
      );
    expect(said(1.003)).toContain('is only 0.3 % larger');
    expect(said(1.02)).toContain('is 2.0 % larger');
  });

  it('remedies change settings that can run, and leave out what is there', () => {
    const plain = { ...preset('nano'), loss: { ...preset('nano').loss, sigreg: 0 } };
    const sick: RunConfig = { ...plain, optim: { ...plain.optim, ema: [0, 0] }, maskCut: 'official' };
    const all = remedies('collapsed', sick, 1e-3);
    expect(all.map(({ label }) => label)).toEqual([
      'Turn SIGReg on, weight 0.02',
      'Raise EMA to 0.99',
      'Lower the learning rate to 0.00033',
      'Throw no tokens away (cut none)',
    ]);
    const cured = all.reduce((c, { change }) => change(c), sick);
    expect(checkConfig(cured)).toEqual([]);
    expect([cured.loss.sigreg, cured.optim.ema, cured.maskCut]).toEqual([0.02, [0.99, 0.99], 'none']);
    expect(remedies('collapsing', preset('nano'), 1e-3)).toHaveLength(1);
    expect(remedies('healthy', sick, 1e-3)).toEqual([]);
  });

  it('a rate that was raised on the way goes back to what the run began with; a lower one is never raised', () => {
    const nano = preset('nano');
    const raised = { ...nano, optim: { ...nano.optim, lr: 0.9 } };
    const [lower] = remedies('collapsed', raised, 1e-3);
    expect(lower.label).toBe('Lower the learning rate to 0.001');
    expect(lower.change(raised).optim.lr).toBe(1e-3);
    expect(lower.change({ ...nano, optim: { ...nano.optim, lr: 1e-4 } }).optim.lr).toBe(1e-4);
    expect(remedies('collapsed', raised, 0.00106)[0].label).toBe('Lower the learning rate to 0.001'); // never above
    // what the button says is what it sets
    const third = remedies('collapsed', { ...nano, optim: { ...nano.optim, lr: 0.01 } }, 0.01).find(({ label }) =>
      label.startsWith('Lower'),
    );
    expect(third?.label).toBe('Lower the learning rate to 0.0033');
    expect(third?.change({ ...nano, optim: { ...nano.optim, lr: 0.01 } }).optim.lr).toBe(0.0033);
  });
});

describe('health rows', () => {
  it('come back from JSON, and nothing that is not sound', () => {
    const rows = trace(start, [100, 0.7, 40, 0.8, 1.1]);
    expect(readHealthRows(JSON.parse(JSON.stringify(rows)))).toEqual(rows);
    expect(readHealthRows([...rows].reverse())).toBeNull();
    expect(readHealthRows([{ ...rows[0], loss: 'NaN' }])).toBeNull();
    expect(readHealthRows([{ ...rows[0], layers: [{ name: 1 }] }])).toBeNull();
    expect(readHealthRows({})).toBeNull();
  });

  it('a run keeps its first check however many there are, and a step taken again replaces what came later', () => {
    let rows: HealthRow[] = [];
    for (let step = 0; step < 1000; step++) rows = withHealthRow(rows, trace([step, 1, 1, 1, 1])[0]);
    expect(rows.length).toBeLessThanOrEqual(400);
    expect([rows[0].step, rows.at(-1)!.step]).toEqual([0, 999]);
    expect(withHealthRow(trace(start, [50, 1, 1, 1, 1], [80, 1, 1, 1, 1]), trace([50, 2, 2, 2, 2])[0])).toHaveLength(2);
  });
});
