import { beforeEach, expect, it, vi } from 'vitest';

const [addFiles, importCheckpoint, openSaved, takeLabels, loadSettings] = Array.from({ length: 5 }, () => vi.fn());
vi.mock('./files.ts', () => ({ addFiles }));
vi.mock('./keep.ts', () => ({ importCheckpoint }));
vi.mock('./open-saved.ts', () => ({ openSaved }));
vi.mock('./evaluation-labels.ts', () => ({ takeLabels }));
vi.mock('./lab-settings.ts', () => ({ loadSettings }));
const { receiveFiles } = await import('./receive-files.ts');
// what it loads when it is wanted is there before two are wanted at once
for (const load of [
  () => import('./open-saved.ts'),
  () => import('./evaluation-labels.ts'),
  () => import('./lab-settings.ts'),
])
  await load();
const { useStudio } = await import('./studio.ts');

beforeEach(() => vi.clearAllMocks());

/** As a browser gives it; outside of folders the path is empty. */
const withPath = (name: string, path: string) =>
  Object.defineProperty(new File([], name), 'webkitRelativePath', { value: path });
const files = (...names: string[]) => names.map((name) => withPath(name, ''));

it('a document that comes alone, with a checkpoint or a list is opened, and is no video', async () => {
  for (const names of [['run.json'], ['run.safetensors', 'run.json'], ['run.csv', 'run.json']]) {
    const all = files(...names);
    openSaved.mockClear();
    receiveFiles(all);
    await vi.waitFor(() => expect(openSaved).toHaveBeenCalledTimes(1));
    expect(openSaved).toHaveBeenCalledWith(all.at(-1));
    expect(addFiles).toHaveBeenLastCalledWith([]);
  }
  expect(importCheckpoint).toHaveBeenCalledTimes(1);
});

it('a picture beside a list of labels is a clip', () => {
  const [list, picture] = files('labels.csv', 'a.png');
  receiveFiles([list, picture]);
  expect(addFiles).toHaveBeenLastCalledWith([picture]);
  expect(openSaved).not.toHaveBeenCalled();
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

it('lists of labels that come together are taken together', async () => {
  const lists = [withPath('train.csv', 'd/train.csv'), withPath('val.csv', 'd/val.csv')];
  receiveFiles([...lists, withPath('a.mp4', 'd/x/a.mp4')]);
  await vi.waitFor(() => expect(takeLabels).toHaveBeenCalledWith(lists, false));
});

it('settings are those that were meant: no YAML of a data set, and of several the first, which is said', async () => {
  receiveFiles([withPath('a.mp4', 'd/x/a.mp4'), withPath('data.yaml', 'd/x/data.yaml')]);
  const [first, second] = files('a.yaml', 'b.yml');
  receiveFiles([first, second]);
  const message = 'Of 2 files of settings only a.yaml was opened, not b.yml.';
  await vi.waitFor(() => expect(loadSettings).toHaveBeenCalledWith(first, expect.objectContaining({ message })));
  expect(loadSettings).toHaveBeenCalledTimes(1);
});

it('of several checkpoints that are refused each is told', async () => {
  importCheckpoint.mockImplementation(({ name }: File) =>
    Promise.resolve(
      name === 'sound.safetensors' ? null : { code: 'format', message: `${name} is cut.`, advice: 'Again' },
    ),
  );
  receiveFiles(files('a.safetensors', 'sound.safetensors', 'b.safetensors'));
  await vi.waitFor(() =>
    expect(useStudio.getState().problem?.message).toBe('a.safetensors is cut. b.safetensors is cut.'),
  );
});
