import { expect, it } from 'vitest';
import { originFolder } from './folder.ts';

it('a file that cannot be emptied is closed, so that a later save can open it', async () => {
  let open = false;
  let full = true;
  const file = {
    // as browsers have it: one at a time
    createSyncAccessHandle: async () => {
      if (open) throw new DOMException('another one is open', 'NoModificationAllowedError');
      open = true;
      return {
        truncate: () => {
          if (full) throw new DOMException('no room', 'QuotaExceededError');
        },
        close: () => void (open = false),
      };
    },
  };
  const folder = originFolder({ getFileHandle: async () => file } as unknown as FileSystemDirectoryHandle);
  await expect(folder.create('manifest.json')).rejects.toThrow('no room');
  full = false;
  (await folder.create('manifest.json')).close();
  expect(open).toBe(false);
});

/** A folder with one file, each read of which ends with the next of these. */
function replaced(...reads: (string | Error)[]) {
  let read = 0;
  const file = {
    getFile: async () => ({
      slice: () => ({
        arrayBuffer: async () => {
          const now = reads[Math.min(read++, reads.length - 1)];
          if (now instanceof Error) throw now;
          return new TextEncoder().encode(now).buffer;
        },
      }),
    }),
  };
  return {
    folder: originFolder({ getFileHandle: async () => file } as unknown as FileSystemDirectoryHandle),
    reads: () => read,
  };
}

it('a file into whose place another is moved while it is read is read again', async () => {
  const { folder } = replaced(
    new DOMException('changed', 'NotReadableError'),
    new DOMException('gone', 'NotFoundError'),
    'the new one',
  );
  expect(new TextDecoder().decode((await folder.read('manifest.json'))!)).toBe('the new one');
});

it('a file that cannot be read is not read without end, and other errors are told at once', async () => {
  const unreadable = replaced(new DOMException('broken', 'NotReadableError'));
  await expect(unreadable.folder.read('manifest.json')).rejects.toThrow('broken');
  expect(unreadable.reads()).toBe(8);
  const refused = replaced(new DOMException('no', 'NotAllowedError'));
  await expect(refused.folder.read('manifest.json')).rejects.toThrow('no');
  expect(refused.reads()).toBe(1);
});
