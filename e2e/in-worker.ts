// Code of a story that runs in the page's worker before the worker's own.

import type { BrowserContext, Page } from 'playwright/test';

/** Every worker of the page, or of all pages, that is loaded from now on begins with this code. */
export async function runInWorker(at: Page | BrowserContext, code: string): Promise<void> {
  await at.route(/worker-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

/** A browser without WebGPU: the worker has a navigator of its own. */
export const takeWebGpuAway = (at: Page | BrowserContext): Promise<void> =>
  runInWorker(at, "Object.defineProperty(navigator, 'gpu', { value: undefined });");

/** The worker finds no adapter, as in a browser without hardware acceleration. */
export const takeAdapterAway = (at: Page | BrowserContext): Promise<void> =>
  runInWorker(at, 'navigator.gpu.requestAdapter = () => Promise.resolve(null);');

/** Lets a story take the worker's device away, see loseDevice. */
export const canLoseDevice = (at: Page | BrowserContext): Promise<void> =>
  runInWorker(
    at,
    `const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      new BroadcastChannel('story').onmessage = () => device.destroy();
      return device;
    };`,
  );

export const loseDevice = (page: Page): Promise<void> =>
  page.evaluate(() => new BroadcastChannel('story').postMessage('lose'));
