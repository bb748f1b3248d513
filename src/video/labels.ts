// Labels that a folder gives its videos: the name of the folder a file lies in, as in most action data sets.

/** { folder } for a file that came with a folder (File.webkitRelativePath, or the path of a dropped entry), else {}. */
export function folderLabels(relativePath: string): Record<string, string> {
  const parts = relativePath.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const folder = parts.at(-2);
  return folder === undefined ? {} : { folder };
}
