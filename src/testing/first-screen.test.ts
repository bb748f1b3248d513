// The limit on the first screen holds: what a page loads at once counts, what it loads later does not.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../scripts/check-first-screen.mjs');
let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'first-screen-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A comment of this many kilobytes that gzip makes no smaller than three quarters. */
function heavy(kilobytes: number): string {
  let text = '';
  for (let i = 0; text.length < kilobytes * 1024; i++) text += createHash('sha512').update(String(i)).digest('base64');
  return `/*${text.replaceAll('/', '-')}*/`;
}

/** Writes a build and runs the check on it. */
function check(files: Record<string, string>): { status: number | null; output: string } {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'dist', name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const page =
  '<!doctype html><link rel="stylesheet" crossorigin href="./assets/a.css"><script type="module" crossorigin src="./assets/a.js"></script>';
const light = { 'index.html': page, 'assets/a.css': 'body{}', 'assets/a.js': 'import"./b.js";', 'assets/b.js': '1' };
const tooMuch = heavy(300);

describe('the first screen', () => {
  it('passes when it is light', () => {
    const { status, output } = check(light);
    expect(status).toBe(0);
    for (const file of ['index.html', 'assets/a.css', 'assets/a.js', 'assets/b.js'])
      expect(output).toContain(file.split('/').pop());
  });

  it.each([
    ['the page itself', { 'index.html': `${page}<!--${tooMuch}-->` }],
    ['its style', { 'assets/a.css': tooMuch }],
    ['its script', { 'assets/a.js': `import"./b.js";${tooMuch}` }],
    ['a script that its script imports', { 'assets/b.js': tooMuch }],
    ['a script that it takes names from', { 'assets/a.js': 'import{x as y}from"./c.js";y()', 'assets/c.js': tooMuch }],
    [
      'a worker that its script starts',
      { 'assets/b.js': 'new Worker(new URL(`w.js`,import.meta.url),{type:`module`})', 'assets/w.js': tooMuch },
    ],
  ])('fails when %s is heavy', (_what, change) => {
    expect(check({ ...light, ...change }).status).toBe(1);
  });

  it('leaves out what is imported later', () => {
    const { status, output } = check({
      ...light,
      'assets/b.js': 'export const later=()=>import("./chart.js")',
      'assets/chart.js': tooMuch,
    });
    expect(status).toBe(0);
    expect(output).not.toContain('chart.js');
  });

  it('refuses a page that loads no script: it would weigh nothing', () => {
    const { status, output } = check({ 'index.html': '<!doctype html>' });
    expect(status).not.toBe(0);
    expect(output).toContain('loads no script');
  });
});
