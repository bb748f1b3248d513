// The System screen: what the adapter is, its kernels measured beside its own limits, and forms of kernels that can be
// chosen and are remembered.

import { expect, test } from 'playwright/test';
import { axe } from './axe.ts';
import { watch } from './story.ts';

test('kernels are chosen, and the choice is there after a reload', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/#system');
  const inForce = page.getByTestId('kernels-in-force');
  await expect(inForce).toContainText('register tiles');
  await page.getByTestId('kernel-forms').selectOption('workgroup');
  await expect(inForce).toContainText('workgroup memory');
  // measuring all forms takes long where kernels compile slowly: begun, and given up
  await page.getByTestId('tune').click();
  await expect(page.getByTestId('tuning')).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.getByTestId('tuning').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('tune')).toBeVisible({ timeout: 60_000 });
  await expect(inForce).toContainText('workgroup memory');
  await page.reload();
  await expect(inForce).toContainText('workgroup memory');
  await page.getByRole('button', { name: 'Take the default kernels' }).click();
  await expect(inForce).toContainText('register tiles');
  await page.reload();
  await expect(inForce).toContainText('register tiles');
  noProblems();
});

test('more memory for a run is chosen, and what was refused for it can start, after a reload too', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const start = page.getByTestId('start-training');
  await expect(start).toBeEnabled();
  await page.getByTestId('preset-select').selectOption('vit_base');
  await page.getByText('More settings').click();
  await page.getByLabel('Batch', { exact: true }).fill('16');
  await expect(page.getByText(/GB of GPU memory, the limit is 4\.0 GB/)).toBeVisible();
  await expect(start).toBeDisabled();
  await page.getByRole('link', { name: 'System', exact: true }).click();
  await page.getByTestId('memory-limit').selectOption('64');
  expect(await axe(page)).toEqual([]);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(start).toBeEnabled();
  await page.reload();
  await expect(start).toBeEnabled();
  await page.getByRole('link', { name: 'System', exact: true }).click();
  await page.getByTestId('memory-limit').selectOption('1');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/the limit is 1\.0 GB/)).toBeVisible();
  // no memory helps where nothing could be kept
  await page.getByRole('link', { name: 'System', exact: true }).click();
  await page.getByTestId('memory-limit').selectOption('64');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(start).toBeEnabled();
  await page.getByTestId('preset-select').selectOption('vit_large');
  await expect(page.getByText(/A checkpoint of this run would have 4\.8 GB/)).toBeVisible();
  await expect(start).toBeDisabled();
  noProblems();
});

test('the benchmark shows kernels as shares of what this device reaches, and can be cancelled', async ({ page }) => {
  test.setTimeout(240_000);
  const noProblems = watch(page);
  await page.goto('/#system');
  await page.getByTestId('start-benchmark').click();
  const rows = page.getByTestId('benchmark-table').locator('tbody tr');
  await expect(rows.nth(5)).toBeVisible({ timeout: 120_000 });
  // peaks come first
  await expect(rows.first()).toContainText('multiply-add');
  // how large it is depends on what else the machine did while the peak was measured, and is no matter of a test
  const share = await rows.nth(4).locator('td').last().textContent();
  expect(Number.parseFloat(share ?? '')).toBeGreaterThan(0);
  expect(await axe(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('start-benchmark')).toBeVisible({ timeout: 60_000 });
  // the training screen still has its GPU
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(page.getByTestId('start-training')).toBeEnabled();
  noProblems();
});
