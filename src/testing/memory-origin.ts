// The origin's storage in memory, as KeptRuns meets it in a worker: a folder per run, locks of tabs, a report of its size.

import { MemoryFolder } from './memory-folder.ts';

const missing = (name: string) => new DOMException(`no ${name}`, 'NotFoundError');

export class MemoryOrigin {
  readonly runs = new Map<string, MemoryFolder>();
  /** runs that another tab has open */
  readonly elsewhere = new Set<string>();
  readonly #locks = new Map<string, Promise<unknown>>();

  /** What takes the place of the global of that name. */
  readonly navigator = {
    storage: {
      getDirectory: async () => ({ getDirectoryHandle: async () => this.#all }),
      estimate: async () => ({ usage: 0, quota: 1e9 }),
      persisted: async () => false,
    },
    locks: {
      request: async (name: string, { signal }: { signal: AbortSignal }, use: () => Promise<void>) => {
        if (this.elsewhere.has(name.replace('run ', ''))) throw new DOMException('the time is over', 'TimeoutError');
        const before = this.#locks.get(name);
        const over = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
        const mine = Promise.race([before, over]).then(use);
        this.#locks.set(name, Promise.allSettled([before, mine]));
        return mine;
      },
    },
  };

  readonly #all = {
    keys: () => namesOf([...this.runs.keys()]),
    getDirectoryHandle: async (runId: string, { create }: { create: boolean }) => {
      const folder = this.runs.get(runId) ?? (create ? new MemoryFolder() : null);
      if (!folder) throw missing(runId);
      this.runs.set(runId, folder);
      return handleOf(folder);
    },
    removeEntry: async (runId: string) => {
      const folder = this.runs.get(runId);
      if (!folder) throw missing(runId);
      if (folder.files.size) throw new DOMException(`${runId} is not empty`, 'InvalidModificationError');
      this.runs.delete(runId);
    },
  };
}

async function* namesOf(names: readonly string[]): AsyncGenerator<string> {
  yield* names;
}

/** A folder as the browser hands it out. */
function handleOf(folder: MemoryFolder) {
  return {
    keys: () => namesOf([...folder.files.keys()]),
    getFileHandle: async (name: string, { create = false } = {}) => {
      if (!create && !folder.files.has(name)) throw missing(name);
      return {
        getFile: async () => new Blob([(await folder.read(name)) ?? '']),
        createSyncAccessHandle: async () => {
          const file = await folder.create(name);
          return {
            ...file,
            truncate: () => {},
            getSize: file.size,
            write: (bytes: Uint8Array<ArrayBuffer>, { at }: { at: number }) => file.write(bytes, at),
          };
        },
        move: (to: string) => folder.move(name, to),
      };
    },
    removeEntry: async (name: string) => {
      if (!folder.files.has(name)) throw missing(name);
      await folder.remove(name);
    },
  };
}
