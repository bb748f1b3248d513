import { expect, it, vi } from 'vitest';
import { droppedFiles, droppedHandles } from './dropped-files.ts';

const file = (path: string, there = true) => ({
  isFile: true,
  name: path.split('/').at(-1)!,
  fullPath: path,
  file: (resolve: (found: File) => void, reject: (error: Error) => void) =>
    there ? resolve(new File([], path.split('/').at(-1)!)) : reject(new DOMException('gone', 'NotFoundError')),
});
const folder = (path: string, entries: object[]) => ({
  isFile: false,
  name: path.split('/').at(-1)!,
  fullPath: path,
  createReader: () => {
    const parts = [entries, []];
    return { readEntries: (resolve: (some: object[]) => void) => resolve(parts.shift()!) };
  },
});
const transfer = (...entries: object[]) =>
  ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files: [] }) as unknown as DataTransfer;

it('opens folders, keeps paths, and leaves hidden files where they are', async () => {
  const wave = folder('/clips/wave', [file('/clips/wave/b.mp4')]);
  const dropped = await droppedFiles(transfer(file('/a.mp4'), folder('/clips', [file('/clips/.DS_Store'), wave])));
  expect(dropped.unread).toEqual([]);
  expect(dropped.files.map((f) => [f.name, f.webkitRelativePath ?? ''])).toEqual([
    ['a.mp4', ''],
    ['b.mp4', 'clips/wave/b.mp4'],
  ]);
});

it('what cannot be opened is named, and the others come', async () => {
  const dropped = await droppedFiles(
    transfer(folder('/clips', [file('/clips/gone.mp4', false), file('/clips/here.mp4')])),
  );
  expect(dropped.unread).toEqual(['clips/gone.mp4']);
  expect(dropped.files.map((f) => f.name)).toEqual(['here.mp4']);
});

it('handles are those that the browser gives; of what is no file of the disk it gives none, or refuses', async () => {
  class Handle {
    readonly kind = 'file';
  }
  vi.stubGlobal('FileSystemHandle', Handle);
  const given = new Handle();
  const items = [
    { getAsFileSystemHandle: async () => given },
    { getAsFileSystemHandle: async () => undefined },
    { getAsFileSystemHandle: async () => null },
    { getAsFileSystemHandle: () => Promise.reject(new DOMException('', 'NotFoundError')) },
    {},
  ];
  expect(await droppedHandles({ items } as unknown as DataTransfer)).toEqual([given]);
});
