// A kernel without a test does not exist. A file of shaders/ is a kernel, a form of one, or a part that is appended to its forms;
// whichever it is, an operation loads it, and that operation has a test of its name. That such a test goes through all forms is
// what the lists of testing/check-operation.ts are for.

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

// naga, the compiler of Firefox, breaks on an override that comes behind a workgroup array whose length is one. Files that are
// put together begin with the same two words.
const familyOf = (file: string): string => file.replace('.wgsl', '').split('_').slice(0, 2).join('_');
it.each([...new Set(readdirSync('shaders').map(familyOf))])(
  '%s: arrays in workgroup memory have constant lengths',
  (family) => {
    const source = readdirSync('shaders')
      .filter((file) => familyOf(file) === family)
      .map((file) => readFileSync(`shaders/${file}`, 'utf8'))
      .join('\n');
    const overrides = [...source.matchAll(/^override (\w+)/gm)].map(([, name]) => name);
    const lengths = [...source.matchAll(/^var<workgroup> \w+: array<\w+, ([^>]+)>;/gm)].map(([, length]) => length);
    expect(lengths.length).toBe(source.match(/var<workgroup>/g)?.length ?? 0);
    for (const length of lengths) expect(overrides.filter((name) => RegExp(`\\b${name}\\b`).test(length))).toEqual([]);
  },
);
