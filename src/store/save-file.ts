// Hands bytes to the browser as a download.

/** A name without its ending, and with nothing that a file system may not like. */
export const plainName = (name: string): string => name.replace(/\.[a-z0-9]+$/i, '').replace(/[^\p{L}\p{N}-]+/gu, '-');

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
