// A kernel without a test does not exist. A file of shaders/ is a kernel, a form of one, or a part that is appended to its forms;
// whichever it is, an operation loads it, and that operation has a test of its name, which runs all its forms.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Appended to every kernel (gpu/kernel.ts) and to those that may store by halves (ops/stored.ts). */
const shared = ['lib.wgsl', 'stored_half.wgsl', 'stored_half_in.wgsl', 'stored_single.wgsl'];

const operations = readdirSync('src/ops')
  .filter((name) => /^[\w-]+\.ts$/.test(name))
  .map((name) => ({ name: name.replace('.ts', ''), source: readFileSync(`src/ops/${name}`, 'utf8') }));

it.each(readdirSync('shaders').filter((file) => !shared.includes(file)))('%s is run by a tested operation', (file) => {
  const loading = operations.filter(({ source }) => source.includes(`'../../shaders/${file}?raw'`));
  expect(loading.length).toBeGreaterThan(0);
  for (const { name } of loading) expect(existsSync(`src/ops/${name}.test.ts`), `src/ops/${name}.test.ts`).toBe(true);
});

it.each(readdirSync('shaders'))('%s has at most 200 lines', (file) => {
  expect(readFileSync(`shaders/${file}`, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(200);
});

// Without a value it should be zero whenever its line is reached; drivers keep what a loop or an earlier call has left there.
it.each(readdirSync('shaders'))('%s gives every variable of a function a value, arrays apart', (file) => {
  const bare = /^[ \t]+var \w+: (?!array<)[^=;]+;/gm;
  expect(readFileSync(`shaders/${file}`, 'utf8').match(bare)).toBeNull();
});
