import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import { Crash, MemoryFolder } from '../testing/memory-folder.ts';
import { about, content, opened, save, stepOf } from '../testing/run-folders.ts';

it('keeps checkpoints under their hash, and only those that the manifest names', async () => {
  const folder = new MemoryFolder();
  for (const [step, loss] of [
    [10, 0.5],
    [20, 0.9],
    [30, 0.8],
    [40, 0.7],
    [50, 0.6],
  ] as const)
    await save(folder, step, loss);
  const hash = (step: number) => createHash('sha256').update(content(step)).digest('hex');
  expect([...folder.files.keys()].sort()).toEqual(
    ['manifest.json', ...[10, 30, 40, 50].map((s) => `step-${s}-${hash(s)}.safetensors`)].sort(),
  );
  const newest = await opened(folder).newest();
  expect(newest.bytes).toEqual(content(50));
  expect(newest).toMatchObject({ passed: 0, kept: { step: 50, savedAt: 50_000, loss: 0.6, bytes: 40 } });
  expect(await opened(folder).manifest()).toMatchObject(about);
});

it('writes at most 4 MiB at a time', async () => {
  const folder = new MemoryFolder();
  await save(folder, 10, 1, 9 * 2 ** 20 + 1);
  expect(folder.largest).toBe(4 * 2 ** 20);
  expect(Buffer.compare((await opened(folder).newest()).bytes, content(10, 9 * 2 ** 20 + 1))).toBe(0);
});

it('reads a large checkpoint piece by piece, and tells one that is longer or shorter than it was', async () => {
  const folder = new MemoryFolder();
  const length = 64 * 2 ** 20 + 5;
  await save(folder, 10, 1, length);
  const asked: number[] = [];
  const read = folder.read.bind(folder);
  folder.read = async (...at) => {
    const bytes = await read(...at);
    asked.push(bytes?.length ?? 0);
    return bytes;
  };
  expect(Buffer.compare((await opened(folder).newest()).bytes, content(10, length))).toBe(0);
  expect(asked.slice(-2)).toEqual([64 * 2 ** 20, 5]);
  const [name] = [...folder.files.keys()].filter((file) => file.startsWith('step-'));
  const whole = folder.files.get(name)!;
  for (const other of [
    whole.slice(0, -1),
    new Uint8Array(),
    new Uint8Array(length + 1).fill(0).map((_, i) => whole[i] ?? 0),
  ]) {
    folder.files.set(name, other);
    await expect(opened(folder).newest()).rejects.toThrow('are damaged');
  }
});

it('stopped at any moment, the old or the new checkpoint is there, whole, and no orphan after cleaning', async () => {
  const outcomes = new Set<number>();
  for (let left = 0; ; left++) {
    const folder = new MemoryFolder();
    for (const step of [10, 20, 30]) await save(folder, step);
    folder.left = left;
    const stopped = await save(folder, 40).then(
      () => false,
      (error: unknown) => error instanceof Crash,
    );
    folder.left = Infinity;
    await opened(folder).clean();
    const { bytes, kept, passed } = await opened(folder).newest();
    expect(passed, `stopped after ${left}`).toBe(0);
    expect(bytes).toEqual(content(kept.step));
    outcomes.add(kept.step);
    const manifest = await opened(folder).manifest();
    expect([...folder.files.keys()].sort()).toEqual(
      ['manifest.json', ...manifest!.checkpoints.map((c) => c.file)].sort(),
    );
    // and the run goes on from there
    await save(folder, 50);
    expect(stepOf((await opened(folder).newest()).bytes)).toBe(50);
    if (!stopped) break;
    expect(left).toBeLessThan(60);
  }
  expect([...outcomes]).toEqual([30, 40]);
});

it('at quota the old checkpoint stays, nothing half is left, and the sentence says what to do', async () => {
  const sizes = [0, 39, 40, 41, 300];
  for (const room of sizes) {
    const folder = new MemoryFolder();
    await save(folder, 10);
    const before = new Map(folder.files);
    folder.quota = [...folder.files.values()].reduce((n, f) => n + f.length, 0) + room;
    await expect(save(folder, 20), `${room} bytes of room`).rejects.toMatchObject({
      code: 'storage',
      // with room for it, it is the manifest that has none
      message: expect.stringContaining(
        `storage is full: ${room < 40 ? 'a checkpoint' : 'the list of checkpoints'} of 1 KB does not fit`,
      ),
      advice: expect.stringMatching(/Delete kept runs/),
    });
    expect(folder.files).toEqual(before);
    // of a run of which nothing is kept nothing else is said
    const empty = new MemoryFolder();
    empty.quota = room;
    await expect(save(empty, 20)).rejects.toThrow(/Nothing of this run is kept\.$/);
    folder.quota = Infinity;
    await save(folder, 20);
    expect(stepOf((await opened(folder).newest()).bytes)).toBe(20);
  }
});

it('without room, marks along the run are given up for the new checkpoint', async () => {
  // no room at all, and room for the manifest but not for a checkpoint of 4000 bytes
  for (const room of [0, 3999]) {
    const folder = new MemoryFolder();
    // 1000 steps: a mark every 125
    for (let step = 100; step <= 700; step += 100) await save(folder, step, null, 4000);
    const steps = async () => (await opened(folder).manifest())!.checkpoints.map((c) => c.step);
    expect(await steps()).toEqual([100, 200, 300, 400, 500, 600, 700]);
    folder.quota = [...folder.files.values()].reduce((n, f) => n + f.length, 0) + room;
    await save(folder, 800, null, 4000);
    expect(await steps()).toEqual([500, 600, 700, 800]);
    expect([...folder.files.keys()].filter((name) => name.startsWith('step')).length).toBe(4);
    expect((await opened(folder).newest()).bytes).toEqual(content(800, 4000));
  }
});

it('marks that were given up for nothing, on a disk that stayed full, are not listed as if they were there', async () => {
  const folder = new MemoryFolder();
  for (const step of [100, 300, 500, 600, 700, 800]) await save(folder, step, null);
  const steps = async () => (await opened(folder).manifest())?.checkpoints.map((c) => c.step);
  expect(await steps()).toEqual([100, 300, 500, 600, 700, 800]);
  folder.quota = 1;
  await expect(save(folder, 810, null)).rejects.toThrow('full');
  folder.quota = Infinity;
  expect(await steps()).toEqual([600, 700, 800]);
  await expect(opened(folder).at(300)).rejects.toThrow('What the run had after 300 steps is no longer kept.');
  await save(folder, 820, null);
  expect(await steps()).not.toContain(300);
});

it('a checkpoint is there under its step, whole, or a sentence says why not', async () => {
  const folder = new MemoryFolder();
  for (const step of [100, 200]) await save(folder, step);
  expect(await opened(folder).at(100)).toEqual(content(100));
  await expect(opened(folder).at(150)).rejects.toThrow('What the run had after 150 steps is no longer kept.');
  for (const [name, bytes] of folder.files) if (name.startsWith('step-100')) bytes[5] ^= 1;
  await expect(opened(folder).at(100)).rejects.toThrow('What the run had after 100 steps is damaged.');
});

it('a QuotaExceededError is the same sentence', async () => {
  const folder = new MemoryFolder();
  folder.create = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  await expect(save(folder, 10)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('full') });
});

it('bytes that come back as others are not published', async () => {
  const folder = new MemoryFolder();
  await save(folder, 10);
  folder.flip = 77;
  await expect(save(folder, 20)).rejects.toThrow('came back as something else');
  expect(stepOf((await opened(folder).newest()).bytes)).toBe(10);
  await opened(folder).clean();
  expect(folder.files.size).toBe(2);
});

describe('an outline', () => {
  const steps = Float64Array.of(1, 2, 3, 4);
  const weights = new Float32Array(1000).fill(7);
  const file = (metadata: Record<string, string>) =>
    writeSafetensors(
      new Map<string, { shape: number[]; data: Float32Array | Float64Array }>([
        ['encoder.weight', { shape: [1000], data: weights }],
        ['metrics', { shape: [2, 2], data: steps }],
        ['target_encoder.weight', { shape: [1000], data: weights }],
      ]),
      metadata,
    );
  const keptIn = async (folder: MemoryFolder, step: number) =>
    opened(folder).save(file({ run: `at ${step}` }), about, { step, savedAt: 0, loss: null });

  it('is the newest checkpoint with its metrics alone, and nothing else of it is read', async () => {
    const folder = new MemoryFolder();
    await keptIn(folder, 10);
    await keptIn(folder, 20);
    let read = 0;
    const whole = folder.read.bind(folder);
    folder.read = async (name, from, to) => {
      const bytes = await whole(name, from, to);
      if (name.startsWith('step')) read += bytes?.length ?? 0;
      return bytes;
    };
    const { metadata, tensors } = readSafetensors(await opened(folder).outline());
    expect(metadata).toEqual({ run: 'at 20' });
    expect([...tensors.keys()]).toEqual(['metrics']);
    const { shape, dtype, data } = tensors.get('metrics')!;
    expect([shape, dtype]).toEqual([[2, 2], 'F64']);
    expect(new Float64Array(data.buffer)).toEqual(steps);
    expect(read).toBeLessThan(600);
  });

  it('of one that is damaged, the one before; without any, a sentence', async () => {
    const folder = new MemoryFolder();
    await keptIn(folder, 10);
    await keptIn(folder, 20);
    for (const [name, bytes] of folder.files)
      if (name.startsWith('step-20')) folder.files.set(name, bytes.subarray(0, 300));
    expect(readSafetensors(await opened(folder).outline()).metadata).toEqual({ run: 'at 10' });
    await expect(opened(new MemoryFolder()).outline()).rejects.toThrow('There is no checkpoint of this run.');
    await save(folder, 30); // bytes that are no tensors
    expect(readSafetensors(await opened(folder).outline()).metadata).toEqual({ run: 'at 10' });
  });
});
