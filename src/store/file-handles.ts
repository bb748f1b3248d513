// Handles of the user's files, where the browser gives any (File System Access, Chromium): the types that TypeScript's own
// library lacks, and what is in a handle.

declare global {
  interface FileSystemHandle {
    requestPermission?: (of: { mode: 'read' }) => Promise<PermissionState>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  }
  interface Window {
    showOpenFilePicker?: (of: { id: string; multiple: true }) => Promise<FileSystemFileHandle[]>;
    showDirectoryPicker?: (of: { id: string; mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
  }
}

/** Whether the browser gives any. */
export const givesHandles = (): boolean =>
  typeof window.showOpenFilePicker === 'function' && typeof window.showDirectoryPicker === 'function';

/** Asks for files or for a folder; nothing when the user thinks better of it. Must follow a press of a button. */
export async function pickHandles(what: 'files' | 'folder'): Promise<FileSystemHandle[]> {
  try {
    if (what === 'files') return (await window.showOpenFilePicker?.({ id: 'clips', multiple: true })) ?? [];
    const folder = await window.showDirectoryPicker?.({ id: 'clips', mode: 'read' });
    return folder ? [folder] : [];
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return [];
    throw error;
  }
}

/** Files, and the paths of what the browser did not give. */
export interface HandleContent {
  files: File[];
  unread: string[];
}

/** Asks for leave to read it; granted where the browser asks for none. */
export const mayRead = async (handle: FileSystemHandle): Promise<boolean> =>
  ((await handle.requestPermission?.({ mode: 'read' }).catch(() => 'denied')) ?? 'granted') === 'granted';

/** All files behind a handle; those of a folder keep their paths, what is hidden stays where it is. */
export const filesOf = (handle: FileSystemHandle): Promise<HandleContent> => contentOf(handle, handle.name);

async function contentOf(handle: FileSystemHandle, path: string): Promise<HandleContent> {
  try {
    if (isFile(handle)) {
      const file = await handle.getFile();
      if (path.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: path });
      return { files: [file], unread: [] };
    }
    if (!isFolder(handle)) return { files: [], unread: [] };
    const parts: HandleContent[] = [];
    for await (const entry of handle.values())
      if (!entry.name.startsWith('.')) parts.push(await contentOf(entry, `${path}/${entry.name}`));
    return { files: parts.flatMap((part) => part.files), unread: parts.flatMap((part) => part.unread) };
  } catch {
    return { files: [], unread: [path] }; // gone, or nobody's to read
  }
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';
const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
