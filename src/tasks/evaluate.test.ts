import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { likely, noise, testPipelines } from '../testing/check-operation.ts';
import type { EvaluationRequest, EvaluationRow } from '../protocol/evaluation.ts';
import { evaluateProbes, type EvaluationTools, linesOf } from './evaluate.ts';
import { type LabelledClip, LabelledSet, WorkClock } from './labelled.ts';
import { type Features, Probes } from './probe.ts';

const request: EvaluationRequest = {
  task: 'probe',
  runId: 'run',
  config: preset('nano'),
  beside: null,
  network: 'target',
  data: { kind: 'library', clipIds: [], axis: 'folder', group: null },
  split: { train: 0.5, validation: 0.25, seed: 0 },
  probes: ['attentive', 'linear', 'knn'],
  sources: ['trained', 'random', 'colour', 'shuffled'],
  shares: [0.5, 1],
  seeds: 2,
  segments: 1,
  views: 1,
  recipe: { epochs: 10, batchSize: 16, lr: 0.01, weightDecay: 0.01, depth: 1, completeBlock: true, neighbours: 5 },
};

const clips: LabelledClip[] = Array.from({ length: 96 }, (_, i) => ({
  id: `clip ${String(i).padStart(3, '0')}`,
  name: `clip ${i}`,
  label: ['a', 'b', 'c'][i % 3],
  group: null,
  source: { frames: 1, width: 1, height: 1, rgb: () => new Uint8Array(3) },
  clip: { kind: 'library', clipId: `${i}`, name: `clip ${i}` },
}));

/** Trained features carry the class in every token, random ones are noise. */
function features(source: string, network: number): Features {
  const [tokens, dim] = [5, 8];
  const random = noise(source === 'random' ? 20 + network : 3);
  const values = Float32Array.from({ length: clips.length * tokens * dim }, random);
  const pooled = new Float32Array(clips.length * dim);
  clips.forEach((_, i) => {
    for (let n = 0; n < tokens; n++)
      for (let c = 0; c < dim; c++) {
        const at = (i * tokens + n) * dim + c;
        if (source === 'trained' && c === i % 3) values[at] += 3;
        pooled[i * dim + c] += values[at] / tokens;
      }
  });
  return { clips: clips.length, views: 1, tokens, dim, heads: 2, values, pooled };
}

async function tools(part: Partial<EvaluationTools> = {}): Promise<EvaluationTools> {
  return {
    frozen: { read: (_clips, source, network) => Promise.resolve(features(source, network)) },
    probes: new Probes(await testPipelines(), likely),
    signal: new AbortController().signal,
    remember: () => Promise.resolve(),
    onRow: () => {},
    onProgress: () => {},
    ...part,
  };
}

describe('evaluation', () => {
  it('controls are asked with all labels, the mean colour by probes without tokens', () => {
    const lines = linesOf(request).map((l) => `${l.source} ${l.probe} ${l.share}`);
    expect(lines).toContain('random attentive 0.5');
    expect(lines).toContain('colour linear 1');
    expect(lines.filter((l) => l.startsWith('colour attentive') || l.startsWith('shuffled linear 0.5'))).toEqual([]);
    const beside = linesOf({ ...request, beside: { runId: 'kept', label: 'nano' } }).filter(
      (l) => l.source === 'beside',
    );
    expect(beside).toHaveLength(6); // every probe with every share, as for the run itself
    expect(linesOf({ ...request, runId: null }).some((l) => l.source === 'trained')).toBe(false);
  });

  it('every seed parts training and validation anew and leaves the test alone', () => {
    const set = new LabelledSet(clips, request);
    const base = set.split;
    const [first, second] = [0, 1].map((seed) => set.parts(seed));
    expect(first.train).toEqual(base.train);
    expect(second.train).not.toEqual(first.train);
    for (const { train, validation } of [first, second])
      expect([...train, ...validation, ...base.test].toSorted((a, b) => a - b)).toEqual(clips.map((_, i) => i));
  });

  it('a seed whose parting would leave nothing to choose the epoch by keeps the first one', () => {
    let kept = 0;
    for (let count = 4; count < 12; count++)
      for (let split = 0; split < 5; split++) {
        const few = clips.slice(0, count).map((clip, i) => ({ ...clip, label: 'ab'[i % 2] }));
        const set = new LabelledSet(few, { ...request, split: { train: 0.6, validation: 0.2, seed: split } });
        const base = set.parts(0);
        if (!base.validation.length) continue;
        for (const seed of [1, 2, 3]) {
          const parts = set.parts(seed);
          expect(parts.validation.length, `${count} clips, split ${split}, seed ${seed}`).toBeGreaterThan(0);
          if (parts.train.join() === base.train.join()) kept++;
        }
      }
    expect(kept).toBeGreaterThan(0);
  });

  it('finds what is in the features and nothing where there is nothing', { timeout: 60_000 }, async () => {
    const told: EvaluationRow[] = [];
    /** time left at the first step of every linear probe */
    const left: (number | null)[] = [];
    const asked: EvaluationRequest = { ...request, sources: ['trained', 'random'], probes: ['linear', 'knn'] };
    const onRow = (row: EvaluationRow) => told.push(row);
    const onProgress: EvaluationTools['onProgress'] = (stage, done, _total, seconds) => {
      if (stage.startsWith('Linear') && done === 1) left.push(seconds);
    };
    const report = await evaluateProbes(asked, clips, 7, await tools({ onRow, onProgress }));
    expect(report.rows).toEqual(told);
    // in the order of the lines, though two pieces of every probe come first and tell the time
    expect(told.map(({ source, probe, share }) => ({ source, probe, share }))).toEqual(linesOf(asked));
    expect(left).toHaveLength(16);
    expect(left.slice(0, 2)).toEqual([null, null]);
    expect(left.slice(2)).not.toContain(null);
    expect(report.classes).toEqual(['a', 'b', 'c']);
    expect(report.chance).toBeCloseTo(1 / 3, 12);
    expect(report.counts).toEqual(Array.from({ length: 3 }, () => [16, 8, 8]));
    for (const row of report.rows) {
      expect(row.trials).toHaveLength(row.share < 1 ? 6 : 2); // three draws of few labels for each of two seeds
      expect(row.labels).toBe(row.share < 1 ? 24 : 48);
      if (row.source === 'trained') expect(row.mean, `${row.probe} ${row.share}`).toBeGreaterThan(0.9);
      else expect(row.mean, `${row.probe} ${row.share}`).toBeLessThan(0.6);
    }
    // the same request gives the same numbers
    const again = await evaluateProbes({ ...asked, probes: ['knn'] }, clips, 7, await tools());
    expect(again.rows).toEqual(report.rows.filter((row) => row.probe === 'knn'));
  });

  it('the attentive probe answers, is remembered, and its mistakes can be looked up', { timeout: 60_000 }, async () => {
    const remembered: string[] = [];
    const asked: EvaluationRequest = { ...request, sources: ['trained'], probes: ['attentive'], shares: [1], seeds: 1 };
    const report = await evaluateProbes(
      asked,
      clips,
      7,
      await tools({ remember: (classifier) => Promise.resolve(void remembered.push(classifier.shape.probe)) }),
    );
    expect(report.rows[0].mean).toBeGreaterThan(0.9);
    expect(remembered).toEqual(['attentive']);
    const { confusion } = report;
    expect(confusion?.probe).toBe('attentive');
    expect(confusion?.counts.reduce((a, b) => a + b, 0)).toBe(24);
    const right = (confusion?.clips ?? []).filter(({ truth, answer }) => truth === answer);
    expect(right.length / 24).toBe(report.rows[0].mean);
    for (const { truth, clip } of right) if (clip.kind === 'library') expect(truth).toBe(Number(clip.clipId) % 3);
  });

  it('time left is known when every kind of work was done once, by its weight', async () => {
    let now = 0;
    const clock = new WorkClock(() => now);
    /** Looks at the time left in the middle of the piece. */
    const take = async (kind: string, weight: number, seconds: number): Promise<number | null> => {
      let seen: number | null = null;
      await clock.take(kind, weight, () => {
        now += 500 * seconds;
        seen = clock.left();
        now += 500 * seconds;
        return Promise.resolve();
      });
      return seen;
    };
    clock.plan('slow', 70);
    clock.plan('quick', 1);
    expect(clock.left()).toBeNull();
    await take('slow', 10, 30);
    expect(clock.left()).toBeNull();
    await take('quick', 1, 1);
    expect(clock.left()).toBe(180); // 60 of a weight that took 3 seconds each
    expect(await take('slow', 10, 10)).toBe(175); // half of the piece, 5 seconds, is gone
    expect(clock.left()).toBe(50); // the first piece compiled, and counts no more
    expect(await take('slow', 20, 80)).toBe(30); // a piece that takes longer than thought leaves what is behind it
    expect(clock.left()).toBe(90); // 30 took 90 seconds, 30 are left
    await take('what nobody planned', 1, 99);
    expect(clock.left()).toBe(90);
  });

  it('the first piece of a kind goes by its own pace, where it tells how far it is', async () => {
    let now = 0;
    const clock = new WorkClock(() => now);
    clock.plan('trials', 50);
    await clock.take('trials', 10, () => {
      now += 90_000; // kernels are compiled
      clock.reached(0.1);
      expect(clock.left()).toBeNull();
      now += 4000;
      clock.reached(0.3);
      // 4 seconds for a fifth: 14 for the rest of it, 20 for each of four like it
      expect(clock.left()).toBeCloseTo(94, 9);
      now += 6000;
      clock.reached(0.6);
      expect(clock.left()).toBeCloseTo(88, 9);
      return Promise.resolve();
    });
    expect(clock.left()).toBe(400); // four as long as the first was
  });

  it('stops when it is told to', async () => {
    const control = new AbortController();
    const running = evaluateProbes(
      request,
      clips,
      null,
      await tools({ signal: control.signal, onProgress: () => control.abort() }),
    );
    await expect(running).rejects.toThrow(/abort/i);
  });

  it('one class is nothing to tell apart', async () => {
    const same = clips.map((c) => ({ ...c, label: 'a' }));
    await expect(evaluateProbes(request, same, null, await tools())).rejects.toThrow(/All 96 clips have the label a/);
  });
});
