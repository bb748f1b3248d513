import { describe, expect, it } from 'vitest';
import { firstAsked } from '../core/drawn-look.ts';
import { preset } from '../core/presets.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import type { EvaluationRequest, EvaluationRow } from '../protocol/evaluation.ts';
import { drawProceduralClip, pairLabels, proceduralLabels } from '../video/procedural.ts';
import { evaluateDetection } from './evaluate-detect.ts';
import { evaluateFinetuning } from './evaluate-finetune.ts';
import { FrozenFeatures } from './frozen.ts';
import type { LabelledClip, Telling } from './labelled.ts';

const config = preset('nano');
config.model = { ...config.model, crop: 16, patch: 4, frames: 4, depth: 1, dim: 16 };

const request: EvaluationRequest = {
  task: 'finetune',
  runId: null,
  config,
  beside: null,
  network: 'target',
  data: { kind: 'drawn', seed: 0, clips: 24, axis: 'speed', noise: 0.03, background: 'plain' },
  split: { train: 0.5, validation: 0.25, seed: 0 },
  probes: ['attentive'],
  sources: ['random'],
  shares: [1],
  seeds: 2,
  segments: 1,
  views: 1,
  recipe: { epochs: 1, batchSize: 6, lr: 1e-3, weightDecay: 0.01, depth: 1, completeBlock: true, neighbours: 5 },
};

const drawn = (count: number, scene: 'motion' | 'pair', label: (index: number) => string): LabelledClip[] =>
  Array.from({ length: count }, (_, i) => {
    const index = firstAsked + i;
    return {
      id: `drawn ${index}`,
      name: `${index}`,
      label: label(index),
      group: null,
      source: {
        frames: 16,
        width: 32,
        height: 32,
        rgb: (frame) => drawProceduralClip(0, index, { frames: 1, start: frame, side: 32, scene }).rgb,
      },
      clip: { kind: 'drawn', index },
    };
  });

const telling = (rows: EvaluationRow[]) => ({
  signal: new AbortController().signal,
  onRow: (row: EvaluationRow) => void rows.push(row),
  onProgress: () => {},
});

describe('evaluation end to end', () => {
  it('without a run only training from scratch is asked', { timeout: 60_000 }, async () => {
    const rows: EvaluationRow[] = [];
    const pipelines = await testPipelines();
    /** time left at the first step of every trial */
    const left: (number | null)[] = [];
    const told: string[] = [];
    const onProgress: Telling['onProgress'] = (stage, done, _total, seconds) => {
      if (!stage.endsWith('fine-tuning') || done !== 1) return;
      left.push(seconds);
      told.push(stage);
    };
    const tools = { ...telling(rows), onProgress, pipelines, variant: likely };
    const clips = drawn(24, 'motion', (index) => proceduralLabels(0, index).speed);
    const report = await evaluateFinetuning({ ...request, shares: [0.5, 1] }, clips, null, null, tools);
    expect(report.rows).toEqual(rows);
    expect(report.rows.map((r) => [r.source, r.probe, r.share, r.trials.length])).toEqual([
      ['scratch', 'finetuned', 0.5, 6],
      ['scratch', 'finetuned', 1, 2],
    ]);
    // known from the second trial on, though none had all labels
    expect(left.map((seconds) => seconds === null)).toEqual([true, ...Array<boolean>(7).fill(false)]);
    expect(told).toEqual(Array.from({ length: 8 }, (_, i) => `From scratch, trial ${i + 1} of 8, fine-tuning`));
    expect(report.confusion?.counts.reduce((a, b) => a + b, 0)).toBe(6);
  });

  it(
    'boxes: every body has its own class, and chance is the share of boxes with a class',
    { timeout: 60_000 },
    async () => {
      const rows: EvaluationRow[] = [];
      const pipelines = await testPipelines();
      const frozen = new FrozenFeatures(pipelines, config.model, null, likely);
      const asked: EvaluationRequest = {
        ...request,
        task: 'detect',
        data: { kind: 'drawn', seed: 0, clips: 48, axis: 'shape', noise: 0.03, background: 'plain' },
      };
      const clips = drawn(48, 'pair', (index) => pairLabels(0, index)[0].shape);
      const tools = { ...telling(rows), pipelines, variant: likely, frozen };
      const report = await evaluateDetection(asked, clips, null, tools);
      frozen.destroy();
      expect(report.metric).toBe('map');
      expect(report.rows.map((r) => [r.source, r.probe, r.trials.length])).toEqual([['random', 'boxes', 2]]);
      // four shapes; the test boxes need not hold them in equal numbers
      expect(report.chance).toBeGreaterThan(0.15);
      expect(report.chance).toBeLessThan(0.4);
      for (const { test } of report.rows[0].trials) {
        expect(test).toBeGreaterThan(0);
        expect(test).toBeLessThanOrEqual(1);
      }
    },
  );

  it(
    'boxes of an image model, whose tubelets have one frame whatever its config says',
    { timeout: 60_000 },
    async () => {
      const pipelines = await testPipelines();
      const image = { ...config, model: { ...config.model, frames: 1 } };
      expect(image.model.tubelet).toBe(2);
      const frozen = new FrozenFeatures(pipelines, image.model, null, likely);
      const asked: EvaluationRequest = {
        ...request,
        config: image,
        task: 'detect',
        seeds: 1,
        data: { kind: 'drawn', seed: 0, clips: 24, axis: 'shape', noise: 0.03, background: 'plain' },
      };
      const clips = drawn(24, 'pair', (index) => pairLabels(0, index)[0].shape);
      const report = await evaluateDetection(asked, clips, null, {
        ...telling([]),
        pipelines,
        variant: likely,
        frozen,
      });
      frozen.destroy();
      expect(report.rows[0].trials[0].test).toBeGreaterThan(0);
    },
  );
});
