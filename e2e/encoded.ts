// Video files for stories of the built page: encoded by the browser itself, on a page of the development server.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright/test';
import { createServer } from 'vite';
import type { ClipPlan } from './encode.ts';

/** Bytes of one video file per plan. */
export async function encodeVideos(browser: Browser, plans: ClipPlan[]): Promise<Buffer[]> {
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    cacheDir: join(tmpdir(), `vjepa-studio-encode-${process.pid}`),
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true, include: ['mediabunny'] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const page = await browser.newPage();
  try {
    const at = server.httpServer?.address();
    if (!at || typeof at === 'string') throw new Error('the development server has no port');
    const address = `http://127.0.0.1:${at.port}`;
    await page.route(`${address}/empty`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>empty</title>' }),
    );
    await page.goto(`${address}/empty`);
    const encoded = await page.evaluate(async (list) => {
      const { encodeClip } = (await import('/e2e/encode.ts' as string)) as typeof import('./encode.ts');
      const all: number[][] = [];
      for (const plan of list) all.push([...(await encodeClip(plan))]);
      return all;
    }, plans);
    return encoded.map((bytes) => Buffer.from(bytes));
  } finally {
    await page.close();
    await server.close();
  }
}
