// A run with a change on the way and a branch, trained by hand as the studio does it, is replayed from its record alone.

import { expect, it } from 'vitest';
import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import { likely as variant, testPipelines } from '../testing/check-operation.ts';
import { heldBytes } from '../gpu/held.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { branchOff } from './branch.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { ClipFrameSource } from './clips.ts';
import { Pretraining } from './pretrain.ts';
import { replay, Trace } from './replay.ts';

function quick(): RunConfig {
  const c = preset('nano');
  c.batchSize = 2;
  c.model = { ...c.model, crop: 24, frames: 4, dim: 32, depth: 1, heads: 2, predDim: 16, predDepth: 1, predHeads: 2 };
  c.data.samplingRate = 1;
  c.optim = { ...c.optim, ipe: 3, epochs: 8, warmup: 1 };
  return c;
}

const sources: ClipFrameSource[] = Array.from({ length: 4 }, (_, i) => {
  const { rgb } = drawProceduralClip(3, i, { frames: 12, side: 32 });
  return { frames: 12, width: 32, height: 32, rgb: (f) => rgb.subarray(f * 32 * 32 * 3, (f + 1) * 32 * 32 * 3) };
});

const create = async (config: RunConfig, weightsSeed: number) =>
  Pretraining.create(await testPipelines(), config, sources, { variant, weightsSeed });

async function take(run: Pretraining, steps: number): Promise<Checkpoint['metrics']> {
  const rows: Checkpoint['metrics'] = [];
  for (let i = 0; i < steps; i++) rows.push({ ...(await (await run.advance()).metrics), milliseconds: 1 });
  return rows;
}

/** Four steps, a change, two more; then a branch with another seed and batch, three steps and another change, two more. */
async function recorded(): Promise<Checkpoint> {
  const first = await create(quick(), 0);
  const before = await take(first, 4);
  first.change({ lr: 3e-4 });
  before.push(...(await take(first, 2)));
  const parent: Checkpoint = {
    runId: 'run-a',
    config: first.config,
    savedAt: 0,
    clips: [{ kind: 'drawn', seed: 3, first: 0, count: 4 }],
    adapter: 'test',
    variant,
    lineage: [],
    metrics: before,
    health: [],
    ...(await first.snapshot())!,
  };
  first.destroy();
  const branch = branchOff(parent, 'run-b', { ...quick(), seed: 9, batchSize: 3 });
  const second = await create(branch.config, 0);
  second.restore(branch);
  const after = await take(second, 3);
  second.change({ ema: 0.7 });
  after.push(...(await take(second, 2)));
  const whole = { ...branch, metrics: [...before, ...after], ...(await second.snapshot())! };
  second.destroy();
  return readCheckpoint(writeCheckpoint(whole));
}

it('every loss is the recorded one, or the first that is not is told', async () => {
  const run = await recorded();
  const progress: number[] = [];
  const options = {
    create,
    now: () => 'go' as const,
    mayGoOn: () => Promise.resolve(true),
    onProgress: (done: number) => progress.push(done),
  };
  expect(await replay(run, options)).toEqual({ kind: 'equal', steps: 11, compared: 11 });
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

  const other = structuredClone(run.metrics);
  other[7].loss = Math.fround(other[7].loss * (1 + 2 ** -23));
  other[9].loss = 1;
  expect(await replay({ ...run, metrics: other }, options)).toEqual({
    kind: 'differs',
    step: 7,
    recorded: other[7].loss,
    again: run.metrics[7].loss,
  });
  // without the change of its parent the steps behind it are others
  const [parent] = run.lineage;
  expect(await replay({ ...run, lineage: [{ ...parent, changes: [] }] }, options)).toMatchObject({
    kind: 'differs',
    step: 5,
  });

  let asked = 0;
  expect(await replay(run, { ...options, now: () => (++asked <= 3 ? 'go' : 'end') })).toMatchObject({
    kind: 'cancelled',
  });
  expect(await replay(run, { ...options, mayGoOn: () => Promise.resolve(false) })).toEqual({
    kind: 'cancelled',
    steps: 0,
  });
});

it('a replay that rests holds no memory of the GPU meanwhile, and comes out the same', async () => {
  const run = await recorded();
  const { device } = await testPipelines();
  const before = heldBytes(device);
  const rested: number[] = [];
  let steps = 0;
  const result = await replay(run, {
    create,
    // with a step on its way
    now: () => (++steps % 6 >= 4 ? 'rest' : 'go'),
    mayGoOn: (step) => {
      expect(heldBytes(device)).toBe(before);
      rested.push(step);
      return Promise.resolve(true);
    },
    onProgress: () => {},
  });
  expect(result).toEqual({ kind: 'equal', steps: 11, compared: 11 });
  expect(rested.length).toBeGreaterThan(3);
  expect(rested).toEqual([...rested].sort((a, b) => a - b));
});

it('only what was recorded is held against it, to the last bit', () => {
  const trace = new Trace([
    { step: 0, loss: 1 },
    { step: 2, loss: 0.5 },
  ]);
  expect(trace.compare(0, 1)).toBeNull();
  expect(trace.compare(1, 7)).toBeNull();
  expect(trace.compare(2, 0.5 + 2 ** -53)).toEqual({ kind: 'differs', step: 2, recorded: 0.5, again: 0.5 + 2 ** -53 });
  expect(trace.compare(2, NaN)).toMatchObject({ kind: 'differs' });
  // a step that breaks differs whether its loss was kept or not
  expect(trace.compare(1, NaN)).toEqual({ kind: 'differs', step: 1, recorded: null, again: NaN });
  expect(trace.compared).toBe(1);
});
