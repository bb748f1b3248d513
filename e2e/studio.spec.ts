// The page beyond the main stories: tokens by keyboard, the backend's meaning, themes, less motion, a worker that dies.

import { expect, test } from 'playwright/test';
import { canLoseDevice, loseDevice } from './in-worker.ts';
import { watch } from './story.ts';

test('tokens are inspected by keyboard, with place and error', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const view = page.getByTestId('mask-view');
  await expect(page.getByTestId('error-map')).toBeVisible();
  await page.keyboard.press(' '); // stops the clip, and the demonstration with it
  const frame = Number(await view.getAttribute('data-frame'));
  await view.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const token = page.getByRole('region', { name: 'Token' });
  // nano: 40 pixels in patches of 8, tubelets of 2 frames
  const tubelet = Math.floor(frame / 2);
  await expect(token).toContainText(`Token ${tubelet * 25 + 2} of 100`);
  await expect(token).toContainText(`${tubelet + 1}, 1, 3`);
  await expect(token).toContainText('16–23 × 0–7');
  await expect(view).toHaveAttribute('data-frame', String(frame));
  noProblems();
});

test('the backend chip says what computes and what that means', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const chip = page.getByTestId('backend-chip');
  await expect(chip).toContainText('WebGPU');
  await chip.click();
  await expect(page.getByText('Largest buffer')).toBeVisible();
  await expect(page.getByText('Nothing that you add leaves this device.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Largest buffer')).toBeHidden();
  noProblems();
});

test('the chosen theme stays after a reload', async ({ browser, baseURL }) => {
  const page = await browser.newPage({ colorScheme: 'light', ...(baseURL && { baseURL }) });
  const noProblems = watch(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto('/');
  const light = await background();
  await page.getByRole('button', { name: /^Theme auto/ }).click();
  expect(await background()).toBe(light);
  await page.getByRole('button', { name: /^Theme light/ }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await expect(page.getByRole('button', { name: /^Theme dark/ })).toBeVisible();
  expect(await background()).toBe(dark);
  noProblems();
  await page.close();
});

test('who asked for less motion sees a still clip under a still mask', async ({ browser, baseURL }) => {
  const page = await browser.newPage({ reducedMotion: 'reduce', ...(baseURL && { baseURL }) });
  const noProblems = watch(page);
  await page.goto('/');
  const view = page.getByTestId('mask-view');
  await expect(page.getByRole('button', { name: 'Play the clip' })).toBeVisible();
  const before = [await view.getAttribute('data-frame'), await view.getAttribute('data-hash')];
  await page.waitForTimeout(3500);
  expect([await view.getAttribute('data-frame'), await view.getAttribute('data-hash')]).toEqual(before);
  noProblems();
  await page.close();
});

test('a worker that dies is reported, and the masks go on', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route(/worker-.*\.js$/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: "throw new Error('broken on purpose');" }),
  );
  await page.goto('/');
  await expect(page.getByTestId('device-advice')).toContainText('broken on purpose');
  await expect(page.getByTestId('device-advice')).toContainText('Reload the page');
  await expect(page.getByTestId('start-training')).toBeDisabled();
  const view = page.getByTestId('mask-view');
  const before = await view.getAttribute('data-hash');
  await page.keyboard.press('r');
  await expect(view).not.toHaveAttribute('data-hash', before!);
  expect(problems).toEqual([]);
});

test('a lost GPU ends the run with its reason, and another look brings the GPU back', async ({ page }) => {
  const noProblems = watch(page);
  await canLoseDevice(page);
  await page.goto('/');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await loseDevice(page);
  await expect(page.getByTestId('run-state')).toHaveText('failed');
  await expect(page.getByTestId('device-advice')).toContainText('The GPU device was lost');
  await expect(page.getByTestId('problem')).toHaveCount(1); // the run's own, once
  await expect(page.getByTestId('problem')).toContainText('The GPU device was lost');
  await expect(page.getByTestId('run-loss')).toBeVisible(); // what was measured stays
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByTestId('device-advice')).toBeHidden();
  await expect(page.getByTestId('backend-chip')).toContainText('WebGPU');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  // a slow disk may be told by then, the lost device no longer is
  await expect(page.getByTestId('problem').filter({ hasText: 'The GPU device was lost' })).toHaveCount(0);
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('stopped while it is prepared, a run stays stopped, and another one trains', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await page.keyboard.press('t');
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  // what is measured needs the kernels that the run waits for
  await page.getByTestId('measure-step').click();
  await expect(page.getByText('Whole run')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  noProblems();
});

test('where what trains cannot be loaded the run says so; else it is there before it is asked for', async ({
  page,
}) => {
  await page.route(/training-.*\.js$/, (route) => route.abort());
  await page.goto('/');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('failed');
  await expect(page.getByTestId('problem')).toContainText('A part of the studio could not be loaded');
  await expect(page.getByTestId('problem')).toContainText('reload the page');
  await expect(page.getByTestId('mask-view')).toBeVisible();

  await page.unroute(/training-.*\.js$/);
  const ahead = page.waitForResponse(/training-.*\.js$/); // once the kernels of a run are compiled
  const noProblems = watch(page);
  await page.reload();
  await ahead;
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  noProblems();
});

test('the drawn clips are one stop of the Tab key, arrow keys go among them and leave the frame alone', async ({
  page,
}) => {
  const noProblems = watch(page);
  await page.goto('/');
  const clips = page.getByRole('toolbar', { name: 'Drawn clips' }).getByRole('button');
  await expect(clips).toHaveCount(64);
  await page.keyboard.press(' '); // stops the clip
  await page.getByTestId('drawn-colours').focus();
  await page.keyboard.press('Tab');
  await expect(clips.first()).toBeFocused();
  const frame = await page.getByTestId('mask-view').getAttribute('data-frame');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  const columns = await clips.evaluateAll((all) => {
    const top = (button: Element) => button.getBoundingClientRect().top;
    return all.filter((button) => top(button) === top(all[0])).length;
  });
  await expect(clips.nth(columns + 1)).toBeFocused();
  await expect(page.getByTestId('mask-view')).toHaveAttribute('data-frame', frame!);
  await page.keyboard.press('Enter');
  await expect(clips.nth(columns + 1)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await expect(clips.last()).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.locator('.thumbs button:focus')).toHaveCount(0);
  noProblems();
});
