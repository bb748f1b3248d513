import { describe, expect, it } from 'vitest';
import { gridOf, type RunConfig } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { createArenas } from '../gpu/arena.ts';
import { initialiseNetworks } from '../model/initialise.ts';
import { preset } from '../core/presets.ts';
import { cosineMap, pcaBasis, pcaColours, projectTokens, type TokenFeatures } from '../core/token-features.ts';
import { expectClose, likely as variant, noise, testPipelines } from '../testing/check-operation.ts';
import { ClipReading } from '../train/clip-reading.ts';
import { FeatureReader } from '../train/features.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { viewedClip } from './clips.ts';
import { runArenas } from './run-shape.ts';
import { allLayers, basisOf, evenReach, featureOf, layerFeatures, nearestIn, similarityTo } from './token-features.ts';

/** 2 × 3 × 3 tokens, width 32. */
function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 1;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 2, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  return c;
}

const { rgb } = drawProceduralClip(3, 0, { frames: 12, side: 32 });
const source = {
  frames: 12,
  width: 32,
  height: 32,
  rgb: (f: number) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3),
};

const planted = (N: number, C: number): TokenFeatures => {
  const random = noise(C);
  // three strong directions, a mean far from 0 and noise
  const values = new Float32Array(N * C);
  for (let n = 0; n < N; n++) {
    const along = [5 * random(), 3 * random(), 2 * random()];
    for (let c = 0; c < C; c++)
      values[n * C + c] = 4 + along.reduce((s, v, a) => s + v * Math.cos((a + 1) * c), 0) + 0.1 * random();
  }
  return { grid: { t: 1, h: 1, w: N }, channels: C, values, about: 'planted' };
};

describe('what features show', () => {
  it.each([
    [61, 7],
    [131, 38],
  ])(
    'axes of %d tokens of %d channels from the GPU are those in f64, signs included, again and again',
    async (N, C) => {
      const on = { pipelines: await testPipelines(), variant };
      const features = planted(N, C);
      const got = await basisOf(on, features);
      const expected = pcaBasis(features);
      expectClose('axes', got.axes, expected.axes, 2e-5);
      expectClose('variances', got.variances, expected.variances, 1e-5);
      expect(got.total / expected.total).toBeCloseTo(1, 5);
      expectClose('projections', projectTokens(features, got), projectTokens(features, expected), 2e-5);
      const again = await basisOf(on, features);
      expect(again.axes).toEqual(got.axes);
      expect(pcaColours(projectTokens(features, again))).toEqual(pcaColours(projectTokens(features, got)));
    },
  );

  it('cosines from the GPU are those in f64; the nearest token is the largest', async () => {
    const on = { pipelines: await testPipelines(), variant };
    const features = planted(61, 7);
    const expected = cosineMap(features, 5);
    expectClose('cosines', await similarityTo(on, featureOf(features, 5), features), expected, 2e-6);
    expect(await nearestIn(on, featureOf(features, 5), features)).toMatchObject({ token: 5 });
    expect(() => featureOf(features, 61)).toThrow('Token 61 of a clip of 61');
  });

  it('attention that prefers nothing: two places in a row, three tubelets, by hand', () =>
    // space: half of all pairs 1 apart; time: (0 + 1 + 2 + 1 + 0 + 1 + 2 + 1 + 0) / 9
    expect(evenReach({ t: 3, h: 1, w: 2 })).toEqual({ space: 0.5, time: 8 / 9 }));

  it('is the mean over all pairs of tokens', () => {
    const [h, w] = [4, 6];
    const places = Array.from({ length: h * w }, (_, n) => [Math.floor(n / w), n % w]);
    const all = places.flatMap(([y, x]) => places.map(([v, u]) => Math.hypot(y - v, x - u)));
    const { space } = evenReach({ t: 1, h, w });
    expect(space).toBeCloseTo(all.reduce((a, b) => a + b) / all.length, 12);
  });
});

describe('a clip read layer by layer', () => {
  it('ends with the features that probes are given, begins with patches, and its attention adds up', async () => {
    const pipelines = await testPipelines();
    const c = quick();
    const nets = await createArenas(pipelines.device, 'a test', (create) =>
      runArenas(c, (label, specs) => create(label, specs, false)),
    );
    await initialiseNetworks(pipelines.device, nets, c.model, 3);
    const arena = nets.encoder;
    const reader = await FeatureReader.create(pipelines, arena, c.model, 1, variant);
    const reading = await ClipReading.create(pipelines, arena, c.model, variant);
    const [one, other] = [viewedClip(c, source, 2), viewedClip(c, source, 6)];
    reading.read(one);
    const N = tokenCount(gridOf(c.model));
    const size = N * 32;
    const all = await allLayers(reading);
    expect(all.length).toBe(4 * size);
    const output = await layerFeatures(reading, 3, 'encoder');
    expect(output.values).toEqual(await reader.read(one, 1));
    expect(output).toMatchObject({ about: 'encoder, output', channels: 32, grid: { t: 2, h: 3, w: 3 } });
    // the last norm's weights are still 1 and 0: every token has mean 0 and variance 1
    const token = output.values.subarray(0, 32);
    expect(token.reduce((a, b) => a + b, 0) / 32).toBeCloseTo(0, 5);
    // the norm of what the last block left
    const before = all.subarray(2 * size, 2 * size + 32);
    const mean = before.reduce((a, b) => a + b, 0) / 32;
    const deviation = Math.sqrt(before.reduce((s, v) => s + (v - mean) ** 2, 0) / 32 + 1e-6);
    expectClose(
      'norm',
      token,
      Array.from(before, (v) => (v - mean) / deviation),
      1e-5,
    );
    await expect(layerFeatures(reading, 4, 'encoder')).rejects.toThrow('Layer 4 of 2 blocks');

    const shares = await reading.attention(pipelines, variant, 7);
    expect(shares.length).toBe(2 * 2 * N);
    for (let row = 0; row < 4; row++)
      expect(shares.subarray(row * N, (row + 1) * N).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const reach = await reading.reach(pipelines, variant);
    // random weights prefer little
    const even = evenReach(reading.grid);
    expect(reach.space.length).toBe(4);
    for (const v of reach.space) expect(v / even.space).toBeCloseTo(1, 0);
    for (const v of reach.time) expect(v / even.time).toBeCloseTo(1, 0);

    // another clip takes the place of the first
    reading.read(other);
    expect(await reading.features(3)).toEqual(await reader.read(other, 1));
    reading.destroy();
    reader.destroy();
  });
});
