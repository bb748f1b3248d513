import { defineConfig } from 'vitest/config';

// Unit and kernel tests in Node; kernels run on Dawn (`webgpu`), started through scripts/vitest.mjs.

/** Tests of these floors have a device and its compiled kernels in common: nothing else lasts in their modules. */
const engine = ['src/{gpu,ops,model,train,tasks}/**/*.test.ts', 'src/reference.test.ts'];
const all = 'src/**/*.test.ts';

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
      { extends: true, test: { name: 'engine', include: engine, isolate: false } },
      { extends: true, test: { name: 'studio', include: [all], exclude: engine } },
    ],
  },
});
