import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { predicting, preset } from '../core/presets.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { ErrorMapper } from '../train/error-map.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { provoke } from '../video/provoke.ts';
import { viewedClip } from './clips.ts';
import { Pretraining } from './pretrain.ts';
import { stepShape } from './run-shape.ts';
import { surprise } from './surprise.ts';

/** Three tubelets of 3 × 3, stride 1: a window has 6 frames. */
function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 2;
  c.model = { ...c.model, crop: 24, frames: 6, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  return c;
}

const frames = 24;
const drawn = (index: number) => {
  const { rgb } = drawProceduralClip(3, index, { frames, side: 32 });
  return {
    frames,
    width: 32,
    height: 32,
    rgb: (f: number) => rgb.slice(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3),
  };
};
const asked = { contexts: [1, 2], every: 2, signal: new AbortController().signal, onProgress: () => {} };

async function mapperOf(c: RunConfig, steps = 2): Promise<ErrorMapper> {
  const pipelines = await testPipelines();
  const run = await Pretraining.create(pipelines, c, [drawn(0), drawn(1)], { variant });
  for (let i = 0; i < steps; i++) await (await run.advance()).metrics;
  return ErrorMapper.create(pipelines, run.nets, stepShape(c), variant);
}

describe('surprise', () => {
  it('is exactly flat over a still video, and over one that repeats itself with the windows', async () => {
    const c = quick();
    const mapper = await mapperOf(c);
    const video = drawn(0);
    for (const rgb of [() => video.rgb(5), (f: number) => video.rgb(f % 2)]) {
      const { curves, starts } = await surprise(mapper, c, { ...video, rgb }, asked);
      expect(starts).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
      for (const { error } of curves) {
        expect(error[0]).toBeGreaterThan(0);
        expect([...error]).toEqual(Array(10).fill(error[0]));
      }
    }
  });

  it('a splice changes the windows that it touches and no other', async () => {
    const c = quick();
    const mapper = await mapperOf(c);
    const before = await surprise(mapper, c, drawn(0), asked);
    const spliced = provoke(drawn(0), { kind: 'splice', from: 10, to: 13, clipId: '1' }, drawn(1));
    const after = await surprise(mapper, c, spliced, asked);
    before.curves.forEach(({ error }, i) =>
      before.starts.forEach((start, w) => {
        const touched = start < 13 && start + 6 > 10;
        if (touched) expect(after.curves[i].error[w]).not.toBe(error[w]);
        else expect(after.curves[i].error[w]).toBe(error[w]);
      }),
    );
  });

  it('about an edge there is every window that has frames on both sides of it', async () => {
    const c = quick();
    const mapper = await mapperOf(c, 0);
    const starts = async (part: object) =>
      (await surprise(mapper, c, drawn(0), { ...asked, contexts: [2], ...part })).starts;
    expect(await starts({ every: 9 })).toEqual([0, 9, 18]);
    expect(await starts({ every: 9, edges: [12, 14] })).toEqual([0, 7, 8, 9, 10, 11, 12, 13, 18]);
    expect(await starts({ every: 9, edges: [0, 24] })).toEqual([0, 9, 18]);
    c.data.samplingRate = 2; // a window has 11 frames
    expect(await starts({ every: 9, edges: [12] })).toEqual([0, 2, 4, 6, 8, 9, 10]);
  });

  it('nothing of the future leaks into predictions: with pixels as targets only what changed has another error', async () => {
    const c = predicting(quick(), 'pixels');
    const mapper = await mapperOf(c);
    const video = drawn(0);
    const other = provoke(video, { kind: 'splice', from: 4, to: 6, clipId: '1' }, drawn(1)); // the third tubelet
    const once = { ...asked, contexts: [1], every: 100 };
    const [a] = (await surprise(mapper, c, video, once)).curves;
    const [b] = (await surprise(mapper, c, other, once)).curves;
    expect(a.tubelets).toHaveLength(2);
    expect(b.tubelets[0]).toBe(a.tubelets[0]);
    expect(b.tubelets[1]).not.toBe(a.tubelets[1]);
  });

  it('is the mean error of the tokens of the future, with every mask token', async () => {
    const c = quick();
    const mapper = await mapperOf(c);
    const { curves, tubeletFrames, windowFrames } = await surprise(mapper, c, drawn(0), asked);
    expect([tubeletFrames, windowFrames]).toEqual([2, 6]);
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    const mask = { context: [range(0, 18)], target: [range(18, 27)] };
    const maps = await mapper.map(viewedClip(c, drawn(0), 4), [mask, mask]);
    const sum = maps.reduce((s, map) => map.reduce((a, e) => a + e, s), 0);
    expect(curves[1].error[2]).toBeCloseTo(sum / 18, 6);
    const [first] = curves;
    first.error.forEach((e, w) => expect((first.tubelets[2 * w] + first.tubelets[2 * w + 1]) / 2).toBeCloseTo(e, 6));
  });

  it('refuses what cannot be asked', async () => {
    const c = quick();
    const mapper = await mapperOf(c, 0);
    const ask = (part: object, length = frames) =>
      surprise(mapper, c, { ...drawn(0), frames: length }, { ...asked, ...part });
    await expect(ask({ contexts: [3] })).rejects.toThrow('leaves nothing to see or to predict in clips of 3');
    await expect(ask({ contexts: [] })).rejects.toThrow('context of no tubelets');
    await expect(ask({ every: 0 })).rejects.toThrow('windows 0 frames apart');
    // by name, in frames, and with what to do
    await expect(ask({ name: 'bird.gif' }, 1)).rejects.toMatchObject({
      code: 'video',
      message: 'bird.gif has 1 frame, and surprise needs 6 or more: the run looks at 6 frames at a time.',
      advice: 'Choose a video of at least 6 frames, or a run that was trained on shorter clips.',
    });
    c.data.samplingRate = 3;
    await expect(ask({}, 15)).rejects.toThrow(
      'The video has 15 frames, and surprise needs 16 or more: the run looks at 6 frames at a time, 3 apart.',
    );
    c.data.samplingRate = 1;
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toThrow('not measured to the end');
  });
});
