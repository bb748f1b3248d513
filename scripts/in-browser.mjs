// Runs functions of a module of this project in a real Chromium, one fresh browser per call, on a page of a development
// server. For benchmarks and experiments: the engine is several times slower in Node.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { findBrowser, switches } from './browser.mjs';

/**
 * @param {string} root of the project
 * @param {string} module path from there, beginning with /
 * @param {{ include?: string[], expose?: Record<string, () => unknown>, files?: string }} [options] packages that the module
 *   needs; functions of this process that the page may call; a folder whose files the page may fetch under /given/
 * @returns {Promise<{ call: (name: string, args: unknown[]) => Promise<any>, close: () => Promise<void> } | null>} null when
 *   there is no browser
 */
export async function openModule(root, module, { include = [], expose = {}, files } = {}) {
  const found = await findBrowser();
  if (!found) return null;
  const server = await createServer({
    configFile: false,
    root,
    cacheDir: join(tmpdir(), `vjepa-studio-page-${process.pid}`),
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true, include },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const at = server.httpServer?.address();
  const address = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`;
  return {
    async call(name, args) {
      const browser = await chromium.launch({
        executablePath: found.path,
        args: switches(found.software),
        timeout: 60_000,
      });
      try {
        const page = await browser.newPage();
        page.on('console', (line) => console.log(`  ${line.text()}`));
        for (const [known, run] of Object.entries(expose)) await page.exposeFunction(known, run);
        await page.route(`${address}/empty`, (route) =>
          route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>empty</title>' }),
        );
        if (files)
          await page.route(`${address}/given/**`, (route) =>
            route.fulfill({ path: join(files, decodeURIComponent(new URL(route.request().url()).pathname.slice(7))) }),
          );
        await page.goto(`${address}/empty`);
        return await page.evaluate(
          async ([file, wanted, list]) => (await import(file))[wanted](...list),
          /** @type {const} */ ([module, name, args]),
        );
      } finally {
        await browser.close();
      }
    },
    close: () => server.close(),
  };
}
