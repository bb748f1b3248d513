// A run is changed on the way, breaks, and goes on as a branch from its last good step; the branch goes out as one file, is
// deleted, comes back and is trained again from its record: every loss is the same.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { axe } from './axe.ts';
import { savedAt, smallSteps, watch } from './story.ts';

const step = async (page: Page): Promise<number> => Number(await page.getByTestId('run-step').textContent());

/** Every loss of the run on the page, exact. */
async function losses(page: Page): Promise<number[]> {
  const download = page.waitForEvent('download');
  await page.getByTestId('export-run').click();
  const text = await readFile(await (await download).path(), 'utf8');
  const { metrics } = JSON.parse(text) as { metrics: { step: number; loss: number }[] };
  expect(metrics.map((m) => m.step)).toEqual(metrics.map((_, i) => i));
  return metrics.map((m) => m.loss);
}

async function change(page: Page, rate: string): Promise<void> {
  await page.getByLabel('Peak learning rate', { exact: true }).fill(rate);
  await page.getByTestId('apply-change').click();
  await expect(page.getByTestId('run-changes')).toContainText(`learning rate ${rate}`);
}

test('changed on the way, broken, branched, and replayed from a file', async ({ page }) => {
  test.slow();
  const noProblems = watch(page);
  await page.goto('/');
  await page.getByLabel('Seconds between saves').fill('1');
  await smallSteps(page);
  // what it will take, and a setting that is refused shown where it is
  await page.getByTestId('measure-step').click();
  await expect(page.getByText(/^about \d+ (s|min|h)/)).toBeVisible({ timeout: 60_000 });
  await page.getByText('More settings').click();
  await page.getByLabel('Learning rate', { exact: true }).fill('3');
  await page.getByText('More settings').click();
  await page.getByRole('button', { name: 'Show the field' }).click();
  await expect(page.getByLabel('Learning rate', { exact: true })).toBeFocused();
  await page.getByLabel('Learning rate', { exact: true }).fill('0.001');
  await page.getByTestId('start-training').click();
  await expect.poll(() => step(page), { timeout: 90_000, intervals: [200] }).toBeGreaterThanOrEqual(6);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');

  // a change that is sound, then one that breaks it
  await page.getByText('Change it while it runs').click();
  const first = await step(page);
  await change(page, '0.0005');
  // the panel follows, so that a branch begins with what is in force
  await expect(page.getByTestId('branch')).toContainText('Change a setting above');
  await page.getByTestId('step-training').click();
  await expect(page.getByTestId('run-step')).toHaveText(String(first + 1));
  await savedAt(page, first + 1);
  await page.getByLabel('Peak learning rate', { exact: true }).fill('1001');
  await expect(page.getByTestId('live-change').locator('.field-problem')).toContainText(
    'choose a value from 1e-12 to 1000',
  );
  await expect(page.getByTestId('apply-change')).toBeDisabled();
  await change(page, '1000');
  await expect(page.getByTestId('run-changes').getByRole('listitem')).toHaveText([
    `After step ${first}: learning rate 0.0005`,
    `After step ${first + 1}: learning rate 1000`,
  ]);
  expect(await axe(page)).toEqual([]);
  await page.screenshot({ path: 'test-results/branch-changed.png' });
  await page.getByTestId('resume-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('failed', { timeout: 60_000 });
  const said = page.getByTestId('problem').first();
  await expect(said).toContainText(/Step \d+ made NaN or infinity, first in \S+/);
  const [, broken] = /Step (\d+) made/.exec((await said.textContent()) ?? '') ?? [];
  await expect(page.getByTestId('kept-run').first()).toContainText(`broken in step ${broken}: NaN or infinity`);
  const before = await losses(page);
  console.log(`${await said.locator('p').first().textContent()} Losses ${before.slice(-4).join(' ')}`);

  await page.getByTestId('branch-again').click();
  const origin = page.getByTestId('run-origin');
  await expect(origin).toContainText('learning rate 5e−4 → 5e−5');
  const parent = /off (\S+) after/.exec((await origin.textContent()) ?? '')?.[1];
  expect(parent).toMatch(/^[a-z]+-[a-z]+$/);
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  const from = Number(await origin.getAttribute('data-step'));
  // the curve tells what its parent was changed to before the branch
  await expect(page.locator(`.chart [aria-label*="settings changed after step ${first}"]`)).toBeVisible();
  await expect(page.locator(`.chart [aria-label*="branched off after step ${from}"]`)).toContainText('branch');
  expect(from).toBe(first + 1);
  await expect.poll(() => step(page), { timeout: 60_000, intervals: [200] }).toBeGreaterThanOrEqual(from + 3);
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  const after = await losses(page);
  // its first step sees the weights that the broken run saw, and those behind it do not run away
  expect(after.slice(0, from + 1)).toEqual(before.slice(0, from + 1));
  for (const loss of after.slice(from)) expect(loss).toBeLessThan(1.5 * before[from - 1]);
  const reached = await step(page);
  await savedAt(page, reached);
  console.log(`branched after step ${from}, to step ${reached}: ${after.slice(from - 1).join(' ')}`);

  // the bundle: out, everything deleted, the storage cleared, in again, trained again
  const download = page.waitForEvent('download');
  await page.getByTestId('export-checkpoint').first().click();
  const bytes = await readFile(await (await download).path());
  await expect(page.getByTestId('kept-run')).toHaveCount(2);
  const name = await page.locator('.kept-name').first().textContent();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const rows = page.getByTestId('run-row');
  await expect(rows).toHaveCount(2);
  // held against the rate that was in force at that step, not the one that the parent began with
  await expect(page.getByTestId('run-difference').first()).toHaveText(
    `branched off ${parent} after step ${from}: first learning rate 1e−4 → 5e−5, learning rate 5e−4 → 5e−5`,
  );
  await expect(page.getByTestId('run-inherited')).toHaveText([
    `changed before it branched off: learning rate 0.0005 after step ${first}`,
  ]);
  await expect(page.locator('[data-chart="loss"] [data-branched]')).toHaveCount(1);
  for (const left of [1, 0]) {
    await rows
      .first()
      .getByRole('button', { name: /^Delete / })
      .click();
    await expect(rows).toHaveCount(left);
  }
  // as on another device: nothing is left, not even what may be had back
  const { origin: address } = new URL(page.url());
  await page.goto('about:blank');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Storage.clearDataForOrigin', { origin: address, storageTypes: 'all' });
  await page.goto('/');
  await expect(page.getByText('none yet')).toBeVisible();
  const give = (name: string, buffer: Buffer) =>
    page.getByTestId('file-input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  // one bit of a weight that was turned on its way is told; nothing of it is kept
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 1000] ^= 1;
  await give('turned.safetensors', damaged);
  await expect(page.getByText('turned.safetensors is damaged')).toBeVisible();
  await expect(page.getByText('none yet')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await give('run.safetensors', bytes);
  await expect(page.locator('.kept-name')).toHaveText([name ?? '']);
  await page.getByTestId('replay-run').click();
  // a replay gives way to a run, and goes on behind it
  await expect(page.getByText(/^Training it again, step \d+ of/)).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('start-training').click();
  await expect(page.getByText(/^Waits while a run trains, step \d+ of/)).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => step(page), { timeout: 60_000, intervals: [200] }).toBeGreaterThanOrEqual(1);
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('replay-result')).toHaveText(`All ${reached} steps are equal, bit for bit.`, {
    timeout: 90_000,
  });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: 'test-results/branch-replayed.png' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByTestId('replay-result').scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.screenshot({ path: 'test-results/branch-phone.png' });
  noProblems();
});

test('a loss that runs away is told while it trains, and the last good step is a branch away', async ({ page }) => {
  test.slow();
  const noProblems = watch(page);
  await page.goto('/');
  await page.getByLabel('Seconds between saves').fill('1');
  await smallSteps(page);
  await page.getByTestId('start-training').click();
  await expect.poll(() => step(page), { timeout: 90_000, intervals: [200] }).toBeGreaterThanOrEqual(12);
  await expect(page.getByTestId('ran-away')).toHaveCount(0);
  const changed = await step(page);
  await page.getByText('Change it while it runs').click();
  await change(page, '50');
  const told = page.getByTestId('ran-away');
  await expect(told).toContainText(/The loss has run away: \S+, where random weights began with \d/, {
    timeout: 60_000,
  });
  await expect(page.getByTestId('run-state')).toHaveText('training');
  await expect(page.getByTestId('run-chip')).toContainText('loss runs away');
  expect(await axe(page)).toEqual([]);
  const parent = Number(await page.getByTestId('run-step').textContent());
  await told.getByTestId('branch-again').click();
  const origin = page.getByTestId('run-origin');
  await expect(origin).toContainText('learning rate 0.001 → 1e−4', { timeout: 60_000 });
  const from = Number(await origin.getAttribute('data-step'));
  console.log(`changed about step ${changed}, told about step ${parent}, branched after step ${from}`);
  expect(from).toBeLessThan(parent);
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(told).toHaveCount(0);

  // an earlier step is another way also with the settings as they are; the choice is that run's alone
  await expect.poll(() => step(page), { timeout: 60_000, intervals: [200] }).toBeGreaterThanOrEqual(from + 6);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await expect(page.getByTestId('branch-run')).toBeDisabled();
  const kept = await page.getByTestId('branch-step').locator('option').nth(1).getAttribute('value');
  await page.getByTestId('branch-step').selectOption(kept!);
  await expect(page.getByTestId('branch')).toContainText('and the same settings');
  await page.getByTestId('branch-run').click();
  await expect(origin).toHaveAttribute('data-step', kept!, { timeout: 60_000 });
  await expect(page.getByTestId('branch-run')).toHaveText('Branch from here');
  noProblems();
});
