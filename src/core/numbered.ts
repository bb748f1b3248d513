/** Names, each once, and how many bear it: "a, b (2)". */
export function nameAll(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n > 1 ? `${name} (${n})` : name));
}

/** The first few names, and how many more. */
export function nameSome(names: readonly string[]): string {
  const all = nameAll(names);
  return all.length <= 4 ? all.join(', ') : `${all.slice(0, 4).join(', ')} and ${all.length - 4} more`;
}

/** "1 block", "2 blocks" */
export const numbered = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
