import { expect, it, vi } from 'vitest';
import type { ClipInfo, Command } from '../protocol/messages.ts';
import { receive } from './events.ts';
import { addFiles, clipBeside, inOrder, removeClip } from './files.ts';
import { patch, useStudio } from './studio.ts';

const sent = vi.hoisted(() => [] as Command[]);
const asked = vi.hoisted(() => [] as Command[]);
vi.mock('./engine.ts', () => ({
  ask: (_answer: string, command: Command) => new Promise(() => asked.push(command)),
  send: (command: Command) => void sent.push(command),
}));

const clip = (clipId: string, source: ClipInfo['source']) => ({ clipId, source }) as ClipInfo;

it('the place of a video that goes is taken by the next one, by the one before the last, by a drawn clip of the only one', () => {
  const drawn = [clip('drawn 1', 'procedural'), clip('drawn 2', 'procedural')];
  const clips = [...drawn, clip('a', 'file'), clip('b', 'file'), clip('c', 'file')];
  expect(['a', 'b', 'c'].map((id) => clipBeside(clips, id)?.clipId)).toEqual(['b', 'c', 'b']);
  expect(clipBeside([...drawn, clip('a', 'file')], 'a')?.clipId).toBe('drawn 1');
  expect(clipBeside([clip('a', 'file')], 'a')).toBeUndefined();
});

it('a file that is among the clips is not taken again, and that is said; one of the same name and another size is', () => {
  const given = () => sent.splice(0).flatMap((c) => (c.type === 'addFiles' ? c.files : []));
  const file = (name: string, text: string) =>
    Object.assign(new File([text], name, { lastModified: 7 }), { webkitRelativePath: '' });
  given();
  addFiles([file('a.mp4', 'aa')]);
  const [{ clipId }] = given();
  patch({ clips: [clip(clipId, 'file')] });
  addFiles([file('a.mp4', 'aa'), file('a.mp4', 'aaa'), file('b.mp4', 'aa')]);
  expect(given().map((f) => f.file.name)).toEqual(['a.mp4', 'b.mp4']);
  expect(useStudio.getState().leftOut).toEqual({ noVideo: [], again: ['a.mp4'] });
  // twice in one drop is once
  addFiles([file('c.mp4', 'c'), file('c.mp4', 'c')]);
  expect(given().map((f) => f.file.name)).toEqual(['c.mp4']);
  expect(useStudio.getState().leftOut.again).toEqual(['c.mp4']);
  removeClip(clipId);
  given();
  patch({ leftOut: { noVideo: [], again: [] } });
  addFiles([file('a.mp4', 'aa')]);
  expect(given()).toHaveLength(1);
});

it('files of a folder are sorted as people sort them, and their clips stand so, whichever is read first', () => {
  const file = (path: string) => Object.assign(new File([path], path.split('/').at(-1)!), { webkitRelativePath: path });
  sent.length = 0;
  addFiles(['all/wave/p10.mp4', 'all/wave/p2.mp4', 'all/lift/p3.mp4'].map(file));
  const named = sent.flatMap((c) => (c.type === 'addFiles' ? c.files : []));
  expect(named.map((f) => f.file.webkitRelativePath)).toEqual([
    'all/lift/p3.mp4',
    'all/wave/p2.mp4',
    'all/wave/p10.mp4',
  ]);
  const [lift, two, ten] = named.map(({ clipId }) => clip(clipId, 'file'));
  // one of them turns out to be none; what calls itself a video and is none is a fault
  const fail = (name: string, type: string) => {
    addFiles([Object.assign(new File(['text'], name, { type }), { webkitRelativePath: `all/${name}` })]);
    const clipId = sent.flatMap((c) => (c.type === 'addFiles' ? c.files : [])).at(-1)!.clipId;
    receive({
      type: 'clipFailed',
      jobId: 'files',
      clipId,
      name,
      error: { code: 'no-video', message: `${name} is text`, advice: '' },
    });
  };
  fail('index.md', 'text/markdown');
  fail('notes.mp4', 'video/mp4');
  expect(useStudio.getState().leftOut.noVideo).toEqual(['index.md']);
  expect(useStudio.getState().failures.map(({ name }) => name)).toEqual(['notes.mp4']);
  const drawn = clip('drawn 1', 'procedural');
  expect(inOrder([ten, drawn, lift, two]).map((c) => c.clipId)).toEqual([drawn, lift, two, ten].map((c) => c.clipId));
});

it('a file is taken once, also while it is being read, and again after it could not be', () => {
  const given = () => sent.filter((command) => command.type === 'addFiles').flatMap((command) => command.files);
  const before = given().length;
  const file = () => Object.assign(new File(['x'], 'twice.mp4', { lastModified: 1 }), { webkitRelativePath: '' });
  addFiles([file()]);
  addFiles([file()]);
  expect(given()).toHaveLength(before + 1);
  expect(useStudio.getState().leftOut.again).toEqual(['twice.mp4']);
  const { clipId } = given()[before];
  const job = sent.findLast((command) => command.type === 'addFiles');
  const error = { code: 'video', message: 'cut', advice: '' } as const;
  receive({ type: 'clipFailed', jobId: job!.jobId, clipId, name: 'twice.mp4', error });
  receive({ type: 'jobDone', jobId: job!.jobId, cancelled: false });
  addFiles([file()]);
  expect(given()).toHaveLength(before + 2);
});

it('a checkpoint by any name is kept as the run that it is, but not one of a folder of videos', async () => {
  patch({ failures: [], leftOut: { noVideo: [], again: [] } });
  const arrive = (path: string) => {
    const name = path.split('/').at(-1)!;
    addFiles([Object.assign(new File(['run'], name), { webkitRelativePath: path.includes('/') ? path : '' })]);
    const { clipId } = sent.flatMap((c) => (c.type === 'addFiles' ? c.files : [])).at(-1)!;
    const error = { code: 'checkpoint', message: `${name} is no video`, advice: '' } as const;
    receive({ type: 'clipFailed', jobId: 'files', clipId, name, error });
  };
  arrive('run.bin');
  expect(asked).toMatchObject([{ type: 'importRun', file: { name: 'run.bin' } }]);
  arrive('all/weights.bin');
  expect(asked).toHaveLength(1);
  expect(useStudio.getState().leftOut.noVideo).toEqual(['weights.bin']);
  expect(useStudio.getState().failures).toEqual([]);
});
