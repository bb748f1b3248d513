// Story 4 and the page itself: alive before any click, usable without a GPU and by keyboard, nothing for axe to complain of.

import { expect, test } from 'playwright/test';
import { axe, axeEverywhere } from './axe.ts';
import { takeAdapterAway, takeWebGpuAway } from './in-worker.ts';
import { watch } from './story.ts';

test('is alive before any click: a clip under a moving mask, and a stored run', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const view = page.getByTestId('mask-view');
  await expect(view).toHaveAttribute('aria-label', /context and \d+ target tokens/);
  const first = await view.getAttribute('data-hash');
  await expect.poll(() => view.getAttribute('data-frame')).not.toBe(await view.getAttribute('data-frame'));
  await expect.poll(() => view.getAttribute('data-hash')).not.toBe(first);
  await expect(page.getByTestId('error-map')).toBeVisible();
  await expect(page.getByText('stored run').first()).toBeVisible();
  await expect(page.getByRole('img', { name: /loss over \d+ steps/ })).toBeVisible();
  noProblems();
});

test('without WebGPU masks still work, and the page says what to do', async ({ page }) => {
  const noProblems = watch(page);
  await takeWebGpuAway(page);
  await page.goto('/');
  await expect(page.getByTestId('device-advice')).toContainText('no WebGPU');
  await expect(page.getByTestId('device-advice')).toContainText('Chrome');
  await expect(page.getByTestId('start-training')).toBeDisabled();
  const view = page.getByTestId('mask-view');
  const before = await view.getAttribute('data-hash');
  await page.keyboard.press('r');
  await expect(view).not.toHaveAttribute('data-hash', before!);
  await page.getByLabel('Blocks', { exact: true }).fill('3');
  await expect(page.getByText(/\d+ context/).first()).toBeVisible();
  noProblems();
});

test('no adapter: the reason and the way out', async ({ page }) => {
  const noProblems = watch(page);
  await takeAdapterAway(page);
  await page.goto('/');
  await expect(page.getByTestId('device-advice')).toContainText('offers no adapter');
  await expect(page.getByTestId('device-advice')).toContainText('hardware acceleration');
  noProblems();
});

test('the keyboard alone is enough', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const view = page.getByTestId('mask-view');
  await expect(view).toBeVisible();
  await page.keyboard.press('.'); // stops playing, one frame on
  await expect(page.getByRole('button', { name: 'Play the clip' })).toBeVisible();
  const frame = Number(await view.getAttribute('data-frame'));
  await page.keyboard.press(',');
  await expect(view).toHaveAttribute('data-frame', String(Math.max(0, frame - 1)));
  const set = await view.getAttribute('data-hash');
  await page.keyboard.press('s');
  await expect(view).not.toHaveAttribute('data-hash', set!);
  await expect(view).toHaveAttribute('data-coarse', 'no');
  await page.keyboard.press('p');
  await expect(view).toHaveAttribute('data-coarse', '40');
  await page.keyboard.press('p');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toHaveCount(0); // hidden at once, gone when the page knows
  // letters can be switched off
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('checkbox').uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  const now = await view.getAttribute('data-hash');
  await page.keyboard.press('r');
  await page.keyboard.press('s');
  expect(await view.getAttribute('data-hash')).toBe(now);
  noProblems();
});

test('both themes, a desk and a phone: axe finds nothing serious, nothing sticks out', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('backend-chip')).toContainText('WebGPU');
  await expect(page.getByTestId('mask-view')).toBeVisible();
  await axeEverywhere(page);
  noProblems();
});
