// Stories in a real browser with real WebGPU, against the built page. One worker: the software adapter uses every core.

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

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? ([['json']] as const) : [])],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1440, height: 900 },
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
