// What is half made when something else cannot be made is given back: networks, programs and their buffers.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PipelineCache } from '../gpu/kernel.ts';
import { failingAfter, watchBuffers } from '../testing/buffers.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { Classifier } from './classifier.ts';
import { Detector } from './detector.ts';

afterEach(() => vi.restoreAllMocks());

const sizes = { dim: 8, heads: 2, depth: 1, completeBlock: true, mlpRatio: 4, classes: 3, upstream: 'jepa' } as const;
const shape = { probe: 'attentive', sizes, tokens: 4, batch: 2 } as const;

describe.each<[string, (pipelines: PipelineCache) => Promise<{ destroy: () => void }>]>([
  ['a classifier', (pipelines) => Classifier.create(pipelines, shape, 0, likely)],
  ['a detector', (pipelines) => Detector.create(pipelines, { dim: 4, classes: 3, batch: 8 }, 0, likely)],
])('%s', (_, create) => {
  it.each([0, 1])('of which %i programs can be made leaves nothing behind', async (programs) => {
    const pipelines = await testPipelines();
    const buffers = watchBuffers(pipelines.device);
    await expect(create(failingAfter(programs, pipelines, buffers))).rejects.toThrow('refused by the test');
    expect(buffers.made.length).toBeGreaterThan(3); // weights, gradients and two moments at least
    expect(buffers.alive()).toEqual([]);
  });

  it('leaves nothing behind when it is freed', async () => {
    const pipelines = await testPipelines();
    const buffers = watchBuffers(pipelines.device);
    (await create(pipelines)).destroy();
    expect(buffers.made.length).toBeGreaterThan(10);
    expect(buffers.alive()).toEqual([]);
  });
});
