// Files of a drop, folders opened. A file of a folder keeps its path, so that the folder can be its label.

export interface Dropped {
  /** in the order of the drop */
  files: File[];
  /** what the browser could not open, by path */
  unread: string[];
}

/** All files, folders opened. What cannot be read costs nothing else. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  // Entries must be taken at once: the list is gone after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.length) return { files: [...transfer.files], unread: [] };
  return joined(await Promise.all(entries.map(contentOf)));
}

/** Handles of what was dropped, where the browser gives any: what the next visit can open again. */
export async function droppedHandles(transfer: DataTransfer): Promise<FileSystemHandle[]> {
  // at once, as the entries
  const given = [...transfer.items].flatMap((item) => item.getAsFileSystemHandle?.().catch(() => null) ?? []);
  // of what is no file of the disk some browsers give none
  return (await Promise.all(given)).filter((handle) => handle instanceof FileSystemHandle);
}

const joined = (parts: readonly Dropped[]): Dropped => ({
  files: parts.flatMap((part) => part.files),
  unread: parts.flatMap((part) => part.unread),
});

async function contentOf(entry: FileSystemEntry): Promise<Dropped> {
  try {
    return await read(entry);
  } catch {
    return { files: [], unread: [pathOf(entry)] };
  }
}

const pathOf = (entry: FileSystemEntry): string => entry.fullPath.replace(/^\//, '');

/** Throws DOMException for a file or folder that is gone, or that nobody may read. */
async function read(entry: FileSystemEntry): Promise<Dropped> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    const path = pathOf(entry);
    if (path.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: path });
    return { files: [file], unread: [] };
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  // readEntries gives a hundred at a time, and an empty list at the end
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    all.push(...some);
  }
  return joined(await Promise.all(all.filter((e) => !e.name.startsWith('.')).map(contentOf)));
}
