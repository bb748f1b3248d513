// Screens load when they are opened, and their styles with them. So a class that a screen uses must be styled by a file that
// this screen loads, or it would look otherwise until another screen was visited.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = 'src/views';
const sources = new Map(
  readdirSync(folder)
    .filter((name) => /\.(tsx?|css)$/.test(name) && !/\.test\./.test(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
const source = (name: string): string => sources.get(name) ?? '';
const names = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map(([, name]) => name);

/** A file and all that loads with it. */
function loaded(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name) || !sources.has(name)) return found;
  found.add(name);
  for (const next of names(/^import (?!type )(?:[^;]*? from )?'\.\/([^']+)';$/gms, source(name))) loaded(next, found);
  return found;
}

/** Classes that a style sheet has rules for. */
const styledBy = (name: string): string[] =>
  names(
    /\.([a-z][\w-]*)/gi,
    source(name)
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\{[^{}]*\}/g, '{}'),
  );

/** Classes that a component names outright. */
const usedBy = (name: string): string[] =>
  names(/className=(?:"([^"]*)"|\{`[^`]*`\})/g, source(name)).flatMap((list) => (list ?? '').split(/\s+/));

test('every screen loads the styles of what it shows', () => {
  const atOnce = names(/^import '\.\/views\/([^']+\.css)';$/gm, readFileSync('src/main.tsx', 'utf8'));
  const always = new Set([...loaded('App.tsx'), ...atOnce]);
  const parts = [...sources].flatMap(([by, text]) =>
    names(/lazy\(\(\) => import\('\.\/([^']+)'\)\)/g, text).map((part) => ({ part, by })),
  );
  expect(parts.length).toBeGreaterThan(6);
  /** What is there when a part is: it may be a part of a screen that is itself loaded late. */
  const around = (part: string, by: string): Set<string> => {
    const screen = always.has(by) ? undefined : parts.find((other) => loaded(other.part).has(by));
    return new Set([...(screen ? around(screen.part, screen.by) : always), ...loaded(part)]);
  };
  const known = new Set([...sources.keys()].filter((name) => name.endsWith('.css')).flatMap(styledBy));
  const unstyled = parts.flatMap(({ part, by }) => {
    const files = [...around(part, by)];
    const styled = new Set(files.filter((name) => name.endsWith('.css')).flatMap(styledBy));
    const used = files
      .filter((name) => name.endsWith('.tsx'))
      .flatMap((name) => usedBy(name).map((c) => ({ name, c })));
    return used.filter(({ c }) => known.has(c) && !styled.has(c)).map(({ name, c }) => `${part}: ${c} in ${name}`);
  });
  expect(unstyled).toEqual([]);
});
