// Runs are kept: reload, a lost GPU, a full disk, a second tab. What was saved goes on as if it had never stopped.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { axeEverywhere } from './axe.ts';
import { canLoseDevice, loseDevice } from './in-worker.ts';
import { savedAt, smallSteps, watch } from './story.ts';

const step = async (page: Page): Promise<number> => Number(await page.getByTestId('run-step').textContent());
const savedStep = async (page: Page): Promise<number> =>
  Number((await page.getByTestId('saved').getAttribute('data-step')) ?? '');

/** Saves every second, so that stories need not wait. */
async function saveOften(page: Page): Promise<void> {
  await page.getByLabel('Seconds between saves').fill('1');
}

async function open(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await smallSteps(page);
}

async function startSaving(page: Page, steps: number): Promise<void> {
  await open(page);
  await saveOften(page);
  await page.getByTestId('start-training').click();
  await expect.poll(() => savedStep(page), { timeout: 90_000, intervals: [200] }).toBeGreaterThanOrEqual(steps);
}

async function pauseAt(page: Page, steps: number): Promise<void> {
  await expect.poll(() => step(page), { timeout: 150_000, intervals: [300] }).toBeGreaterThanOrEqual(steps);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
}

/** Every loss of the run on the page, exact. */
async function losses(page: Page): Promise<Map<number, number>> {
  const download = page.waitForEvent('download');
  await page.getByTestId('export-run').click();
  const text = await readFile(await (await download).path(), 'utf8');
  const { metrics } = JSON.parse(text) as { metrics: { step: number; loss: number }[] };
  return new Map(metrics.map((m) => [m.step, m.loss]));
}

test('a reload in mid-run loses at most seconds, and the losses are those of a run that was never stopped', async ({
  page,
  browser,
  baseURL,
}) => {
  test.slow();
  const noProblems = watch(page);
  await startSaving(page, 6);
  const before = await step(page);
  await page.reload();
  const offer = page.getByTestId('kept-offer');
  await expect(offer).toContainText(/nano at step \d+, saved (just now|\d+ s ago)/);
  const kept = Number(await offer.getAttribute('data-step'));
  console.log(`reloaded at step ${before} or later, taken up from step ${kept}`);
  expect(kept).toBeGreaterThanOrEqual(6);
  await page.getByTestId('take-up').click();
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(offer).toBeHidden();
  await pauseAt(page, kept + 8);
  const resumed = await losses(page);
  noProblems();

  const other = await browser.newContext({ ...(baseURL && { baseURL }) });
  const uninterrupted = await other.newPage();
  await open(uninterrupted);
  await uninterrupted.getByTestId('start-training').click();
  await pauseAt(uninterrupted, kept + 8);
  const whole = await losses(uninterrupted);
  await other.close();
  const steps = Math.min(resumed.size, whole.size);
  expect(steps).toBeGreaterThanOrEqual(kept + 8);
  for (let i = 0; i < steps; i++) expect(resumed.get(i), `loss of step ${i}`).toBe(whole.get(i));
  console.log(`${steps} losses equal bit for bit, ${kept} of them from before the reload`);
});

test('a lost GPU: one button takes the run up from its last save, on a new device', async ({ page }) => {
  const noProblems = watch(page);
  await canLoseDevice(page);
  await startSaving(page, 5);
  const saved = await savedStep(page);
  await loseDevice(page);
  await expect(page.getByTestId('run-state')).toHaveText('failed');
  await expect(page.getByTestId('problem')).toContainText('The GPU device was lost');
  const again = page.getByTestId('take-up-again');
  await expect(again).toContainText(/Take it up from step \d+/);
  await again.click();
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(page.getByTestId('device-advice')).toBeHidden();
  await expect(page.getByTestId('problem')).toHaveCount(0);
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(saved + 3);
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('a full disk: training goes on, the old checkpoint stays, the page says what to do', async ({ page }) => {
  const noProblems = watch(page);
  await startSaving(page, 5);
  const storage = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await storage.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  const problem = page.getByTestId('save-problem');
  // the next save comes ten times as long as one takes behind the one before, which on a busy machine was three seconds
  await expect(problem).toContainText("The browser's storage is full", { timeout: 90_000 });
  await expect(problem).toContainText('Delete kept runs');
  const saved = await savedStep(page);
  const now = await step(page);
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(now + 3);
  expect(await savedStep(page)).toBe(saved);
  // the copy that needs no storage
  const download = page.waitForEvent('download');
  await problem.getByRole('button', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toMatch(/^[a-z]+-[a-z]+-step-\d+\.safetensors$/);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await page.reload();
  await expect(page.getByTestId('kept-offer')).toHaveAttribute('data-step', String(saved));
  await storage.send('Storage.overrideQuotaForOrigin', { origin });
  await page.getByTestId('take-up').click();
  await expect.poll(() => savedStep(page), { timeout: 60_000 }).toBeGreaterThan(saved);
  await expect(problem).toBeHidden();
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('out as one file, forgotten, dropped again: the run is back; other files are refused', async ({ page }) => {
  const noProblems = watch(page);
  await startSaving(page, 5);
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  const reached = await step(page);
  await savedAt(page, reached);
  const download = page.waitForEvent('download');
  await page.getByTestId('export-checkpoint').click();
  const bytes = await readFile(await (await download).path());
  // its name is written beside its checkpoints, and it is deleted on the screen of all runs
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const name = page.getByTestId('run-row').getByRole('textbox', { name: /^Name of/ });
  await name.fill('by hand');
  await name.press('Enter');
  await page.reload();
  await expect(name).toHaveValue('by hand');
  await expect(page.locator('[data-chart="loss"] path[data-run]')).toHaveCount(1);
  await page.getByRole('button', { name: 'Delete by hand' }).click();
  await expect(page.getByTestId('run-row')).toHaveCount(0);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled({ timeout: 60_000 });
  await expect(page.getByTestId('kept-run')).toHaveCount(0);
  await expect(page.getByTestId('kept-offer')).toBeHidden();

  const drop = (name: string, buffer: Buffer) =>
    page.getByTestId('file-input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await drop('weights.safetensors', await readFile('reference/block_0.safetensors'));
  await expect(page.getByTestId('problem')).toContainText('it is no checkpoint of the studio');
  await drop('cut.safetensors', bytes.subarray(0, bytes.length - 100));
  await expect(page.getByTestId('problem')).toContainText('not a sound safetensors file');
  const wider = Buffer.from(bytes.toString('latin1').replace('\\"dim\\":64', '\\"dim\\":96'), 'latin1');
  await drop('wider.safetensors', wider);
  await expect(page.getByTestId('problem')).toContainText(/patch_embed.* has the shape \(64, .* the model needs \(96,/);
  await expect(page.getByTestId('kept-run')).toHaveCount(0);
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();

  await drop('run.safetensors', bytes);
  await expect(page.getByTestId('kept-offer')).toHaveAttribute('data-step', String(reached));
  await page.getByTestId('take-up').click();
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(reached);
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('a run on files asks for them by name, and knows them again by content', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  const clip = await readFile('public/clips/turning-cross.webm');
  const drop = (name: string, buffer: Buffer) =>
    page.getByTestId('file-input').setInputFiles({ name, mimeType: 'video/webm', buffer });
  await drop('my cat.webm', clip);
  await expect(page.getByTestId('clip-item')).toHaveCount(1);
  await saveOften(page);
  await page.getByTestId('start-training').click();
  await expect.poll(() => savedStep(page), { timeout: 90_000 }).toBeGreaterThanOrEqual(3);
  // one that it learns from goes: the run goes on, and says what it will ask for
  await page.getByRole('button', { name: 'Remove my cat.webm' }).click();
  await expect(page.getByTestId('clips-gone')).toContainText('No longer among the clips: my cat.webm.');
  const gone = await step(page);
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(gone);
  await page.reload();
  const offer = page.getByTestId('kept-offer');
  await expect(offer).toContainText('Drop them again: my cat.webm');
  await expect(page.getByTestId('take-up')).toBeDisabled();
  await expect(page.getByTestId('take-up')).toHaveAttribute('title', /my cat\.webm/);
  await drop('other name.webm', clip);
  await expect(page.getByTestId('take-up')).toBeEnabled();
  await expect(offer).toContainText('It goes on as if it had never stopped');
  const kept = Number(await offer.getAttribute('data-step'));
  await page.getByTestId('take-up').click();
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(kept);
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('a page that is hidden saves at once and trains on; a second tab does not touch its run, and says so', async ({
  page,
  context,
}) => {
  const noProblems = watch(page);
  await page.addInitScript(() => {
    const asked: string[] = Object.assign(window, { asked: [] as string[] }).asked;
    const wake = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = (type) => (asked.push('wake lock'), wake(type));
    const persist = navigator.storage.persist.bind(navigator.storage);
    navigator.storage.persist = () => (asked.push('lasting storage'), persist());
  });
  const asked = () => page.evaluate(() => (window as unknown as { asked: string[] }).asked);
  await open(page);
  expect(await asked()).toEqual([]);
  await page.getByLabel('Seconds between saves').fill('600');
  await page.getByTestId('start-training').click();
  // its first steps are saved; the next save would come in ten minutes
  await expect.poll(() => savedStep(page), { timeout: 60_000 }).toBeGreaterThan(0);
  const first = await savedStep(page);
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(first + 5);
  expect(await savedStep(page)).toBe(first);
  // the device stays awake while it trains; storage that lasts is asked for with the first save
  expect(await asked()).toEqual(['wake lock', 'lasting storage']);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(() => savedStep(page)).toBeGreaterThan(first + 5);
  const hidden = await step(page);
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(hidden + 3);

  const second = await context.newPage();
  const noSecondProblems = watch(second);
  await second.goto('/');
  const offer = second.getByTestId('kept-offer');
  await expect(offer).toContainText('open in another tab');
  await expect(second.getByTestId('take-up')).toBeDisabled();
  await expect(second.getByTestId('kept-runs')).toContainText('open in another tab');
  // the first one goes: its run is free
  noProblems();
  await page.close();
  await second.reload();
  await expect(offer).toContainText('as if it had never stopped');
  await expect(second.getByTestId('take-up')).toBeEnabled();
  await axeEverywhere(second);
  await second.getByTestId('dismiss-offer').click();
  await expect(offer).toBeHidden();
  // what is done in one tab is seen in the other, without looking again
  const third = await context.newPage();
  await third.goto('/#runs');
  await third.getByRole('textbox', { name: /^Name of/ }).fill('by the third tab');
  await third.keyboard.press('Enter');
  await expect(second.locator('.kept-name')).toHaveText('by the third tab');
  noSecondProblems();
});
