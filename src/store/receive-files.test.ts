import { beforeEach, expect, it, vi } from 'vitest';

const [addFiles, importCheckpoint, openSaved] = [vi.fn(), vi.fn(), vi.fn()];
vi.mock('./files.ts', () => ({ addFiles }));
vi.mock('./keep.ts', () => ({ importCheckpoint }));
vi.mock('./open-saved.ts', () => ({ openSaved }));
const { receiveFiles } = await import('./receive-files.ts');

beforeEach(() => vi.clearAllMocks());

/** As a browser gives it; outside of folders the path is empty. */
const withPath = (name: string, path: string) =>
  Object.defineProperty(new File([], name), 'webkitRelativePath', { value: path });
const files = (...names: string[]) => names.map((name) => withPath(name, ''));

it('a document that comes alone or with a checkpoint is opened, and is no video', async () => {
  for (const names of [['run.json'], ['run.safetensors', 'run.json']]) {
    const all = files(...names);
    receiveFiles(all);
    await vi.waitFor(() => expect(openSaved).toHaveBeenLastCalledWith(all.at(-1)));
    expect(addFiles).toHaveBeenLastCalledWith([]);
  }
  expect(importCheckpoint).toHaveBeenCalledTimes(1);
});

it('what a folder hides is left alone', () => {
  const inFolder = (path: string) => withPath(path.split('/').at(-1)!, path);
  const video = inFolder('clips/wave/a.mp4');
  receiveFiles([inFolder('clips/.DS_Store'), inFolder('clips/.git/config'), video]);
  expect(addFiles).toHaveBeenCalledWith([video]);
  // a hidden folder that was picked was meant
  const meant = inFolder('.cache/b.mp4');
  receiveFiles([meant]);
  expect(addFiles).toHaveBeenLastCalledWith([meant]);
});

it('in a folder of videos it is left to the library, which says what it is', () => {
  const all = files('a.mp4', 'notes.json');
  receiveFiles(all);
  expect(addFiles).toHaveBeenCalledWith(all);
  expect(openSaved).not.toHaveBeenCalled();
});
