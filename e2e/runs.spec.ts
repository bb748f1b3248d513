// The Runs screen: names, overlay, hiding, deleting with a way back, exports, by pointer and by keyboard; and that six live
// charts over a long run leave the page free. The worker's runs are made up (told-runs.ts).

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { axe } from './axe.ts';
import { pngChunks } from './lab.ts';
import { mainThread, watch } from './story.ts';
import { pretendToKeep } from './told-runs.ts';

async function open(page: Page): Promise<void> {
  await pretendToKeep(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
}

test('two runs beside each other: named, compared, hidden, exported, deleted and had back', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  const kept = page.getByTestId('kept-runs');
  await expect(kept.locator('.kept-name')).toHaveText([/^[a-z]+-[a-z]+$/, /^[a-z]+-[a-z]+$/]);
  // the list is short and shows all it has; a link is ink, not the browser's blue
  expect(await kept.evaluate((list) => list.scrollHeight - list.clientHeight)).toBeLessThanOrEqual(0);
  const colour = (of: string) => page.locator(of).evaluate((part) => getComputedStyle(part).color);
  expect(await colour('p > a[href="#runs"]')).toBe(await colour('body'));
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const rows = page.getByTestId('run-row');
  const curves = page.locator('[data-chart="loss"] path[data-run]');
  await expect(rows).toHaveCount(2);
  await expect(curves).toHaveCount(2);
  await expect(rows.first().getByTestId('run-difference')).toHaveText(
    /^beside [a-z]+-[a-z]+: predictor depth 2 → 4 \(that one was changed on its way\)$/,
  );
  await expect(page.getByTestId('run-changed')).toHaveText(['changed on the way: learning rate 0.0004 after step 100']);
  await expect(page.getByTestId('run-verdict').first()).toHaveText(
    /^ ?(Healthy|Unclear|Collapsed|Collapsing|Escaped a collapse) at step \d+$/,
  );
  // two runs never look alike
  const looks = await curves.evaluateAll((all) =>
    all.map((p) => `${p.getAttribute('stroke')} ${p.getAttribute('stroke-dasharray')}`),
  );
  expect(new Set(looks).size).toBe(2);

  // a name, by keyboard: Escape leaves it, Enter writes it
  const name = rows.last().getByRole('textbox', { name: /^Name of/ });
  await name.fill('never');
  await name.press('Escape');
  await expect(name).toHaveValue('');
  await name.fill('short and shallow');
  await name.press('Enter');
  await expect(rows.first().getByTestId('run-difference')).toContainText('beside short and shallow:');

  // a note is written when its screen goes away while one types
  await rows.last().getByText('Notes and group').click();
  await page.getByRole('textbox', { name: 'Notes on short and shallow' }).fill('two layers are enough');
  await page.evaluate(() => history.back());
  await expect(page.getByTestId('start-training')).toBeVisible();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect(rows.last().locator('.run-notes summary')).toHaveText('two layers are enough');

  // a row that is given a group goes there with what is open in it, and with the focus
  await rows.last().locator('.run-notes summary').click();
  const group = page.getByRole('combobox', { name: 'Group of short and shallow' });
  await group.fill('shallow');
  await group.press('Tab');
  await expect(page.getByRole('heading', { name: 'shallow', exact: true })).toBeVisible();
  await expect(rows.first().locator(':focus')).toHaveCount(1);
  await expect(rows.first().getByRole('combobox', { name: 'Group of short and shallow' })).toBeVisible();
  await group.fill('');
  await group.press('Enter');
  await expect(page.getByRole('heading', { name: 'shallow', exact: true })).toBeHidden();
  await expect(rows.last().locator('.run-notes')).toHaveAttribute('open');

  // the legend of every chart names its runs
  await expect(page.locator('[data-chart="loss"] .run-values')).toContainText('short and shallow');

  // the crosshair: the shorter run has no value behind its end
  await page.getByTestId('crosshair').fill('200');
  await expect(page.getByTestId('crosshair-place')).toHaveText('step 200');
  // step 199: 1.4 · (.2 + 1 / (1 + 199/500)) · (1 + .2 sin 338.3), and sin 338.3 = −.8329
  const expected = 1.4 * (0.2 + 1 / (1 + 199 / 500)) * (1 + 0.2 * Math.sin(338.3));
  await expect
    .poll(async () => Number((await rows.last().getByTestId('run-loss').textContent())?.replace('loss ', '')))
    .toBeCloseTo(expected, 2);
  await page.getByRole('heading', { name: 'Runs' }).click();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(rows.last().getByTestId('run-loss')).toContainText('–');
  await page.keyboard.press('l');
  await expect(page.getByTestId('log-axis')).toBeChecked();
  await expect(page.locator('[data-chart="loss"] > svg')).toHaveAttribute('data-log', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('crosshair-place')).toHaveText('at the end');

  // pointing at a run lets the other step back, in every chart
  await rows.last().hover();
  await expect(page.locator('.run-behind')).toHaveCount(6);
  await page.mouse.move(700, 20);

  await page.getByTestId('export-loss').click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Picture PNG' }).click();
  const chunks = pngChunks(await readFile(await (await waiting).path()));
  const text = chunks.map((c) => (c.type === 'iTXt' ? c.data.toString() : '')).join('');
  expect(text).toContain('"name":"short and shallow"');
  expect(text).toContain('"predDepth":2');
  const log = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export short and shallow' }).click();
  await page.getByRole('button', { name: /^Log with the official columns/ }).click();
  const lines = (await readFile(await (await log).path(), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(301);
  const official = 'epoch,itr,loss,loss-jepa,reg-loss,enc-grad-norm,pred-grad-norm,gpu-time(ms),wall-time(ms)';
  expect(lines[0]).toBe(`${official},sigreg-loss`);
  expect(await axe(page)).toEqual([]);

  await page.getByRole('button', { name: 'Hide short and shallow' }).click();
  await expect(rows).toHaveCount(1);
  await expect(curves).toHaveCount(1);
  await page.getByLabel('1 hidden too').check();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Delete short and shallow' }).press('Enter');
  await expect(rows).toHaveCount(1);
  // what was pressed is gone: the way back has the focus
  await expect(page.getByTestId('leaving').getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Delete short and shallow' }).click();
  await expect(page.getByTestId('leaving')).toContainText('short and shallow is deleted');
  await expect(page.getByTestId('leaving')).toBeHidden({ timeout: 24_000 });
  await expect(rows).toHaveCount(1);
  // the run that is left looks as it did, and will on the next visit
  const left = await curves
    .first()
    .evaluate((p) => `${p.getAttribute('stroke')} ${p.getAttribute('stroke-dasharray')}`);
  expect(looks).toContain(left);
  const remembered = await page.evaluate(() => localStorage.getItem('v-jepa-studio run styles') ?? '{}');
  expect(Object.keys(JSON.parse(remembered) as object)).toHaveLength(2);
  noProblems();
});

test('a group is hidden, shown, deleted and had back as a whole', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const rows = page.getByTestId('run-row');
  await expect(rows).toHaveCount(2);
  for (const row of [rows.first(), rows.last()]) {
    await row.getByText('Notes and group').click();
    await row.getByRole('combobox', { name: /^Group of/ }).fill('pair');
    await row.getByRole('combobox', { name: /^Group of/ }).press('Enter');
    await expect(page.getByRole('heading', { name: 'pair', exact: true })).toBeVisible();
  }
  await expect(page.getByRole('heading', { name: 'No group' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Hide the group pair' }).click();
  await expect(rows).toHaveCount(0);
  await page.getByLabel('2 hidden too').check();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Show the group pair' }).click();
  await expect(page.getByLabel('hidden too')).toHaveCount(0);
  await page.getByRole('button', { name: 'Delete the group pair' }).press('Enter');
  await expect(rows).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo all 2' })).toBeFocused();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'pair', exact: true })).toBeVisible();
  noProblems();
});

test('six live charts over 20 000 steps, new numbers five times a second: the page stays free', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('training');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect(page.locator('[data-chart="loss"] path[data-run]')).toHaveCount(3);
  await expect(page.locator('.run-chart > svg')).toHaveCount(6);
  const busy = await mainThread(page);
  const from = Date.now();
  await page.waitForTimeout(5000);
  const share = (await busy()) / ((Date.now() - from) / 1000);
  console.log(`six live charts, three runs, ${(share * 100).toFixed(1)} % of the main thread`);
  expect(share).toBeLessThan(0.4);
  // charts in which nothing is drawn would be free
  expect(share).toBeGreaterThan(0.01);
  // on a phone the names of all screens have room beside the dot of the run
  await page.setViewportSize({ width: 390, height: 844 });
  const bar = page.getByRole('navigation', { name: 'Screens' });
  expect(await bar.evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBeLessThanOrEqual(0);
  noProblems();
});
