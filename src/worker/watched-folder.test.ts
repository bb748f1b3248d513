import { expect, test } from 'vitest';
import { MemoryFolder } from '../testing/memory-folder.ts';
import { watchedFolder } from './watched-folder.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

function watched() {
  const memory = new MemoryFolder();
  const attempt = new AbortController();
  const told: string[] = [];
  return { memory, attempt, told, folder: watchedFolder(memory, attempt.signal, (doing) => told.push(doing)) };
}

test('what is asked for is done, and told as it goes', async () => {
  const { memory, folder, told } = watched();
  const file = await folder.create('a');
  file.write(bytes(1, 2), 0);
  file.flush();
  expect(file.size()).toBe(2);
  file.close();
  expect(await folder.read('a', 1)).toEqual(bytes(2));
  await folder.move('a', 'b');
  expect(await folder.list()).toEqual(['b']);
  await folder.remove('b');
  expect(memory.files.size).toBe(0);
  expect(told.filter((doing) => !doing.endsWith(', which it did'))).toEqual([
    'open a',
    'write a from byte 0',
    'flush a',
    'read a',
    'move a to b',
    'list its files',
    'remove b',
  ]);
});

test('after an abort nothing is asked for, and an answer that comes late is not gone on with', async () => {
  const { memory, folder, attempt, told } = watched();
  const file = await folder.create('a');
  const late = folder.list();
  attempt.abort(new Error('given up'));
  const before = memory.operations;
  await expect(late).rejects.toThrow('given up');
  await expect(folder.read('a')).rejects.toThrow('given up');
  await expect(folder.move('a', 'b')).rejects.toThrow('given up');
  expect(() => file.write(bytes(1), 0)).toThrow('given up');
  expect(memory.operations).toBe(before);
  expect(told.at(-1)).toBe('list its files');
});

test('no file stays open: not one that was, nor one whose answer comes late, and each is closed once', async () => {
  const { memory, folder, attempt } = watched();
  let open = 0;
  let answer = () => {};
  const create = memory.create.bind(memory);
  memory.create = async (name) => {
    if (name === 'late') await new Promise<void>((resolve) => (answer = resolve));
    open++;
    return { ...(await create(name)), close: () => void open-- };
  };
  (await folder.create('done')).close();
  expect(open).toBe(0);
  const file = await folder.create('open');
  const late = folder.create('late');
  expect(open).toBe(1);
  attempt.abort(new Error('given up'));
  file.close();
  expect(open).toBe(0);
  answer();
  await expect(late).rejects.toThrow('given up');
  expect(open).toBe(0);
});
