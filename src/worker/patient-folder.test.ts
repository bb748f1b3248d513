import { expect, test } from 'vitest';
import { MemoryFolder } from '../testing/memory-folder.ts';
import { about, content, opened as openedFolder, save, stepOf } from '../testing/run-folders.ts';
import type { Folder } from './folder.ts';
import { askedAgain, inTime, patientFolder, Unanswered } from './patient-folder.ts';

const bytes = (...values: number[]) => new Uint8Array(values);
const never = () => new Promise<never>(() => {});

test('what is answered is as it was', async () => {
  const memory = new MemoryFolder();
  const folder = patientFolder(memory, 1000);
  const file = await folder.create('a');
  file.write(bytes(1, 2), 0);
  file.flush();
  expect(file.size()).toBe(2);
  file.close();
  expect(await folder.read('a', 1)).toEqual(bytes(2));
  expect(await folder.read('none')).toBeNull();
  await folder.move('a', 'b');
  expect(await folder.list()).toEqual(['b']);
  await folder.remove('b');
  expect(memory.files.size).toBe(0);
  await expect(folder.move('none', 'c')).rejects.toThrow('no file none');
});

test.each([
  ['list', 'list the files of a run', (f: MemoryFolder) => f.list()],
  ['read', 'read a', (f: MemoryFolder) => f.read('a')],
  ['create', 'open a', (f: MemoryFolder) => f.create('a')],
  ['move', 'move a to b', (f: MemoryFolder) => f.move('a', 'b')],
  ['remove', 'remove a', (f: MemoryFolder) => f.remove('a')],
] as const)('a question that is lost (%s) is told by what was asked', async (asked, doing, ask) => {
  const memory = new MemoryFolder();
  memory[asked] = never;
  const answer = ask(patientFolder(memory, 20) as MemoryFolder);
  await expect(answer).rejects.toBeInstanceOf(Unanswered);
  await expect(answer).rejects.toMatchObject({
    code: 'storage',
    message: `The browser's storage has not answered for 0.02 seconds when it was asked to ${doing}.`,
  });
});

test('a file that opens too late is closed, and one that does not open says nothing any more', async () => {
  const memory = new MemoryFolder();
  let answer = () => {};
  let closed = 0;
  const create = memory.create.bind(memory);
  memory.create = async (name) => {
    await new Promise<void>((resolve) => (answer = resolve));
    if (name === 'bad') throw new Error('no such place');
    return { ...(await create(name)), close: () => void closed++ };
  };
  const folder = patientFolder(memory, 20);
  await expect(folder.create('late')).rejects.toBeInstanceOf(Unanswered);
  expect(closed).toBe(0);
  answer();
  await expect.poll(() => closed).toBe(1);
  await expect(folder.create('bad')).rejects.toBeInstanceOf(Unanswered);
  answer(); // an error that nobody handles would fail this test
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(closed).toBe(1);
});

test('when a question was lost nothing more is asked', async () => {
  const memory = new MemoryFolder();
  const folder = patientFolder(memory, 20);
  memory.move = never;
  await expect(folder.move('a', 'b')).rejects.toBeInstanceOf(Unanswered);
  const before = memory.operations;
  for (const ask of [folder.list(), folder.read('a'), folder.create('a'), folder.remove('a')])
    await expect(ask).rejects.toThrow('to move a to b');
  expect(memory.operations).toBe(before);
});

const ways = ['never', 'unanswered', 'soon', 'late'] as const;

/**
 * The folder, of which question number `which` is lost: not done; done and not answered; done two questions later; or done
 * when `late` is called.
 */
function losing(memory: MemoryFolder, which: number, how: (typeof ways)[number]) {
  let asked = 0;
  let late: () => Promise<unknown> = async () => {};
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    if (how === 'soon' && asked === which + 2) await late();
    if (asked++ !== which) return question();
    if (how === 'unanswered') await question();
    else if (how !== 'never') late = () => question().catch(() => {});
    return never();
  };
  const folder: Folder = {
    list: () => ask(() => memory.list()),
    read: (...at) => ask(() => memory.read(...at)),
    create: (name) => ask(() => memory.create(name)),
    move: (from, to) => ask(() => memory.move(from, to)),
    remove: (name) => ask(() => memory.remove(name)),
  };
  return { folder, late: () => late(), lost: () => asked > which };
}

test.each(ways)(
  'a save of which any one question is lost (%s) is there after it was asked again, and so is what was there before',
  async (how) => {
    let which = 0;
    for (; ; which++) {
      const memory = new MemoryFolder();
      for (const step of [10, 20, 30]) await save(memory, step);
      const { folder, late, lost } = losing(memory, which, how);
      const what = { step: 40, savedAt: 40_000, loss: 1 };
      const kept = await askedAgain(() => openedFolder(folder).patient(5).save(content(40), about, what));
      expect(kept.checkpoints.map(({ step }) => step)).toContain(40);
      if (how === 'late') await late();
      await openedFolder(memory).clean();
      const { bytes, passed } = await openedFolder(memory).newest();
      expect([stepOf(bytes), passed], `question ${which}`).toEqual([40, 0]);
      for (const step of [20, 30]) expect(await openedFolder(memory).at(step)).toEqual(content(step));
      await save(memory, 50);
      if (!lost()) break;
    }
    expect(which).toBeGreaterThan(7);
  },
);

test('work is asked once more when a question of it is lost, and only then', async () => {
  let asked = 0;
  const lost: string[] = [];
  const work = () => inTime(`answer ${++asked}`, asked === 1 ? never() : Promise.resolve(asked), 10);
  expect(await askedAgain(work, ({ said }) => lost.push(said))).toBe(2);
  expect(lost).toEqual([expect.stringMatching(/^the browser's storage .* answer 1$/)]);
  await expect(askedAgain(() => inTime(`answer ${++asked}`, never(), 10))).rejects.toThrow('answer 4');
  asked = 0;
  await expect(askedAgain(() => Promise.reject(new Error(`other ${++asked}`)))).rejects.toThrow('other 1');
});
