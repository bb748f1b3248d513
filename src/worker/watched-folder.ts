// A folder for one piece of work that can be given up: what it asks of the folder is told as it goes.

import type { Folder } from './folder.ts';

/**
 * `at` is told before and behind everything that the folder is asked for, in words behind "to". After an abort nothing more is
 * asked, and no file stays open, also where the answer comes later.
 */
export function watchedFolder(folder: Folder, signal: AbortSignal, at: (doing: string) => void): Folder {
  const ask = <T>(doing: string, answer: () => T): T => {
    signal.throwIfAborted();
    at(doing);
    return answer();
  };
  const asked = async <T>(doing: string, answer: () => Promise<T>): Promise<T> => {
    const result = await ask(doing, answer);
    return ask(`${doing}, which it did`, () => result);
  };
  return {
    list: () => asked('list its files', () => folder.list()),
    read: (name, from, to) => asked(`read ${name}`, () => folder.read(name, from, to)),
    move: (from, to) => asked(`move ${from} to ${to}`, () => folder.move(from, to)),
    remove: (name) => asked(`remove ${name}`, () => folder.remove(name)),
    create: (name) =>
      asked(`open ${name}`, async () => {
        const file = await folder.create(name);
        const close = () => {
          signal.removeEventListener('abort', close);
          file.close();
        };
        signal.addEventListener('abort', close);
        if (signal.aborted) close();
        return {
          write: (bytes, to) => ask(`write ${name} from byte ${to}`, () => file.write(bytes, to)),
          size: () => file.size(),
          flush: () => ask(`flush ${name}`, () => file.flush()),
          close: () => {
            if (!signal.aborted) close();
          },
        };
      }),
  };
}
