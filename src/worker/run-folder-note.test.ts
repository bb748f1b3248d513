import { describe, expect, it } from 'vitest';
import { noNote } from '../core/run-note.ts';
import { Crash, MemoryFolder } from '../testing/memory-folder.ts';
import { opened, save } from '../testing/run-folders.ts';

describe('what the user says of a run', () => {
  const noteOf = (folder: MemoryFolder) => opened(folder).note();

  it('stands beside the checkpoints, is changed part by part, and cleaning leaves it', async () => {
    const folder = new MemoryFolder();
    await save(folder, 10);
    expect(await noteOf(folder)).toEqual(noNote);
    await opened(folder).describe({ name: 'with noise' });
    await opened(folder).describe({ group: 'noise', hidden: true });
    await save(folder, 20);
    await opened(folder).clean();
    expect(await noteOf(folder)).toEqual({ ...noNote, name: 'with noise', group: 'noise', hidden: true });
    folder.files.set('note.json', new TextEncoder().encode('{"name":'));
    expect(await noteOf(folder)).toEqual(noNote);
  });

  it('a pin holds the newest checkpoint of that moment through all that follow, until it is taken off', async () => {
    const folder = new MemoryFolder();
    const steps = async () => (await opened(folder).manifest())!.checkpoints.map((c) => c.step);
    for (const step of [10, 20]) await save(folder, step, 100 - step);
    await opened(folder).describe({ pinned: true });
    for (const step of [30, 40, 50, 60]) await save(folder, step, 100 - step);
    // the first one marks the beginning of the run
    expect(await steps()).toEqual([10, 20, 40, 50, 60]);
    await opened(folder).clean();
    expect([...folder.files.keys()].some((name) => name.startsWith('step-20-'))).toBe(true);
    await opened(folder).describe({ pinned: false });
    await save(folder, 70, 30);
    expect(await steps()).toEqual([10, 50, 60, 70]);
  });

  it('stopped at any moment, the old or the new note is there, whole', async () => {
    const names = new Set<string>();
    for (let left = 0; ; left++) {
      const folder = new MemoryFolder();
      await save(folder, 10);
      await opened(folder).describe({ name: 'before', notes: 'kept' });
      folder.left = left;
      const stopped = await opened(folder)
        .describe({ name: 'after' })
        .then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
      folder.left = Infinity;
      await opened(folder).clean();
      const note = await noteOf(folder);
      expect(note.notes).toBe('kept');
      names.add(note.name);
      expect(folder.files.size).toBe(3);
      if (!stopped) break;
      expect(left).toBeLessThan(30);
    }
    expect([...names]).toEqual(['before', 'after']);
  });

  it('a full disk leaves the note as it was, and says that it was a note', async () => {
    const folder = new MemoryFolder();
    await opened(folder).describe({ name: 'before' });
    folder.quota = 150;
    await expect(opened(folder).describe({ notes: 'x'.repeat(500) })).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/storage is full: what was written about this run does not fit/),
    });
    expect((await noteOf(folder)).name).toBe('before');
    expect([...folder.files.keys()]).toEqual(['note.json']);
  });

  it('a full disk does not keep a deleted run from being had back, with its name', async () => {
    const folder = new MemoryFolder();
    await save(folder, 10);
    await opened(folder).describe({ name: 'mine', leaves: 5000 });
    folder.quota = [...folder.files.values()].reduce((n, f) => n + f.length, 0);
    await opened(folder).describe({ leaves: null });
    expect(await noteOf(folder)).toMatchObject({ name: 'mine', leaves: null });
    // stopped in the middle of it, it stays without its name
    for (let left = 0; left < 12; left++) {
      const other = new MemoryFolder();
      await save(other, 10);
      await opened(other).describe({ leaves: 5000 });
      other.quota = [...other.files.values()].reduce((n, f) => n + f.length, 0);
      other.left = left;
      await opened(other)
        .describe({ leaves: null })
        .catch(() => {});
      other.left = Infinity;
      await opened(other).clean();
      expect((await opened(other).newest()).kept.step).toBe(10);
      expect([5000, null]).toContain((await noteOf(other)).leaves);
    }
  });

  it('stopped at any moment while it is removed, what is left still says that it is to go', async () => {
    for (let left = 0; ; left++) {
      const folder = new MemoryFolder();
      for (const step of [10, 20, 30]) await save(folder, step);
      await opened(folder).describe({ leaves: 5000 });
      folder.left = left;
      const stopped = await opened(folder)
        .empty()
        .then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
      folder.left = Infinity;
      if (folder.files.size) expect((await noteOf(folder)).leaves, `stopped after ${left}`).toBe(5000);
      if (!stopped) {
        expect(folder.files.size).toBe(0);
        break;
      }
    }
  });
});
