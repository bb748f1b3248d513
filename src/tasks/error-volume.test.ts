import { describe, expect, it } from 'vitest';
import { gridOf, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { tokenPosition } from '../core/grid.ts';
import { preset } from '../core/presets.ts';
import { drawMasks } from '../mask/draw.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { ErrorMapper } from '../train/error-map.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { type ClipFrameSource, viewedClip } from './clips.ts';
import { errorVolume } from './error-volume.ts';
import { quantileBins, tokenMotion } from './motion.ts';
import { Pretraining } from './pretrain.ts';
import { stepShape } from './run-shape.ts';

/** 2 × 3 × 3 tokens, width 32. */
function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 1;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.loss.sigreg = 0;
  return c;
}

const { rgb } = drawProceduralClip(3, 0, { frames: 12, side: 32 });
const source: ClipFrameSource = {
  frames: 12,
  width: 32,
  height: 32,
  rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3),
};
const alone = { signal: new AbortController().signal, onProgress: () => {} };

async function made(c: RunConfig) {
  const pipelines = await testPipelines();
  const run = await Pretraining.create(pipelines, c, [source], { variant });
  for (let i = 0; i < 3; i++) await (await run.advance()).metrics;
  const nets = await run.copy('current');
  const mapper = await ErrorMapper.create(pipelines, nets, stepShape(c), variant);
  return { run, mapper, clip: viewedClip(c, source, 2) };
}

const settings = { step: 3, lr: 1e-3, weightDecay: 0.04, momentum: 0.99, clip: null };

describe('errors of every token', () => {
  it('of one mask average to the loss of the step, also while the run goes on', async () => {
    const c = quick();
    const { run, mapper, clip } = await made(c);
    const { sets } = drawMasks(
      { masks: c.masks, cut: 'none', sequence: 'threefry', seed: c.seed },
      gridOf(c.model),
      1,
      0,
    );
    // this step changes the run's weights, the copy has those before
    const r = await (await run.trainer.submit({ clips: clip, masks: sets }, settings)).result;
    const volume = await errorVolume(mapper, c, clip, { draws: 1, least: 1, ...alone });
    const means = volume.sets.map(({ count, error }) => {
      const targets = count.reduce((a, b) => a + b, 0);
      return error.reduce((sum, e, n) => sum + (count[n] ? (e * count[n]) / targets : 0), 0);
    });
    expect((means[0] + means[1]) / 2).toBeCloseTo(r.latent, 5);
    volume.groups.set.forEach((g, s) => expect(g.error).toBeCloseTo(r.lossPerSet[s], 5));
    run.destroy();
  });

  it('gives the baselines their own errors, worked out from the targets', async () => {
    const c = quick();
    c.loss.exponent = 1.5;
    const { mapper, clip } = await made(c);
    c.masks = [c.masks[1], { kind: 'painted', grid: gridOf(c.model), tokens: [2, 4, 17] }];
    const { sets } = await errorVolume(mapper, c, clip, { draws: 1, least: 1, ...alone });
    const h = await mapper.targets();
    const V = 32;
    const loss = (token: number, said: (v: number) => number) => {
      let sum = 0;
      for (let v = 0; v < V; v++) sum += Math.abs(h[token * V + v] - said(v)) ** 1.5 / 1.5 / V;
      return sum;
    };
    const painted = sets[1];
    expect([...painted.count.keys()].filter((n) => painted.count[n])).toEqual([2, 4, 17]);
    const mean = (v: number) => (h[2 * V + v] + h[4 * V + v] + h[17 * V + v]) / 3;
    // tokens one step from 2: 1, 5 and 11
    const copies = [1, 5, 11].map((near) => loss(2, (v) => h[near * V + v]));
    for (const n of [2, 4, 17]) expect(painted.mean[n]).toBeCloseTo(loss(n, mean), 5);
    expect(Math.min(...copies.map((x) => Math.abs(x - painted.copy[2])))).toBeLessThan(1e-6);
    expect(painted.error[0]).toBeNaN();
  });

  it('draws until every token was hidden often enough, and says how often', async () => {
    const c = quick();
    const { mapper, clip } = await made(c);
    const { sets, draws, groups } = await errorVolume(mapper, c, clip, { draws: 60, least: 2, ...alone });
    const counts = sets[0].count.map((n, i) => n + sets[1].count[i]);
    expect(Math.min(...counts)).toBe(2);
    expect(draws).toBeLessThan(60);
    const all = counts.reduce((a, b) => a + b, 0);
    for (const group of Object.values(groups)) {
      expect(group.reduce((sum, g) => sum + g.targets, 0)).toBe(all);
      for (let i = 1; i < group.length; i++) expect(group[i].low).toBeGreaterThan(group[i - 1].high);
    }
    // the distances that looking at every context token finds
    const expected = new Map<number, number>();
    const at = (n: number) => Object.values(tokenPosition(gridOf(c.model), n));
    const steps = (a: number, b: number) => at(a).reduce((sum, v, i) => sum + Math.abs(v - at(b)[i]), 0);
    for (let d = 0; d < draws; d++) {
      const masks = drawMasks(
        { masks: c.masks, cut: 'none', sequence: 'threefry', seed: c.seed },
        gridOf(c.model),
        1,
        d,
      );
      for (const s of masks.sets)
        for (const n of s.target[0]) {
          const least = Math.min(...Array.from(s.context[0], (m) => steps(n, m)));
          expected.set(least, (expected.get(least) ?? 0) + 1);
        }
    }
    expect(groups.distance.map((g) => [g.low, g.targets])).toEqual([...expected].sort(([a], [b]) => a - b));
  });

  it('a mask without chance is drawn once, and a run can be told to stop', async () => {
    const c = quick();
    c.masks = [{ kind: 'future', tubelets: 1 }];
    const { mapper, clip } = await made(c);
    const { draws, sets } = await errorVolume(mapper, c, clip, { draws: 9, least: 1, ...alone });
    expect(draws).toBe(1);
    expect([...sets[0].count]).toEqual([...Array(9).fill(0), ...Array(9).fill(1)]);
    const signal = AbortSignal.abort();
    const stopped = errorVolume(mapper, c, clip, { draws: 9, least: 1, signal, onProgress: () => {} });
    await expect(stopped).rejects.toThrow(StudioError);
  });
});

describe('motion', () => {
  it('is the mean difference to the frame before, in grey levels', () => {
    const m = { ...quick().model, crop: 16, patch: 8 };
    const clip = new Float32Array(3 * 4 * 16 * 16);
    // frame 2 is brighter than the others under the last token of the second tubelet, by 10 grey levels of red
    for (let y = 8; y < 16; y++) for (let x = 8; x < 16; x++) clip[(2 * 16 + y) * 16 + x] = 10 / 255 / 0.229;
    const motion = tokenMotion(clip, m);
    // up by 10 into frame 2 and down by 10 into frame 3, in one of three channels
    expect(motion[7]).toBeCloseTo(10 / 3, 4);
    expect([...motion.subarray(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('is not known in a first tubelet of one frame, which is in no bin', () => {
    const m = { ...quick().model, crop: 8, patch: 4, frames: 3, tubelet: 1 };
    // every frame is brighter than the one before, by 10 grey levels of red on the left and 20 on the right
    const clip = Float32Array.from({ length: 3 * 3 * 64 }, (_, i) =>
      i < 3 * 64 ? (Math.floor(i / 64) * (i % 8 < 4 ? 10 : 20)) / 255 / 0.229 : 0,
    );
    const motion = tokenMotion(clip, m);
    expect([...motion.subarray(0, 4)]).toEqual([NaN, NaN, NaN, NaN]);
    [10, 20, 10, 20, 10, 20, 10, 20].forEach((grey, i) => expect(motion[4 + i]).toBeCloseTo(grey / 3, 4));
    expect(quantileBins([NaN, NaN, 1, 2, 1, 2], 2)).toEqual({ bin: Int32Array.of(-1, -1, 0, 1, 0, 1), bins: 2 });
  });

  it('bins as evenly as ties allow', () => {
    expect(quantileBins([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual({ bin: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3), bins: 4 });
    expect(quantileBins([0, 0, 0, 0, 0, 0, 5, 9], 4)).toEqual({ bin: Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1), bins: 2 });
    expect(quantileBins([7, 7, 7], 4).bins).toBe(1);
  });
});
