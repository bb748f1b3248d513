// Who gives GPU memory back to whom: all that the page has on a device stands under one limit.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { layoutArena } from '../gpu/arena.ts';
import { heldBytes, limitHeld } from '../gpu/held.ts';
import { healthMemory } from '../tasks/health-memory.ts';
import { runMemory } from '../tasks/run-memory.ts';
import { runArenas } from '../tasks/run-shape.ts';
import { likely, testPipelines } from '../testing/check-operation.ts';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { MemoryOrigin } from '../testing/memory-origin.ts';
import { tinyConfig, trainingOf } from '../testing/training-rig.ts';
import { Benchmarks } from './benchmarks.ts';
import { FeatureLooking } from './looking-features.ts';

beforeEach(() => void vi.stubGlobal('navigator', new MemoryOrigin().navigator));
afterEach(async () => {
  limitHeld((await testPipelines()).device, Infinity);
  vi.unstubAllGlobals();
});

async function made(steps: number) {
  const library = new FileLibrary([new DiskFile('swing.mp4')]);
  let looking: FeatureLooking | null = null;
  const rig = await trainingOf(library, () => looking?.runIsGone());
  looking = new FeatureLooking(() => {}, library, rig.gpu, rig.training);
  const { device } = await testPipelines();
  const clipIds = [0, 1, 2, 3].map((i) => library.drawn(7, i));
  const config = tinyConfig(steps);
  const start = (runId: string) => rig.training.handle({ type: 'start', runId, config, clipIds });
  const paused = async (runId: string) => {
    await start(runId);
    await rig.training.handle({ type: 'pause', runId });
    await expect.poll(() => rig.states(runId).at(-1)).toBe('paused');
  };
  const troubles = () => rig.events.flatMap((e) => (e.type === 'healthFailed' ? [e.error.message] : []));
  const checks = () => rig.events.flatMap((e) => (e.type === 'health' ? e.rows : [])).length;
  return {
    ...rig,
    library,
    looking,
    device,
    clipIds,
    config,
    start,
    paused,
    troubles,
    checks,
    before: heldBytes(device),
  };
}

it('a run that begins while a step is timed waits until that has given its memory back', async () => {
  const { training, gpu, states, library, device, clipIds, config, start, before } = await made(100_000);
  const { total } = runMemory(config, likely);
  limitHeld(device, before + 1.5 * total);
  const all = new Benchmarks(
    () => {},
    library,
    gpu,
    () => training.busy(),
  );
  const timed = all.timeStep({ type: 'timeStep', requestId: 't', config, clipIds }).catch((error: unknown) => error);
  await expect.poll(() => heldBytes(device)).toBeGreaterThanOrEqual(before + total);
  await start('a');
  expect(await timed).toMatchObject({ code: 'cancelled' });
  expect(states('a').at(-1)).toBe('running');
  await training.close('a');
  expect(heldBytes(device)).toBe(before);
});

it('a step is not timed where it would be another one: beside a run that leaves too little', async () => {
  const { training, gpu, library, device, clipIds, config, paused } = await made(100_000);
  await paused('a');
  limitHeld(device, heldBytes(device) + runMemory(config, likely).total - 1);
  const all = new Benchmarks(
    () => {},
    library,
    gpu,
    () => training.busy(),
  );
  await expect(all.timeStep({ type: 'timeStep', requestId: 't', config, clipIds })).rejects.toThrow(
    /^It does not fit beside what the studio has in use/,
  );
  await training.close('a');
});

it('random weights that an error map has made are not counted again for a check of health', async () => {
  const { training, device, clipIds, config, paused, troubles, checks } = await made(100_000);
  await paused('a');
  const masks = config.masks.map(() => ({ context: Int32Array.of(0, 1), target: Int32Array.of(2, 3) }));
  await training.handle({
    type: 'map',
    requestId: 'm',
    runId: 'a',
    clipId: clipIds[0],
    start: 0,
    weights: 'random',
    masks,
  });
  const nets = runArenas(config, layoutArena);
  const twin = (nets.encoder.size + nets.predictor.size + nets.target.size) * 4;
  expect(healthMemory(config, likely, true) - healthMemory(config, likely, false)).toBe(twin);
  limitHeld(device, heldBytes(device) + healthMemory(config, likely, false));
  await training.handle({ type: 'check', runId: 'a' });
  await expect.poll(checks).toBeGreaterThan(0);
  expect(troubles()).toEqual([]);
  await training.close('a');
});

it('a check that was refused is made when it is asked for again and there is room', async () => {
  const { training, device, paused, troubles, checks } = await made(100_000);
  await paused('a');
  limitHeld(device, heldBytes(device));
  await training.handle({ type: 'check', runId: 'a' });
  await training.handle({ type: 'check', runId: 'a' });
  expect(troubles()).toHaveLength(2); // each is told
  expect(troubles()[0]).toMatch(/^A check of its health needs .* that the studio has in use, the limit is/);
  limitHeld(device, Infinity);
  await training.handle({ type: 'check', runId: 'a' });
  await expect.poll(checks).toBeGreaterThan(1);
  expect(troubles()).toHaveLength(2);
  await training.close('a');
});

it('an ended run keeps nothing of its steps and checks, and what was read with its weights goes with it', async () => {
  const { training, looking, device, clipIds, states, start, checks, config, before } = await made(14);
  await start('a');
  await expect.poll(() => states('a').at(-1)).toBe('finished');
  await expect.poll(checks).toBeGreaterThan(1);
  const nets = runArenas(config, layoutArena);
  const twin = (nets.encoder.size + nets.predictor.size + nets.target.size) * 4;
  const { weights, gradients, optimiser, target } = runMemory(config, likely);
  // its networks, and the random weights of its first check
  await expect.poll(() => heldBytes(device) - before).toBe(weights + gradients + optimiser + target + twin);
  expect((await training.checkpoint('a'))?.step).toBe(14);
  await looking.map({
    type: 'featureMap',
    requestId: 'q',
    jobId: 'j',
    request: {
      runId: 'a',
      weights: 'current',
      clipId: clipIds[0],
      provocation: null,
      start: 0,
      network: 'encoder',
      at: null,
    },
    question: { kind: 'pca', layer: 1 },
  });
  await training.close('a');
  expect(heldBytes(device)).toBe(before);
});

it('a run that begins waits for what gives way to it, and can be stopped meanwhile', async () => {
  const { training, gpu, states, start } = await made(100_000);
  const gave = gpu.givesWay();
  const first = start('a');
  await expect.poll(() => states('a').at(-1)).toBe('preparing');
  await training.handle({ type: 'stop', runId: 'a' });
  await first;
  await training.close('a');
  expect(states('a')).not.toContain('running');
  const second = start('b');
  await expect.poll(() => states('b').at(-1)).toBe('preparing');
  await training.checkpoint('b'); // which wakes whoever waits
  expect(states('b').at(-1)).toBe('preparing');
  gave();
  await second;
  expect(states('b').at(-1)).toBe('running');
  await training.close('b');
});

it('checks that found no room are made later by themselves', async () => {
  const { training, device, states, paused, troubles, checks, config } = await made(160);
  await paused('a');
  limitHeld(device, heldBytes(device) + healthMemory(config, likely, true) - 1);
  await training.handle({ type: 'resume', runId: 'a' });
  await expect.poll(() => troubles().length).toBe(1);
  limitHeld(device, Infinity);
  await expect.poll(() => states('a').at(-1)).toBe('finished');
  await expect.poll(checks).toBeGreaterThan(1);
  expect(troubles()).toHaveLength(1);
  await training.close('a');
});
