import { expect, test } from 'vitest';
import { DiskFile, FileLibrary } from '../testing/file-library.ts';
import { drawProceduralClip } from '../video/procedural.ts';
import { findClips, nameClips, namesOf } from './clip-refs.ts';
import { Library } from './library.ts';

const drawn = async (count: number, seed: number) => {
  const library = new Library(() => {});
  await library.addProcedural({ type: 'addProcedural', jobId: 'job', count, seed });
  return library;
};

test('drawn clips are named by seed and number, in the order of the run', async () => {
  const library = await drawn(6, 4);
  const ids = [0, 1, 2, 5, 4].map((i) => `drawn-4-${i}`);
  expect(await nameClips(library, ids)).toEqual([
    { kind: 'drawn', seed: 4, first: 0, count: 3 },
    { kind: 'drawn', seed: 4, first: 5, count: 1 },
    { kind: 'drawn', seed: 4, first: 4, count: 1 },
  ]);
});

test('they are made again where they are not there, the same pictures in the same order', async () => {
  const before = await drawn(4, 9);
  const ids = [3, 0, 1].map((i) => `drawn-9-${i}`);
  const names = await nameClips(before, ids);
  const after = new Library(() => {});
  const found = await findClips(after, names);
  expect(found).toEqual({ clipIds: ids, missing: [], otherwise: [] });
  for (const id of ids) expect(after.source(id).rgb(17)).toEqual(before.source(id).rgb(17));
});

test('their look is part of the name; without one it is the usual look', async () => {
  const look = { noise: 0.2, background: 'textured', colours: 'full' } as const;
  const library = await drawn(2, 4);
  await library.addProcedural({ type: 'addProcedural', jobId: 'other', count: 3, seed: 4, look });
  const ids = ['drawn-4-0', 'drawn-4-1-0.2-textured-full', 'drawn-4-2-0.2-textured-full', 'drawn-4-1'];
  const names = await nameClips(library, ids);
  expect(names).toEqual([
    { kind: 'drawn', seed: 4, first: 0, count: 1 },
    { kind: 'drawn', seed: 4, first: 1, count: 2, look },
    { kind: 'drawn', seed: 4, first: 1, count: 1 },
  ]);
  const after = new Library(() => {});
  expect((await findClips(after, names)).clipIds).toEqual(ids);
  const side = after.source(ids[1]).width;
  expect(after.source(ids[1]).rgb(9)).toEqual(drawProceduralClip(4, 1, { frames: 1, start: 9, side, ...look }).rgb);
  expect(after.source(ids[3]).rgb(9)).toEqual(drawProceduralClip(4, 1, { frames: 1, start: 9, side }).rgb);
});

test('a file that is not there is missing, by name and fingerprint', async () => {
  const file = {
    kind: 'file' as const,
    name: 'a.mp4',
    fingerprint: `sha256:${'ab'.repeat(32)}`,
    kept: '8 × 8, 1 of 1 frames',
  };
  const found = await findClips(new Library(() => {}), [file, { kind: 'drawn', seed: 1, first: 2, count: 1 }]);
  expect(found).toEqual({
    clipIds: ['drawn-1-2'],
    missing: [{ name: 'a.mp4', fingerprint: file.fingerprint }],
    otherwise: [],
  });
});

test('a clip that left the library cannot be named', async () => {
  await expect(nameClips(new Library(() => {}), ['clip-1'])).rejects.toThrow('clip clip-1 is not in the library');
});

test('a file that cannot be read is told by name, and named once it is there again', async () => {
  const file = new DiskFile('swing.mp4');
  const names = namesOf(new FileLibrary([file]), ['swing.mp4']);
  file.gone = true;
  for (let i = 0; i < 2; i++)
    await expect(names()).rejects.toMatchObject({
      code: 'video',
      message: expect.stringContaining('swing.mp4 cannot be read any more (The requested file could not be read.)'),
      advice: expect.stringContaining('Put the file back'),
    });
  file.gone = false;
  expect(await names()).toMatchObject([{ kind: 'file', name: 'swing.mp4' }]);
  // what it is called is known from here on
  file.gone = true;
  expect(await names()).toMatchObject([{ kind: 'file', name: 'swing.mp4' }]);
});

test('a file that cannot be read hides no other one', async () => {
  const [lost, there] = [new DiskFile('lost.mp4'), new DiskFile('there.mp4')];
  const names = await nameClips(new FileLibrary([lost, there]), ['lost.mp4', 'there.mp4']);
  const [again, other] = [new DiskFile('lost.mp4'), new DiskFile('there.mp4')];
  const library = new FileLibrary([again, other]);
  again.gone = true;
  const found = await findClips(library, names);
  expect([found.clipIds, found.missing.map(({ name }) => name)]).toEqual([['there.mp4'], ['lost.mp4']]);
  again.gone = false;
  expect((await findClips(library, names)).clipIds).toEqual(['lost.mp4', 'there.mp4']);
});
