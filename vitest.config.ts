import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Unit and kernel tests in Node; kernels run on Dawn (`webgpu`), started through scripts/vitest.mjs.

/** Tests of the engine's floors have one device and its compiled kernels in common, which is a third of their work. Those that
 * put something else in a module's place must have modules of their own. */
const engine = ['reference.test.ts', ...['gpu', 'ops', 'model', 'train', 'tasks'].flatMap(testsOf)].filter(
  (file) => !readFileSync(path.join('src', file), 'utf8').includes('vi.mock('),
);

function testsOf(folder: string): string[] {
  const files = readdirSync(path.join('src', folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => `${folder}/${file.replaceAll('\\', '/')}`);
}

const include = engine.map((file) => `src/${file}`);

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // the software adapter uses every core by itself
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // a machine that is busy with other things is slow, not wrong
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'engine', include, isolate: false } },
      { extends: true, test: { name: 'studio', include: ['src/**/*.test.ts'], exclude: include } },
    ],
  },
});
