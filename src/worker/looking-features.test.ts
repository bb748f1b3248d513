import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ReadRequest } from '../protocol/looking-features.ts';
import { watchBuffers } from '../testing/buffers.ts';
import { lookedAt } from '../testing/looking-rig.ts';
import { ClipReading } from '../train/clip-reading.ts';
import { FeatureLooking } from './looking-features.ts';

async function made() {
  const rig = await lookedAt();
  const looking = new FeatureLooking(rig.post, rig.library, rig.gpu, rig.training);
  const request: ReadRequest = {
    runId: 'r',
    weights: 'current',
    clipId: rig.ids[0],
    provocation: null,
    start: 3,
    network: 'encoder',
    at: null,
  };
  return { ...rig, looking, request };
}

afterEach(() => vi.restoreAllMocks());

describe('features in the worker', () => {
  it('reads a clip once for all questions, keeps it while the run goes on, and reads anew when asked', async () => {
    const { looking, events, last, request, ids, run, copies } = await made();
    const ask = (question: Parameters<FeatureLooking['map']>[0]['question'], r = request) =>
      looking.map({ type: 'featureMap', requestId: 'q', jobId: 'j', request: r, question });
    await ask({ kind: 'pca', layer: 3 });
    const pca = last('featureMap');
    expect(pca).toMatchObject({ step: 0, grid: { t: 2, h: 3, w: 3 }, map: { kind: 'pca', layer: 3 } });
    if (pca.map.kind !== 'pca') throw new Error('another kind');
    expect(pca.map.colours.length).toBe(18 * 3);
    // mean over tokens of a centred projection is 0, its mean square the variance
    const first = Array.from({ length: 18 }, (_, n) => (pca.map.kind === 'pca' ? pca.map.projected[3 * n] : NaN));
    expect(first.reduce((a, b) => a + b) / 18).toBeCloseTo(0, 5);
    expect(first.reduce((a, b) => a + b * b, 0) / 18 / pca.map.variances[0]).toBeCloseTo(1, 3);

    await ask({ kind: 'similarity', layer: 3, token: 5 });
    const { map } = last('featureMap');
    if (map.kind !== 'similarity') throw new Error('another kind');
    expect(map.cosines[5]).toBeCloseTo(1, 5);
    await ask({ kind: 'attention', token: 5 });
    const attention = last('featureMap').map;
    if (attention.kind !== 'attention') throw new Error('another kind');
    // two tubelets of two frames: half of all pairs two frames apart
    expect(attention.even.time).toBe(1);
    expect(attention.shares.length).toBe(2 * 2 * 18);
    await expect(ask({ kind: 'attention', token: 18 })).rejects.toThrow('Token 18 of a clip of 18');
    expect(copies()).toBe(1);

    run.step = 1;
    await ask({ kind: 'pca', layer: 3 }, { ...request, at: 0 }); // those of step 0 are still there
    expect(last('featureMap')).toMatchObject({ step: 0 });
    expect(copies()).toBe(1);
    await ask({ kind: 'pca', layer: 3 });
    expect(last('featureMap').step).toBe(1);
    expect(copies()).toBe(2);
    await ask({ kind: 'pca', layer: 3 }, { ...request, weights: 'random', at: 1 });
    const random = last('featureMap');
    expect(random.step).toBeNull();
    // random weights are those that the run began with
    expect(random.map).toEqual(pca.map);
    expect(events.filter(({ type }) => type === 'jobDone').length).toBe(7);

    // the clip itself among others: its own token is the nearest when the windows are the same
    const middle = Math.floor((64 - (3 * 2 + 1)) / 2); // drawn clips have 64 frames
    const near = { type: 'nearTokens', requestId: 'n', jobId: 'j', layer: 2, token: 9, side: 16 } as const;
    await looking.near({ ...near, request: { ...request, start: middle }, clips: ids });
    const found = last('nearTokens').near;
    expect(found.length).toBe(4);
    expect(found[0]).toMatchObject({ clipId: ids[0], token: 9, start: middle, side: 16 });
    expect(found[0].cosine).toBeCloseTo(1, 5);
    expect(found[0].picture.length).toBe(16 * 16 * 4);
    for (let i = 1; i < 4; i++) expect(found[i].cosine).toBeLessThanOrEqual(found[i - 1].cosine);
    const before = copies();
    await looking.near({ ...near, token: 3, request: { ...request, start: middle }, clips: ids });
    expect(copies()).toBe(before); // all known

    await looking.layers({ type: 'layerFeatures', requestId: 'l', jobId: 'j', request });
    expect(last('layerFeatures')).toMatchObject({ layers: 4, channels: 32 });
    expect(last('layerFeatures').values.length).toBe(4 * 18 * 32);

    const job = looking.near({ ...near, jobId: 'stop', layer: 1, request, clips: ids });
    looking.cancel('stop');
    await expect(job).rejects.toThrow('not read to the end');
  });

  it('a run that was taken up again is read anew, though its step was looked at before', async () => {
    const { looking, last, request, ids, run, copies } = await made();
    run.step = 5;
    const question = { kind: 'pca', layer: 3 } as const;
    const ask = (at: number | null) =>
      looking.map({ type: 'featureMap', requestId: 'q', jobId: 'j', request: { ...request, at }, question });
    const near = { type: 'nearTokens', requestId: 'n', jobId: 'j', layer: 2, token: 9, side: 16 } as const;
    await ask(null);
    await looking.near({ ...near, request, clips: ids });
    const before = [last('featureMap').map, last('nearTokens').near];
    const read = copies();
    run.begun++;
    await ask(5);
    await looking.near({ ...near, request, clips: ids });
    expect(copies()).toBe(2 * read);
    expect(last('featureMap').step).toBe(5);
    expect(last('featureMap').map).not.toEqual(before[0]);
    expect(last('nearTokens').near).not.toEqual(before[1]);
  });

  it('of a video shorter than its clip the nearest tokens show frames that it has', async () => {
    const { looking, last, library, request, ids, config } = await made();
    config.data.samplingRate = 40; // 4 frames 40 apart, of the 64 of a drawn clip
    const looked = ids.map((id) => vi.spyOn(library.clip(id), 'look'));
    for (const token of [0, 9, 17]) {
      const near = { type: 'nearTokens', requestId: 'n', jobId: 'j', layer: 3, side: 16 } as const;
      await looking.near({ ...near, token, request: { ...request, start: 0 }, clips: ids });
      expect(last('nearTokens').near).toHaveLength(4);
    }
    const frames = looked.flatMap(({ mock }) => mock.calls.flatMap(([asked]) => asked));
    expect(frames).toContain(63);
    expect(Math.max(...frames)).toBe(63);
  });

  it('a clip that cannot be read leaves nothing behind', async () => {
    const { looking, request, gpu } = await made();
    const { pipelines } = await gpu.use();
    const buffers = watchBuffers(pipelines.device);
    vi.spyOn(ClipReading.prototype, 'read').mockImplementation(() => {
      throw new Error('the clip is gone');
    });
    const question = { kind: 'pca', layer: 3 } as const;
    const asked = looking.map({ type: 'featureMap', requestId: 'q', jobId: 'j', request, question });
    await expect(asked).rejects.toThrow('the clip is gone');
    expect(buffers.made).toContain('dims'); // the reading was there
    expect(buffers.alive()).toEqual([]);
  });
});
