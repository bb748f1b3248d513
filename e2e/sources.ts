// For stories without a screen: an empty page of a development server, which may import any module of the project, and a check
// that it said nothing wrong.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base } from 'playwright/test';
import { createServer } from 'vite';

/** `page` stands on an empty page of the sources; errors and warnings of its console, and requests to other origins, fail the
 * story. */
export const test = base.extend<object, { sources: string }>({
  sources: [
    // oxlint-disable-next-line no-empty-pattern -- playwright reads the names of fixtures from this pattern
    async ({}, use, { workerIndex }) => {
      const server = await createServer({
        configFile: false,
        root: fileURLToPath(new URL('..', import.meta.url)),
        cacheDir: join(tmpdir(), `vjepa-studio-sources-${process.pid}-${workerIndex}`),
        logLevel: 'error',
        optimizeDeps: { noDiscovery: true, include: ['mediabunny'] },
        server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
      });
      await server.listen();
      const at = server.httpServer?.address();
      if (!at || typeof at === 'string') throw new Error('the development server has no port');
      await use(`http://127.0.0.1:${at.port}`);
      await server.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ page, sources }, use) => {
    const problems: string[] = [];
    page.on('console', (line) => {
      // Chromium warns here of every frame that nobody closed
      if (line.type() === 'error' || line.type() === 'warning') problems.push(line.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== sources) problems.push(`request to ${request.url()}`);
    });
    await page.route(`${sources}/empty`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><link rel="icon" href="data:,"><title>empty</title>',
      }),
    );
    await page.goto(`${sources}/empty`);
    await use(page);
    expect(problems).toEqual([]);
  },
});
