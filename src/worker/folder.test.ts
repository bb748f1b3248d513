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
