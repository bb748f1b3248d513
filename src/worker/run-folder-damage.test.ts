// What a run's folder does about damage that comes later: flipped, cut and missing checkpoints, and a lost manifest.

import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { Crash, MemoryFolder } from '../testing/memory-folder.ts';
import { about, content, opened, save, stepOf } from '../testing/run-folders.ts';

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
