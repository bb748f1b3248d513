import { defineConfig } from 'vitest/config';

// Unit and kernel tests in Node; kernels run on Dawn (`webgpu`), started through scripts/vitest.mjs.
export default defineConfig({
  test: {
    name: 'node',
    environment: 'node',
    include: ['src/**/*.test.ts'],
    pool: 'forks',
    // the software adapter uses every core by itself
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // a machine that is busy with other things is slow, not wrong
    expect: { poll: { timeout: 60_000 } },
  },
});
