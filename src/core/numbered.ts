/** Names, each once, and how many bear it: "a, b (2)". */
export function nameAll(names: readonly string[]): string[] {
  return [...counted(names)].map(([name, n]) => (n > 1 ? `${name} (${n})` : name));
}

/** The first few names, and how many more bear others. */
export function nameSome(names: readonly string[]): string {
  const all = nameAll(names);
  if (all.length <= 4) return all.join(', ');
  const others = [...counted(names).values()].slice(4).reduce((a, b) => a + b, 0);
  return `${all.slice(0, 4).join(', ')} and ${others} more`;
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** "1 block", "2 blocks" */
export const numbered = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
