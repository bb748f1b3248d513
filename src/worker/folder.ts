// A folder as the checkpoint store needs it, and the one in the origin private file system.

import { StudioError } from '../core/errors.ts';

export interface Folder {
  list(): Promise<string[]>;
  /** the bytes of a file, or those from `from` to before `to`; null when there is none */
  read(name: string, from?: number, to?: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** an empty file to write into; one writer at a time */
  create(name: string): Promise<OpenFile>;
  /** puts a file in the place of another, or of none */
  move(from: string, to: string): Promise<void>;
  /** no complaint when there is none */
  remove(name: string): Promise<void>;
}

export interface OpenFile {
  /** how many bytes were written: at quota a number that cannot be, not an exception */
  write(bytes: Uint8Array<ArrayBuffer>, at: number): number;
  size(): number;
  flush(): void;
  close(): void;
}

/** What TypeScript's library for pages leaves out: only workers have it. */
declare global {
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<{
      write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
      truncate(size: number): void;
      getSize(): number;
      flush(): void;
      close(): void;
    }>;
    /** in no standard yet, in every engine that has the above */
    move?(name: string): Promise<void>;
  }
}

/** Names of the folders in the origin private file system, one per run. */
const runs = 'runs';
/** Times that a file is read while others keep taking its place. */
const mostReads = 8;

/** The folder of all runs. Throws StudioError 'storage' where the browser gives none. */
export async function runsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(runs, { create: true });
  } catch (error) {
    throw new StudioError(
      'storage',
      `This browser gives the page no storage of its own (${error instanceof Error ? error.message : String(error)}), so runs are not kept.`,
      'Leave private browsing, or open the studio on localhost or over https. Export what must last.',
    );
  }
}

export function originFolder(handle: FileSystemDirectoryHandle): Folder {
  const file = async (name: string, create = false) => {
    try {
      return await handle.getFileHandle(name, { create });
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  return {
    async list() {
      const names: string[] = [];
      for await (const name of handle.keys()) names.push(name);
      return names.sort();
    },
    async read(name, from, to) {
      for (let tries = 1; ; tries++) {
        const found = await file(name);
        if (!found) return null;
        try {
          return new Uint8Array(await (await found.getFile()).slice(from, to).arrayBuffer());
        } catch (error) {
          if (!isReplaced(error) || tries === mostReads) throw error;
        }
      }
    },
    async create(name) {
      const opened = await (await handle.getFileHandle(name, { create: true })).createSyncAccessHandle();
      try {
        opened.truncate(0);
      } catch (error) {
        opened.close(); // while it is open nobody else can open the file
        throw error;
      }
      return {
        write: (bytes, at) => opened.write(bytes, { at }),
        size: () => opened.getSize(),
        flush: () => opened.flush(),
        close: () => opened.close(),
      };
    },
    async move(from, to) {
      const found = await handle.getFileHandle(from);
      if (!found.move)
        throw new StudioError('storage', 'This browser cannot move files in its storage, so runs are not kept.');
      await found.move(to);
    },
    async remove(name) {
      try {
        await handle.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  };
}

/** How a file says that another one was moved into its place while it was read. */
const isReplaced = (error: unknown): boolean =>
  isMissing(error) || (error instanceof DOMException && error.name === 'NotReadableError');

export const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';
