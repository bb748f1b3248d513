import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { layoutArena } from '../gpu/arena.ts';
import { initialWeights } from '../model/initialise.ts';
import { encoderParameters } from '../model/parameters.ts';
import { likely, noise, testPipelines } from '../testing/check-operation.ts';
import { colourNames, drawProceduralClip } from '../video/procedural.ts';
import { type ClipFrameSource, viewedClip } from './clips.ts';
import { finetune, finetuneClips, finetuneRecipe, type FinetuneRequest } from './finetune.ts';

const config = preset('nano');
config.model = { ...config.model, crop: 24, frames: 4, dim: 32, depth: 2, heads: 2 };
config.data = { ...config.data, samplingRate: 2 };

const drawn = Array.from({ length: 48 }, (_, i) =>
  drawProceduralClip(7, i, { frames: 12, side: 32, colours: 'full', noise: 0.03 }),
);
const sources: ClipFrameSource[] = drawn.map(({ rgb }) => ({
  frames: 12,
  width: 32,
  height: 32,
  rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3),
}));
const labels = drawn.map((clip) => colourNames.findIndex((name) => name === clip.labels.colour));
const span = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);

const request = (changes: Partial<FinetuneRequest> = {}): FinetuneRequest => ({
  model: config.model,
  start: null,
  clips: finetuneClips(config, sources, 0),
  labels,
  classes: colourNames.length,
  // six clips have six colours
  train: span(0, 24),
  validation: span(24, 36),
  test: span(36, 48),
  recipe: { ...finetuneRecipe(), epochs: 12, lr: 3e-3 },
  seed: 0,
  ...changes,
});

/** What the request as it stands gives, and the stages it told; trained once. */
let told: ReturnType<typeof trainedOnce> | null = null;
const trained = () => (told ??= trainedOnce());
async function trainedOnce() {
  const stages = new Set<string>();
  const onProgress = (stage: string) => stages.add(stage);
  return { result: await finetune(await testPipelines(), likely, request({ onProgress })), stages };
}

describe('fine-tuning on drawn clips', () => {
  it('learns colours from random weights', async () => {
    const { result, stages } = await trained();
    expect(result.losses).toHaveLength(12);
    // six classes: guessing costs log 6 = 1.79
    expect(result.losses[0]).toBeGreaterThan(1.4);
    expect(result.losses[11]).toBeLessThan(1.2);
    expect(result.test).toBeGreaterThan(0.5); // chance is 1/6
    expect(result.validation).toBeGreaterThan(0.5);
    expect(result.epoch).toBeGreaterThan(1);
    expect([...stages]).toEqual(['Compiling kernels', 'Fine-tuning']);
    // what is answered is what is counted
    let right = 0;
    for (let k = 0; k < 12; k++) {
      const row = [...result.answers.subarray(k * 6, k * 6 + 6)];
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      if (row.indexOf(Math.max(...row)) === labels[36 + k]) right++;
    }
    expect(result.test).toBe(right / 12);
  }, 120_000);

  it('starts from a copy of the given weights, and another start gives another result', async () => {
    const pipelines = await testPipelines();
    const arena = layoutArena('encoder', encoderParameters({ ...config.model, tokens: 18 }), false);
    const start = await initialWeights(arena, config.model, 0, 'encoder');
    const recipe = { ...finetuneRecipe(), epochs: 2 };
    const given = await finetune(pipelines, likely, request({ start: start.slice(), recipe }));
    // the official start of the same seed is what null means; twice the same numbers
    expect(await finetune(pipelines, likely, request({ recipe }))).toEqual(given);
    const random = noise(3);
    const other = start.map((v) => v + 0.01 * random());
    const before = other.slice();
    expect((await finetune(pipelines, likely, request({ start: other, recipe }))).losses).not.toEqual(given.losses);
    expect(other).toEqual(before);
  }, 120_000);

  it('only validation chooses the epoch: where its labels are wrong, the worse epoch is taken', async () => {
    const pipelines = await testPipelines();
    const wrong = labels.map((label, i) => (i >= 24 && i < 36 ? (label + 1) % 6 : label));
    const result = await finetune(pipelines, likely, request({ labels: wrong }));
    const { result: right } = await trained();
    expect(result.losses).toEqual(right.losses);
    expect(result.epoch).toBeLessThan(right.epoch);
    // without validation clips the last epoch stands
    const short = { ...finetuneRecipe(), epochs: 3 };
    expect((await finetune(pipelines, likely, request({ validation: [], recipe: short }))).epoch).toBe(3);
  }, 180_000);

  it('stops when asked to', async () => {
    const pipelines = await testPipelines();
    const abort = new AbortController();
    let steps = 0;
    const onProgress = (stage: string) => {
      if (stage === 'Fine-tuning' && ++steps === 4) abort.abort();
    };
    await expect(finetune(pipelines, likely, request({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(steps).toBe(4);
  });

  it.each([
    { changes: { classes: 1 }, says: '1 classes' },
    { changes: { test: [] }, says: '0 for the test' },
    { changes: { recipe: { ...finetuneRecipe(), layerDecay: 0 } }, says: 'layer decay is 0' },
    { changes: { start: new Float32Array(10) }, says: '10 values' },
  ])('refuses $says', async ({ changes, says }) => {
    await expect(finetune(await testPipelines(), likely, request(changes))).rejects.toThrow(says);
  });
});

describe('clips of fine-tuning', () => {
  it('are asked about in the middle and from the start, and drawn anew in every epoch, the same for a seed', () => {
    const clips = finetuneClips(config, sources, 0);
    // 4 frames two apart, from frame 0: numbers spread evenly over the window of 8, 0 … 8 cut to 7
    const seen = clips(5, null);
    expect(seen).toHaveLength(3 * 4 * 24 * 24);
    expect(seen.subarray(0, 24 * 24)).toEqual(viewedClip(config, sources[5], 0).subarray(0, 24 * 24));
    expect(clips(5, 0)).not.toEqual(clips(5, 1));
    expect(clips(5, 0)).not.toEqual(clips(6, 0));
    expect(finetuneClips(config, sources, 0)(5, 3)).toEqual(clips(5, 3));
    expect(finetuneClips(config, sources, 1)(5, 3)).not.toEqual(clips(5, 3));
  });
});
