import { describe, expect, it } from 'vitest';
import { gridOf, type RunConfig } from '../core/config.ts';
import { predicting, preset } from '../core/presets.ts';
import { variants } from '../core/variant.ts';
import { layoutArena } from '../gpu/arena.ts';
import { drawMasks } from '../mask/draw.ts';
import { slowStages, type SlowStep } from '../protocol/slow.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { recordStep, type StepShape } from '../train/step.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { type ClipFrameSource, trainingClips } from './clips.ts';
import { Pretraining } from './pretrain.ts';
import { runArenas, stepShape } from './run-shape.ts';
import { slowStep, watched } from './slow-step.ts';

/** A run that takes a fraction of a second: 24 px, 4 frames, 18 tokens. */
function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 3;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.optim = { ...c.optim, ipe: 4, epochs: 20, warmup: 1, ema: [0.9, 0.9] };
  return c;
}

const sources: ClipFrameSource[] = Array.from({ length: 6 }, (_, i) => {
  const { rgb } = drawProceduralClip(3, i, { frames: 12, side: 32 });
  return { frames: 12, width: 32, height: 32, rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3) };
});

const open = async (c: RunConfig) => Pretraining.create(await testPipelines(), c, sources, { variant });
const loss = async (run: Pretraining) => (await (await run.advance()).metrics).loss;
const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;

describe.each(['features', 'pixels'] as const)('a step in slow motion, predicting %s', (target) => {
  const config = predicting(quick(), target);

  it('is the step that would have been taken, and the run goes on behind it, bit for bit', async () => {
    const [fast, slow] = [await open(config), await open(config)];
    const expected = [await loss(fast), await loss(fast), await loss(fast)];
    const first = await loss(slow);
    const { metrics } = await slowStep(slow);
    expect([first, metrics.loss, await loss(slow)]).toEqual(expected);
    expect(slow.step).toBe(3);
    fast.destroy();
    slow.destroy();
  });

  it('shows the tensors of the first clip: masks, patches, errors worked out again from what is shown', async () => {
    const run = await open(config);
    await loss(run);
    const { slow } = await slowStep(run);
    const c = config;
    const { sets } = drawMasks(
      { masks: c.masks, cut: c.maskCut, sequence: c.maskSequence, seed: c.seed },
      gridOf(c.model),
      c.batchSize,
      1,
    );
    const clips = trainingClips(c, sources, 1);
    expect(slow.step).toBe(1);
    slow.sets.forEach((set, s) => {
      expect([...set.context]).toEqual([...sets[s].context[0]]);
      expect([...set.target]).toEqual([...sets[s].target[0]]);
      expectPatches(c, slow, set.context, set.patches, clips);
      const V = slow.width;
      const exponent = target === 'pixels' ? 2 : 1;
      set.error.forEach((e, i) => {
        let sum = 0;
        for (let k = i * V; k < (i + 1) * V; k++) sum += Math.abs(set.predictions[k] - set.targets[k]) ** exponent;
        expect(e).toBeCloseTo(sum / exponent / V, 5);
      });
      // L1: every channel pulls with sign / (sets · tokens of the set · V), so a token's length is 1 / (… √V)
      if (target === 'features') {
        const tokens = sets[s].target.reduce((n, list) => n + list.length, 0);
        for (const length of set.predictionGradient) expect(length * 2 * tokens * Math.sqrt(V)).toBeCloseTo(1, 4);
      }
      expect(Math.min(...set.featureGradient)).toBeGreaterThan(0);
      expect(set.features).toHaveLength(set.context.length * slow.dim);
    });
    // targets are normalised over their channels
    expect(mean(slow.sets[0].targets.subarray(0, slow.width))).toBeCloseTo(0, 4);
    run.destroy();
  });

  it('counts every dispatch of the step once, AdamW and EMA together', async () => {
    const run = await open(config);
    const { slow } = await slowStep(run);
    const counted = slowStages.filter((s) => s !== 'ema').reduce((n, s) => n + slow.dispatches[s], 0);
    expect(counted).toBe(run.trainer.program.prepared.length);
    expect(slow.dispatches.mask).toBe(0); // drawn on the host
    run.destroy();
  });

  it('shows the teacher following: with momentum m its lag after the step is m times that of the moved student', async () => {
    const run = await open(config);
    const { slow } = await slowStep(run);
    for (const layer of slow.layers) expect(layer.gradient, layer.name).toBeGreaterThan(0);
    const encoder = slow.layers.filter((l) => l.lagBefore !== null);
    expect(encoder.length).toBeGreaterThan(0);
    for (const { lagBefore, lagMoved, lagAfter, update } of encoder) {
      expect(lagBefore).toBe(0); // the first step: teacher and student are the same
      expect(lagMoved! / update).toBeGreaterThan(0.95); // the student has moved, the teacher has not
      expect(lagMoved! / update).toBeLessThan(1.05);
      // student moved by `update` of its length; the teacher took a tenth of the way
      expect(lagAfter! / update).toBeGreaterThan(0.85);
      expect(lagAfter! / update).toBeLessThan(0.95);
    }
    run.destroy();
  });
});

// Of every form, though only some can run here: what a step dispatches differs from one to the next.
describe.each(Object.entries(variants))('the step recorded in the form %s', (_, form) => {
  const shape = stepShape(quick());
  const cases: [string, StepShape, boolean][] = [
    ['features', shape, false],
    ['activations made again', shape, true],
    ['pixels', stepShape(predicting(quick(), 'pixels')), false],
    ['SIGReg', { ...shape, sigreg: 0.02 }, false],
    ['no SIGReg', { ...shape, sigreg: 0 }, false],
    ['variance', { ...shape, regCoeff: 1 }, false],
    ['raw targets', { ...shape, flaw: 'raw targets' }, false],
    ['live targets', { ...shape, sets: 1, flaw: 'live targets' }, false],
  ];
  it.each(cases)('with %s, every dispatch has a stage, and one stage follows the other', (_name, s, recompute) => {
    const c = s.target === 'pixels' ? predicting(quick(), 'pixels') : quick();
    const { dispatches } = recordStep(runArenas(c, layoutArena), s, form, { recompute }).plan;
    const stages = dispatches.map(({ stage }) => stage);
    const order = stages.filter((stage, i) => stage !== stages[i - 1]);
    expect(order).toEqual(['targets', 'patches', 'encoder', 'predictor', 'error', 'gradient', 'adamw']);
    for (const stage of order) expect(slowStages).toContain(stage);
    // the first and the last of each
    const at = (stage: string, which: number) => dispatches.filter((d) => d.stage === stage).at(which)!.label;
    expect(at('targets', 0)).toBe('target/patches');
    expect(at('encoder', -1)).toBe(watched.features);
    expect(at('predictor', -1)).toBe(watched.predictions);
    expect(at('error', 0)).toBe(watched.error);
  });
});

/** Patches hold the pixels of their token as the convolution's weight is laid out: channel, frame, row, column. */
function expectPatches(c: RunConfig, slow: SlowStep, tokens: Int32Array, patches: Float32Array, clips: Float32Array) {
  const { crop: S, frames: T, tubelet, patch: P } = c.model;
  const { h, w } = slow.grid;
  const cols = 3 * tubelet * P * P;
  tokens.forEach((token, row) => {
    const [t, y, x] = [Math.floor(token / (h * w)), Math.floor(token / w) % h, token % w];
    let at = row * cols;
    for (let k = 0; k < 3; k++)
      for (let dt = 0; dt < tubelet; dt++)
        for (let dy = 0; dy < P; dy++)
          for (let dx = 0; dx < P; dx++)
            expect(patches[at++]).toBe(clips[((k * T + t * tubelet + dt) * S + y * P + dy) * S + x * P + dx]);
  });
  const pixel = (k: number, i: number) =>
    255 * (clips[k * T * S * S + i] * [0.229, 0.224, 0.225][k] + [0.485, 0.456, 0.406][k]);
  for (const i of [0, 17, S * S - 1])
    for (let k = 0; k < 3; k++) expect(Math.abs(slow.rgba[0][4 * i + k] - pixel(k, i))).toBeLessThanOrEqual(0.51);
}
