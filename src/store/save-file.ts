// Hands bytes to the browser as a download.

/** Text as a part of a file's name: nothing that a file system may not like, nor a command line. */
export const inFileName = (text: string): string =>
  text.replace(/[^\p{L}\p{M}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '') || 'unnamed';

/** The same for the name of a file, without its ending. */
export const plainName = (name: string): string => inFileName(name.replace(/\.[a-z0-9]+$/i, ''));

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
