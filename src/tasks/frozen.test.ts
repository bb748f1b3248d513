import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import { createArenas } from '../gpu/arena.ts';
import { initialWeights } from '../model/initialise.ts';
import { encoderParameters } from '../model/parameters.ts';
import { expectClose, likely, testPipelines } from '../testing/check-operation.ts';
import { channelDeviation, channelMean } from '../video/augment.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import type { LabelledClip } from './labelled.ts';
import { FrozenFeatures, rearranged } from './frozen.ts';

const config = preset('nano');
config.model = { ...config.model, crop: 16, depth: 1, frames: 4 };
const request = { config, segments: 1, views: 1 } as EvaluationRequest;
const { signal } = new AbortController();

/** A clip whose frame t is of one grey. */
const grey = (id: string, of: (t: number) => number): LabelledClip => ({
  id,
  name: id,
  label: '',
  group: null,
  source: { frames: 8, width: 20, height: 20, rgb: (t) => new Uint8Array(1200).fill(of(t)) },
  clip: { kind: 'drawn', index: 0 },
});

describe('frozen features', () => {
  it('a still frame and a clip of equal frames have the same features; order and networks tell others apart', async () => {
    const pipelines = await testPipelines();
    const specs = encoderParameters({ ...config.model, tokens: 8 });
    const arena = await createArenas(pipelines.device, 'a test', (create) => create('trained', specs, false));
    pipelines.device.queue.writeBuffer(
      arena.weights.place!.buffer,
      0,
      await initialWeights(arena, config.model, 5, 'encoder'),
    );
    const frozen = new FrozenFeatures(pipelines, config.model, arena, likely);
    const clips = [grey('still', () => 90), grey('ramp', (t) => 30 * t)];
    const read = async (source: 'trained' | 'random' | 'still' | 'shuffled', network = 0) =>
      (await frozen.read(clips, source, network, request, signal, () => {})).values;
    const trained = await read('trained');
    const size = trained.length / 2;
    const still = await read('still');
    expect([...still.subarray(0, size)]).toEqual([...trained.subarray(0, size)]);
    expect([...still.subarray(size)]).not.toEqual([...trained.subarray(size)]);
    const [first, second] = [await read('random', 0), await read('random', 1)];
    expect([...first]).not.toEqual([...second]);
    expect([...(await read('random', 0))]).toEqual([...first]);
    frozen.destroy();
  });

  it('the mean colour is that of every frame, normalised', async () => {
    const frozen = new FrozenFeatures(await testPipelines(), config.model, null, likely);
    const { pooled, dim } = await frozen.read([grey('ramp', (t) => 30 * t)], 'colour', 0, request, signal, () => {});
    expect(dim).toBe(12);
    // a video no longer than its window: as many steps as strides fit, 0, 3.5, 7, rounded down, none beyond 6, and the
    // last one twice (official sampling of evaluations)
    const frames = [0, 3, 6, 6];
    const expected = [0, 1, 2].flatMap((k) =>
      frames.map((t) => (30 * t - 255 * channelMean[k]) / (255 * channelDeviation[k])),
    );
    expectClose('colour', pooled, expected, 1e-5);
    frozen.destroy();
  });

  it('the mean colour is of every segment that the networks see', async () => {
    const frozen = new FrozenFeatures(await testPipelines(), config.model, null, likely);
    const seen = new Set<number>();
    const long = grey('long', (t) => (seen.add(t), t % 251));
    long.source = { ...long.source, frames: 400 };
    const twice = { ...request, segments: 2 };
    const { pooled, dim } = await frozen.read([long], 'colour', 0, twice, signal, () => {});
    expect(dim).toBe(24);
    expect(Math.max(...seen)).toBeGreaterThan(200);
    expect([...pooled.subarray(0, 12)]).not.toEqual([...pooled.subarray(12)]);
    frozen.destroy();
  });

  it('frames keep their pictures when they change places', () => {
    const m = { frames: 4, crop: 1 };
    const clip = Float32Array.from({ length: 12 }, (_, i) => i);
    expect([...rearranged(clip, m, 'still', 0)]).toEqual([0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8]);
    const shuffled = rearranged(clip, m, 'shuffled', 3);
    const order = [...shuffled.subarray(0, 4)];
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect([...shuffled.subarray(4)]).toEqual([...order.map((v) => v + 4), ...order.map((v) => v + 8)]);
  });
});
