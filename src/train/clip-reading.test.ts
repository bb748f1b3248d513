import { afterEach, expect, it, vi } from 'vitest';
import { gridOf } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { preset } from '../core/presets.ts';
import { createArenas, destroyArena } from '../gpu/arena.ts';
import { networkArenas } from '../model/initialise.ts';
import { failingAfter, watchBuffers } from '../testing/buffers.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { ClipReading } from './clip-reading.ts';

afterEach(() => vi.restoreAllMocks());

it('what failed is made again when it is asked for again', async () => {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  /** 2 × 3 × 3 tokens, width 32 */
  const small = { crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  const model = { ...preset('nano').model, ...small };
  const arenas = await createArenas(device, 'a test', (create) =>
    networkArenas(model, 1, (label, specs) => create(label, specs, false)),
  );
  const reading = await ClipReading.create(pipelines, arenas.encoder, model, variant);
  reading.read(new Float32Array(3 * 4 * 24 * 24).fill(0.5));
  const N = tokenCount(gridOf(model));

  const refusing = failingAfter(0, pipelines, watchBuffers(device));
  await expect(reading.attention(refusing, variant, 3)).rejects.toThrow('refused by the test');
  expect((await reading.attention(pipelines, variant, 3)).length).toBe(2 * N);
  await expect(reading.reach(refusing, variant)).rejects.toThrow('refused by the test');
  const reach = await reading.reach(pipelines, variant);
  expect(reach.space.length).toBe(2);
  // what did not fail is remembered
  expect(await reading.reach(refusing, variant)).toBe(reach);

  vi.spyOn(device, 'createBuffer').mockImplementationOnce(() => {
    throw new Error('out of memory');
  });
  await expect(reading.features(0)).rejects.toThrow('out of memory');
  expect((await reading.features(0)).length).toBe(N * 32);

  reading.destroy();
  for (const arena of Object.values(arenas)) destroyArena(arena);
});
