import { describe, expect, it } from 'vitest';
import { preset } from '../core/presets.ts';
import type { FeatureEvent, ReadRequest } from '../protocol/looking-features.ts';
import type { Event } from '../protocol/messages.ts';
import { createArena } from '../gpu/arena.ts';
import { initialiseNetworks } from '../model/initialise.ts';
import { runArenas } from '../tasks/run-shape.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { Library } from './library.ts';
import { FeatureLooking } from './looking-features.ts';

async function made() {
  const c = preset('nano');
  c.batchSize = 1;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 2, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  const told: Event[] = [];
  const library = new Library(() => {});
  const ids = Array.from({ length: 4 }, (_, i) => library.drawn(7, i));
  const pipelines = await testPipelines();
  // a run that is some steps old, and other weights at every step; random weights are those of step 0
  const run = { step: 0 };
  const weightsAt = (step: number) => {
    const nets = runArenas(c, (label, specs) => createArena(pipelines.device, label, specs, false));
    initialiseNetworks(pipelines.device, nets, c.model, step);
    return nets;
  };
  let copies = 0;
  const looking = new FeatureLooking(
    (event) => told.push(event),
    library,
    {
      use: () => Promise.resolve({ pipelines, open: undefined as never }),
      variant: () => variant,
    },
    {
      place: () => ({ config: c, step: run.step }),
      networks: (_, weights) => {
        copies++;
        return Promise.resolve({ nets: weightsAt(weights === 'random' ? 0 : run.step), config: c, step: run.step });
      },
    },
  );
  const last = <T extends FeatureEvent['type']>(type: T) => {
    const found = told.findLast((event) => event.type === type);
    if (found?.type !== type) throw new Error(`no ${type} was told`);
    return found as Extract<FeatureEvent, { type: T }>;
  };
  const request: ReadRequest = {
    runId: 'r',
    weights: 'current',
    clipId: ids[0],
    provocation: null,
    start: 3,
    network: 'encoder',
    at: null,
  };
  return { looking, told, last, request, ids, run, copies: () => copies };
}

describe('features in the worker', () => {
  it('reads a clip once for all questions, keeps it while the run goes on, and reads anew when asked', async () => {
    const { looking, told, last, request, ids, run, copies } = await made();
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
    expect(told.filter(({ type }) => type === 'jobDone').length).toBe(7);

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
});
