import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { readTensor } from '../gpu/readback.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { drawProceduralClip, proceduralLabels } from '../video/procedural.ts';
import type { ClipFrameSource } from './clips.ts';
import { Pretraining } from './pretrain.ts';

/** Drawn clips that carry the labels of others: clip i those of clip labelled(i). */
const sources = (labelled: (i: number) => number): (ClipFrameSource & { labels: Record<string, string> })[] =>
  Array.from({ length: 6 }, (_, i) => ({
    frames: 16,
    width: 16,
    height: 16,
    labels: proceduralLabels(0, labelled(i)),
    rgb: (frame) => drawProceduralClip(0, i, { frames: 1, start: frame, side: 16 }).rgb,
  }));

/** SHA-256 of all weights after three steps. */
async function weightsAfter(clips: ClipFrameSource[]): Promise<string> {
  const pipelines = await testPipelines();
  const config = preset('nano');
  config.batchSize = 2;
  config.model = { ...config.model, crop: 16, patch: 4, depth: 1, predDepth: 1 };
  const run = await Pretraining.create(pipelines, config, clips, { variant: likely });
  for (let step = 0; step < 3; step++) await (await run.advance()).metrics;
  const { encoder } = run.nets;
  const values = await readTensor(pipelines.device, encoder.weights, encoder.size);
  run.destroy();
  return Buffer.from(await crypto.subtle.digest('SHA-256', values)).toString('hex');
}

describe('labels', () => {
  it('never reach pre-training: shuffled ones leave the weights as they are', { timeout: 120_000 }, async () => {
    expect(await weightsAfter(sources((i) => (i * 5 + 1) % 6))).toBe(await weightsAfter(sources((i) => i)));
  });
});
