// What a visit leaves for the next: handles of clips, and which of them hold the files of a run.

import { beforeEach, expect, it, vi } from 'vitest';

const disk = vi.hoisted(() => new Map<string, unknown>());
const received = vi.hoisted(() => vi.fn());
const unread = vi.hoisted(() => vi.fn());
vi.mock('idb-keyval', () => ({
  get: (key: string) => {
    if (disk.has('off')) throw new ReferenceError('indexedDB is not defined');
    return Promise.resolve(disk.get(key));
  },
  set: async (key: string, value: unknown) => void disk.set(key, value),
}));
vi.mock('./receive-files.ts', () => ({
  clipsAmong: (files: File[]) => files.filter(({ name }) => name.endsWith('.mp4')),
  receiveFiles: received,
  tellUnread: unread,
}));
let visits = 0;
vi.mock('./actions.ts', () => ({ showProblem: vi.fn(), newId: () => `visit ${++visits}` }));

class Handle {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  readonly inside: readonly Handle[];
  readonly leave: PermissionState | 'gone';

  constructor(kind: Handle['kind'], name: string, inside: Handle[] = [], leave: Handle['leave'] = 'granted') {
    this.kind = kind;
    this.name = name;
    this.inside = inside;
    this.leave = leave;
  }

  isSameEntry = async (other: Handle) =>
    other.name === this.name && other.kind === this.kind && other.inside.length === this.inside.length;
  requestPermission = async () => (this.leave === 'gone' ? 'granted' : this.leave);
  async getFile(): Promise<File> {
    if (this.leave === 'gone') throw new DOMException('gone', 'NotFoundError');
    return Object.assign(new File([], this.name), { webkitRelativePath: '' });
  }
  async *values() {
    yield* this.inside;
  }
}
vi.stubGlobal('FileSystemHandle', Handle);

const handle = (...of: ConstructorParameters<typeof Handle>) => new Handle(...of) as unknown as FileSystemHandle;
const cat = handle('file', 'cat.mp4');
const folder = handle('directory', 'clips', [
  new Handle('directory', 'wave', [new Handle('file', 'a.mp4'), new Handle('file', '.DS_Store')]),
  new Handle('file', 'readme.txt'),
]);
/** The page, opened anew. */
async function visit() {
  vi.resetModules();
  const part = await import('./opened-before.ts');
  await new Promise((resolve) => setTimeout(resolve));
  const all = () => part.useOpenedBefore.getState().entries;
  const open = (handles: FileSystemHandle[]) =>
    part.openAgain(handles.map((of) => ({ handle: of, names: [], visit: '' })));
  return { ...part, all, open };
}

beforeEach(() => {
  disk.clear();
  received.mockClear();
  unread.mockClear();
});

it('the next visit offers what the last one opened, with the paths of folders, and nothing once it has opened any', async () => {
  const first = await visit();
  expect(first.ofLastVisit(first.all())).toEqual([]);
  await first.open([cat]);
  await first.open([folder]);
  expect(first.ofLastVisit(first.all())).toEqual([]);

  const second = await visit();
  const offered = second.ofLastVisit(second.all());
  expect(offered.map(({ handle: { name }, names }) => [name, names])).toEqual([
    ['clips', ['a.mp4']],
    ['cat.mp4', ['cat.mp4']],
  ]);
  received.mockClear();
  await second.openAgain(offered);
  const [files] = received.mock.lastCall as [File[]];
  expect(files.map((file) => file.webkitRelativePath || file.name)).toEqual([
    'clips/wave/a.mp4',
    'clips/readme.txt',
    'cat.mp4',
  ]);
  expect(second.all()).toHaveLength(2); // the same, and not twice
  expect(second.ofLastVisit(second.all())).toEqual([]);
});

it('of two visits the later one is offered; what a run needs is found in any', async () => {
  await (await visit()).open([folder]);
  await (await visit()).open([cat]);
  const { all, ofLastVisit, holding, forgetOpened } = await visit();
  expect(ofLastVisit(all()).map((entry) => entry.handle.name)).toEqual(['cat.mp4']);
  expect(holding(all(), ['a.mp4', 'cat.mp4'])?.map((entry) => entry.handle.name)).toEqual(['clips', 'cat.mp4']);
  expect(holding(all(), ['a.mp4', 'dog.mp4'])).toBeNull();
  await forgetOpened();
  expect((await visit()).all()).toEqual([]);
});

it('what may not be read, or is gone, is named, and the others come', async () => {
  const { open, all } = await visit();
  await open([
    handle('file', 'secret.mp4', [], 'denied'),
    handle('directory', 'old', [new Handle('file', 'b.mp4', [], 'gone')]),
    cat,
  ]);
  expect(unread).toHaveBeenCalledWith(['secret.mp4', 'old/b.mp4']);
  expect((received.mock.lastCall as [File[]])[0].map(({ name }) => name)).toEqual(['cat.mp4']);
  expect(all().map((entry) => entry.handle.name)).toEqual(['cat.mp4']);
});

it('what could not be read is offered again with the others', async () => {
  const away = { leave: 'granted' as PermissionState | 'gone' };
  class Away extends Handle {
    override requestPermission = async () => (away.leave === 'gone' ? ('denied' as const) : ('granted' as const));
  }
  const usb = new Away('file', 'usb.mp4') as unknown as FileSystemHandle;
  await (await visit()).open([cat, usb]);
  const second = await visit();
  away.leave = 'gone';
  await second.openAgain(second.ofLastVisit(second.all()));
  expect(unread).toHaveBeenLastCalledWith(['usb.mp4']);
  const third = await visit();
  expect(third.ofLastVisit(third.all()).map((entry) => [entry.handle.name, entry.names])).toEqual([
    ['cat.mp4', ['cat.mp4']],
    ['usb.mp4', ['usb.mp4']],
  ]);
});

it('changes that come at once are made one after the other, and forgetting is the last', async () => {
  const { rememberOpened, forgetOpened, all } = await visit();
  const mp4 = (name: string) => Object.assign(new File([], name), { webkitRelativePath: '' });
  await (await visit()).open([cat]); // another tab
  await Promise.all([
    rememberOpened([handle('file', 'a.mp4')], [mp4('a.mp4')]),
    rememberOpened([handle('file', 'b.mp4')], [mp4('b.mp4')]),
  ]);
  expect(all().map((entry) => entry.handle.name)).toEqual(['b.mp4', 'a.mp4', 'cat.mp4']);
  await Promise.all([rememberOpened([handle('file', 'c.mp4')], [mp4('c.mp4')]), forgetOpened()]);
  expect(all()).toEqual([]);
});

it('without storage what this visit opened is known, and nothing fails', async () => {
  disk.set('off', true);
  const { open, all } = await visit();
  await open([cat]);
  await open([folder]);
  expect(all()).toHaveLength(2);
});

it('what something else wrote there is not taken', async () => {
  disk.set('opened-before', [{ handle: { kind: 'file' }, names: ['a.mp4'], visit: 'x' }, 7]);
  expect((await visit()).all()).toEqual([]);
});

it('two folders of one name are told apart by what is in them', async () => {
  const one = handle('directory', 'clips', [new Handle('file', 'a.mp4')]);
  const two = handle('directory', 'clips', [new Handle('file', 'b.mp4'), new Handle('file', 'c.mp4')]);
  const page = await visit();
  await page.open([one, two]);
  expect(page.all().map(({ names }) => names)).toEqual([['a.mp4'], ['b.mp4', 'c.mp4']]);
  expect(page.holding(page.all(), ['b.mp4'])?.map((found) => found.handle)).toEqual([two]);
});
