import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
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

describe('damage that comes later', () => {
  const damage = (folder: MemoryFolder, prefix: string, bit: number) => {
    const name = [...folder.files.keys()].find((n) => n.startsWith(prefix))!;
    const file = folder.files.get(name)!;
    file[(bit >> 3) % file.length] ^= 1 << (bit & 7);
  };

  it('a flipped bit anywhere in the newest checkpoint: the one before it is taken', async () => {
    for (let bit = 0; bit < 320; bit += 13) {
      const folder = new MemoryFolder();
      await save(folder, 10);
      await save(folder, 20);
      damage(folder, 'step-20', bit);
      const { bytes, passed } = await opened(folder).newest();
      expect([stepOf(bytes), passed]).toEqual([10, 1]);
    }
  });

  it('a cut or missing one too', async () => {
    const folder = new MemoryFolder();
    for (const step of [10, 20, 30]) await save(folder, step);
    for (const [name, file] of folder.files)
      if (name.startsWith('step-30')) folder.files.set(name, file.subarray(0, 39));
    for (const name of folder.files.keys()) if (name.startsWith('step-20')) folder.files.delete(name);
    expect(stepOf((await opened(folder).newest()).bytes)).toBe(10);
  });

  it('a lost or damaged manifest is made again from the checkpoints', async () => {
    for (const broken of [null, new Uint8Array(), new TextEncoder().encode('{"format":1}')]) {
      const folder = new MemoryFolder();
      for (const step of [10, 20]) await save(folder, step);
      damage(folder, 'step-10', 200);
      if (broken) folder.files.set('manifest.json', broken);
      else folder.files.delete('manifest.json');
      expect((await opened(folder).manifest())?.checkpoints.map((c) => c.step)).toEqual([20]);
      expect(stepOf((await opened(folder).newest()).bytes)).toBe(20);
    }
  });

  it('what was found to be damaged goes with the next save, the best one too, and takes the place of no sound one', async () => {
    const folder = new MemoryFolder();
    for (const [step, loss] of [
      [5, 1],
      [10, 1],
      [20, 0.1],
    ] as const)
      await save(folder, step, loss);
    damage(folder, 'step-20', 77);
    const run = opened(folder);
    expect(stepOf((await run.patient().newest()).bytes)).toBe(10);
    const next = (step: number) => run.patient().save(content(step), about, { step, savedAt: step, loss: 1 });
    const { checkpoints } = await next(21);
    expect(checkpoints.map((c) => c.step)).toEqual([5, 10, 21]);
    expect([...folder.files.keys()].some((name) => name.startsWith('step-20'))).toBe(false);
    // the same bytes again are sound
    await next(20);
    expect(stepOf((await run.newest()).bytes)).toBe(20);
    expect((await next(30)).checkpoints.map((c) => c.step)).toEqual([5, 10, 20, 30]);
  });

  it('on a full disk the damaged ones make room, not the sound one that the run goes on from', async () => {
    const folder = new MemoryFolder();
    for (const step of [100, 600, 700, 800]) await save(folder, step, null);
    for (const step of [600, 700, 800]) damage(folder, `step-${step}`, 9);
    const run = opened(folder);
    expect(stepOf((await run.newest()).bytes)).toBe(100);
    folder.quota = 1;
    await expect(run.save(content(110), about, { step: 110, savedAt: 1, loss: null })).rejects.toThrow('full');
    folder.quota = Infinity;
    expect(stepOf((await opened(folder).newest()).bytes)).toBe(100);
  });

  it('when all are damaged it says so', async () => {
    const folder = new MemoryFolder();
    await save(folder, 10);
    damage(folder, 'step-10', 3);
    await expect(opened(folder).newest()).rejects.toThrow('All 1 checkpoints of this run are damaged.');
    await expect(opened(folder).newest((step) => step > 100)).rejects.toThrow('None of the 1 checkpoints');
    await expect(opened(new MemoryFolder()).newest()).rejects.toThrow('There is no checkpoint of this run.');
  });
});

describe('a lost manifest', () => {
  const lossAt = (step: number) => (step === 20 ? 0.1 : 0.9);
  /** Beginning, best, pinned, and the newest three. */
  const steps = [10, 20, 30, 60, 70, 80];
  const lostOne = async () => {
    const folder = new MemoryFolder();
    for (const step of [10, 20, 30]) await save(folder, step, lossAt(step));
    await opened(folder).describe({ pinned: true });
    for (const step of [40, 50, 60, 70, 80]) await save(folder, step, lossAt(step));
    expect((await opened(folder).manifest())!.checkpoints.map((c) => c.step)).toEqual(steps);
    folder.files.delete('manifest.json');
    return folder;
  };
  const there = (folder: MemoryFolder) =>
    [...folder.files.keys()]
      .flatMap((name) => Number(/^step-(\d+)-/.exec(name)?.[1] ?? NaN) || [])
      .sort((a, b) => a - b);

  it('costs no checkpoint when it is written anew: the pinned and the best one stay, then and with later saves', async () => {
    const folder = await lostOne();
    await opened(folder, lossAt).clean();
    expect(there(folder)).toEqual(steps);
    const entries = (await opened(folder).manifest())!.checkpoints;
    expect(entries.map((c) => [c.step, c.loss])).toEqual(steps.map((step) => [step, lossAt(step)]));
    await opened(folder, lossAt).clean();
    await save(folder, 90, 0.9);
    expect(there(folder)).toEqual([10, 20, 30, 70, 80, 90]);
  });

  it('is made once: afterwards no checkpoint is read to tell what there is', async () => {
    const folder = await lostOne();
    await opened(folder, lossAt).clean();
    const read = vi.spyOn(folder, 'read');
    await opened(folder).clean();
    await opened(folder).manifest();
    expect(read.mock.calls.map(([name]) => name)).toEqual(['manifest.json', 'manifest.json']);
  });

  it('stopped at any moment meanwhile, every checkpoint is there', async () => {
    for (let left = 0; ; left++) {
      const folder = await lostOne();
      folder.left = left;
      const stopped = await opened(folder, lossAt)
        .clean()
        .then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
      folder.left = Infinity;
      expect(there(folder), `stopped after ${left}`).toEqual(steps);
      await opened(folder, lossAt).clean();
      expect(there(folder)).toEqual(steps);
      if (!stopped) break;
      expect(left).toBeLessThan(60);
    }
  });

  it('that does not fit on the disk any more leaves everything as it is', async () => {
    const folder = await lostOne();
    folder.files.set('step-99.tmp', new Uint8Array(1));
    folder.files.set('step-75-left by a crash', new Uint8Array(1));
    folder.quota = [...folder.files.values()].reduce((n, f) => n + f.length, 0);
    await opened(folder, lossAt).clean();
    expect(there(folder)).toEqual([10, 20, 30, 60, 70, 75, 80]);
    expect(folder.files.has('step-99.tmp')).toBe(false);
    folder.quota = Infinity;
    await opened(folder, lossAt).clean();
    expect(there(folder)).toEqual(steps);
  });

  it('beside a checkpoint that is whole and not understood: nothing is touched, and the reason is told', async () => {
    const folder = await lostOne();
    const before = new Map(folder.files);
    const odd = () => {
      throw new StudioError('format', 'written by another version');
    };
    await expect(opened(folder, odd).clean()).rejects.toThrow('written by another version');
    expect(folder.files).toEqual(before);
    // it can be named and deleted all the same
    await opened(folder, odd).describe({ leaves: 5 });
    expect((await opened(folder).note()).leaves).toBe(5);
  });
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
