// Stories in a real browser with real WebGPU, against the built page. Two at a time: a software adapter compiles kernels on one
// core and trains on all. What is measured by time has the machine for itself, after the others.

import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'playwright/test';
import { findBrowser, switches } from '../scripts/browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const known = process.env.BROWSER_PATH
  ? { path: process.env.BROWSER_PATH, software: Boolean(process.env.BROWSER_SOFTWARE) }
  : await findBrowser();
if (!known) throw new Error('no browser with WebGPU');
// the workers read this file too and must find the same port
process.env.STORY_PORT ??= String(await freePort());
const port = Number(process.env.STORY_PORT);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Stories that hold something against a number of milliseconds. */
const measured = /(mask-lab-views|runs)\.spec\.ts/;

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 300_000,
  projects: [
    { name: 'stories', testIgnore: measured },
    { name: 'measured', testMatch: measured, workers: 1, dependencies: ['stories'] },
  ],
  expect: { timeout: 60_000 },
  reporter: [['list'], ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? ([['json']] as const) : [])],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 60_000,
    launchOptions: { executablePath: known.path, args: switches(known.software) },
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --port ${port} --strictPort`,
    cwd: root,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
