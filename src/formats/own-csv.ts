// Tables that the studio writes itself and does not read: what they hold, told by their first line.

const kinds: readonly [string, string][] = [
  ['set,cut,role,measure,', 'statistics of masks'],
  ['task,label,source,probe,', 'trials of an evaluation'],
  ['epoch,itr,loss,', 'the log of a run'],
  ['run,name,', 'the lines of a chart of runs'],
  ['weights,', 'numbers of the Look screen'],
  ['tubelet,row,column,', 'numbers of tokens'],
];

/** What a table of the studio's own holds; null of any other file. */
export function ownTable(text: string): string | null {
  const [first] = text.replace(/^\uFEFF/, '').split(/[\r\n]/, 1);
  // a list of labels may begin with a head of its own, but has two columns
  return first.split(',').length > 2 ? (kinds.find(([head]) => first.startsWith(head))?.[1] ?? null) : null;
}
