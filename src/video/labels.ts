// Labels of clips: what a folder gives its videos (the name of the folder a file lies in, as in most action data sets), and
// what a list beside them does.

/** { folder } for a file that came with a folder (File.webkitRelativePath, or the path of a dropped entry), else {}. */
export function folderLabels(relativePath: string): Record<string, string> {
  const folder = partsOf(relativePath).at(-2);
  return folder === undefined ? {} : { folder };
}

/**
 * Labels of files that came together. What lies beside folders of videos, and in none of them, belongs to no class: the
 * folder that was chosen is not one of them.
 */
export function labelsTogether(paths: readonly string[]): Record<string, string>[] {
  const parts = paths.map(partsOf);
  const roots = new Set(parts.filter((p) => p.length > 2).map(([root]) => root));
  return paths.map((path, i) => (parts[i].length === 2 && roots.has(parts[i][0]) ? {} : folderLabels(path)));
}

const partsOf = (path: string): string[] => path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');

/** What each clip is called in a split, by its folder and file: the same in the next session, where it has another id. */
export function lastingNames(clips: readonly { name: string; labels: Record<string, string> }[]): string[] {
  const seen = new Map<string, number>();
  return clips.map(({ name, labels }) => {
    const place = `${labels.folder ?? ''}/${name}`;
    let again = seen.get(place) ?? 0;
    const called = () => (again ? `${place} ${again}` : place);
    while (again && seen.has(called())) again++;
    const one = called();
    seen.set(place, again + 1);
    if (again) seen.set(one, 1);
    return one;
  });
}

/** Labels of a clip under a new list for one axis; a clip that the list does not name has no label of that axis. */
export function relabelled(
  labels: Record<string, string>,
  axis: string,
  label: string | undefined,
): Record<string, string> {
  const { [axis]: _before, ...others } = labels;
  return label === undefined ? others : { ...others, [axis]: label };
}
