// Gzipped size of what the first screen loads: index.html, every script and style it reaches without a dynamic import, and
// the worker that such a script starts.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const mostKilobytes = 200;

/**
 * Files of the first screen with their gzipped bytes, largest first.
 * @param {string} dist folder of the build
 * @returns {{ file: string, bytes: number }[]}
 */
export function firstScreen(dist) {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const linked = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file);
  const seen = new Set(['index.html']);
  const waiting = linked.filter((file) => /\.(js|css|svg)$/.test(file));
  if (!waiting.some((file) => file.endsWith('.js')))
    throw new Error('index.html loads no script: the size check looks at nothing');
  while (waiting.length) {
    const file = /** @type {string} */ (waiting.pop());
    if (seen.has(file)) continue;
    seen.add(file);
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(join(dist, file), 'utf8');
    // static imports only: `import … from "./x.js"`, `import "./x.js"`, `export … from "./x.js"`
    for (const [, target] of text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g))
      waiting.push(join(dirname(file), target));
    // as the bundler writes it: new Worker(new URL(`worker-….js`, import.meta.url))
    for (const [, target] of text.matchAll(/\bnew Worker\(\s*(?:new URL\(\s*)*["'`](?:\.\/)?([\w.-]+\.js)["'`]/g))
      waiting.push(join(dirname(file), target));
  }
  return [...seen]
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(dist, file))).length }))
    .sort((a, b) => b.bytes - a.bytes);
}
