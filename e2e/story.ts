// What every story of the page shares: no console error, no request beyond the page's own origin.

import { expect, type Page } from 'playwright/test';

/** Watches a page; call the result at the end of the story. */
export function watch(page: Page): () => void {
  const problems: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error') problems.push(line.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== 'localhost') problems.push(`request to ${request.url()}`);
  });
  return () => expect(problems).toEqual([]);
}

/** Waits until the run on the page is saved at this step; what hinders it is printed, and part of the failure. */
export async function savedAt(page: Page, step: number): Promise<void> {
  const told = new Set<string>();
  const now = async () => {
    const problems = await page.getByTestId('save-problem').allInnerTexts();
    for (const problem of problems) if (!told.has(problem)) console.log(`saving: ${problem}`);
    for (const problem of problems) told.add(problem);
    return { step: Number(await page.getByTestId('saved').getAttribute('data-step')), problems };
  };
  await expect.poll(now, { timeout: 60_000 }).toEqual({ step, problems: [] });
}

/** Steps of two clips instead of eight, for stories that need a run but not what it learns. */
export async function smallSteps(page: Page): Promise<void> {
  await page.getByText('More settings').click();
  await page.getByLabel('Batch', { exact: true }).fill('2');
  await page.getByText('More settings').click();
}

/** Numbers that the error map carries for stories and screen readers. */
export interface MapNumbers {
  step: string;
  min: number;
  max: number;
  mean: number;
  hash: string;
}

export async function readMap(page: Page): Promise<MapNumbers> {
  const map = page.getByTestId('error-map');
  const read = async (name: string) => (await map.getAttribute(`data-${name}`)) ?? '';
  return {
    step: await read('step'),
    min: Number(await read('min')),
    max: Number(await read('max')),
    mean: Number(await read('mean')),
    hash: await read('hash'),
  };
}

/** Waits until the run has taken this many steps, pauses it, and waits for its map. */
export async function trainTo(page: Page, steps: number): Promise<void> {
  await expect
    .poll(async () => Number(await page.getByTestId('run-step').textContent()), { timeout: 150_000, intervals: [500] })
    .toBeGreaterThanOrEqual(steps);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await expect
    .poll(async () => (await readMap(page)).step === (await page.getByTestId('run-step').textContent()), {
      timeout: 30_000,
    })
    .toBe(true);
}

/** Begins; the result gives the seconds that the page's main thread has computed since: wall time also tells what others do on
 * the machine. */
export async function mainThread(page: Page): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  };
  const began = await busy();
  return async () => (await busy()) - began;
}
