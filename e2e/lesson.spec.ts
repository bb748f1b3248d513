// The ten-minute lesson: by a presenter's keys through all chapters, with a GPU and without.

import { expect, test } from 'playwright/test';
import { axe } from './axe.ts';
import { takeWebGpuAway } from './in-worker.ts';
import { savedAt, smallSteps, watch } from './story.ts';

test('without a GPU the lesson goes on, and says what it cannot show', async ({ page }) => {
  const noProblems = watch(page);
  await takeWebGpuAway(page);
  await page.goto('/');
  await page.getByRole('link', { name: 'Ten-minute lesson', exact: true }).click();
  const lesson = page.getByTestId('lesson');
  await expect(lesson).toHaveAttribute('data-chapter', '1');
  await expect(lesson).toContainText('What is hidden?');
  // what is asked for is not shown
  await expect(page.getByTestId('mask-view')).toHaveAttribute('data-covered', 'yes');
  await expect(page.getByTestId('error-map')).toBeHidden();
  await expect(page.locator('.filmstrip')).toBeHidden();
  await expect(page.getByLabel('Training', { exact: true })).toBeHidden();
  expect(await axe(page)).toEqual([]);
  const turnTo = async (chapter: number) => {
    await page.keyboard.press('PageDown');
    await expect(lesson).toHaveAttribute('data-chapter', String(chapter));
  };
  // on a phone the one picture of the first chapter has its width, and both of the second are in sight
  const desk = page.viewportSize()!;
  const width = async (of: string) => (await page.getByTestId(of).boundingBox())?.width ?? 0;
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => width('mask-view')).toBeGreaterThan(340);
  await turnTo(2);
  await expect.poll(() => width('mask-view')).toBeLessThan(195);
  for (const of of ['mask-view', 'error-map']) await expect(page.getByTestId(of)).toBeInViewport({ ratio: 1 });
  await page.setViewportSize(desk);
  await expect(page.getByTestId('mask-view')).toHaveAttribute('data-covered', 'no');
  await expect(page.getByTestId('error-map')).toHaveAttribute('data-step', /^\d+$/);
  // a file that is none is named in the lesson, and one that is takes nothing from the stage
  const files = page.getByTestId('file-input');
  await files.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a film') });
  await expect(lesson).toContainText('notes.txt');
  await files.setInputFiles('docs/lesson.png');
  await expect(page.locator('[data-name="lesson.png"]')).toHaveCount(1);
  await expect(page.getByTestId('error-map')).toHaveAttribute('data-step', /^\d+$/);
  await turnTo(3);
  await expect(page.getByTestId('error-map')).toHaveAttribute('data-step', 'random');
  await turnTo(4);
  await expect(page.getByTestId('lesson-no-gpu')).toContainText('This chapter needs WebGPU');
  for (const chapter of [5, 6, 7, 8]) await turnTo(chapter);
  await expect(page.getByText('random weights, direction, attentive').first()).toBeVisible();
  await expect(page.getByText('What do the frozen features know?')).toBeHidden();
  // on a phone, where the screen's own questions come first, the stage still has the page for itself
  await page.setViewportSize({ width: 390, height: 844 });
  expect((await page.locator('.stage').boundingBox())?.width).toBe(390);
  await page.setViewportSize(desk);
  await turnTo(9);
  await expect(page.getByTestId('lab-frame')).toBeInViewport({ ratio: 1 });
  await expect(page.getByText('Grey is thrown away')).toBeVisible();
  await expect(page.getByTestId('lesson-next')).toBeDisabled();
  await page.keyboard.press('PageUp');
  await expect(lesson).toHaveAttribute('data-chapter', '8');
  await page.reload();
  await expect(lesson).toHaveAttribute('data-chapter', '8');
  await expect(page.getByTestId('recorded-experiments')).toBeVisible(); // the page listens
  await page.keyboard.press('Escape');
  await expect(lesson).toHaveCount(0);
  await expect(page.getByLabel('What is asked')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Evaluate' })).toBeFocused();
  noProblems();
});

test('with a GPU every chapter makes what it speaks of: a slow step, a run, features, a peak of surprise', async ({
  page,
}) => {
  test.setTimeout(500_000);
  const noProblems = watch(page);
  const warnings: string[] = [];
  page.on('console', (line) => {
    if (line.text().includes('of chart should be greater than 0')) warnings.push(line.text());
  });
  // whatever the user has set: the lesson trains a nano of its own
  await page.goto('/#train');
  const fifth = page.getByRole('toolbar', { name: 'Drawn clips' }).getByRole('button').nth(4);
  await fifth.click();
  await expect(fifth).toHaveAttribute('aria-current', 'true');
  // a run of the user's own rests
  await smallSteps(page);
  await page.getByTestId('start-training').click();
  await expect
    .poll(async () => Number(await page.getByTestId('run-step').textContent()), { timeout: 100_000 })
    .toBeGreaterThan(0);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  const rests = Number(await page.getByTestId('run-step').textContent());
  await savedAt(page, rests);
  const name = await page.locator('.run-called').textContent();
  await page.getByTestId('preset-select').selectOption('vit_large');
  await page.evaluate(() => (location.hash = '#lesson'));
  await expect(page.getByTestId('lesson')).toContainText('A run of yours is on.');
  await page.evaluate(() => (location.hash = '#lesson=4'));
  await expect(page.getByTestId('slow-motion')).toHaveAttribute('data-stage', 'mask', { timeout: 100_000 });
  await expect(page.getByTestId('run-chip')).toContainText('nano');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('slow-motion')).toHaveAttribute('data-stage', 'patches');
  await page.keyboard.press('PageDown');
  await expect(page.getByTestId('slow-motion')).toHaveCount(0);
  await expect(page.getByTestId('run-chip')).toContainText('training');
  // a reload in the middle forgets neither the run of the lesson nor that of the user
  await expect(page.getByTestId('run-chip')).toContainText(/step [2-9]/, { timeout: 60_000 });
  await page.reload();
  await expect(page.getByTestId('run-chip')).toContainText('training', { timeout: 100_000 });
  await expect(page.getByTestId('lesson')).not.toContainText('A run of yours is on.');
  // a chapter that is left while it waits leaves nothing behind, and the run it asked for serves the next one
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect(page.getByTestId('surprise-empty')).toContainText('being measured', { timeout: 60_000 });
  await expect(page.getByTestId('surprise')).toHaveAttribute('data-peaks', /\d/, { timeout: 100_000 });
  await expect(page.getByTestId('changed-band')).toHaveText('another film, frames 33 to 40');
  await page.keyboard.press('PageUp');
  await expect(page.getByTestId('features-current')).toHaveAttribute('data-step', '1000', { timeout: 100_000 });
  await expect(page.getByTestId('features-random')).toHaveAttribute('data-kind', 'pca', { timeout: 60_000 });
  // back to the chapters on the stored run, whatever run is on the page
  for (let i = 0; i < 4; i++) await page.keyboard.press('PageUp');
  await expect(page.getByTestId('lesson')).toHaveAttribute('data-chapter', '2');
  await expect(page.getByTestId('error-map')).toHaveAttribute('data-step', '1000');
  await page.getByRole('button', { name: 'End the lesson' }).click();
  // the run that rested, where it did, beside what is set for the next one
  await expect(page.locator('.run-called')).toHaveText(name ?? 'named', { timeout: 60_000 });
  await expect(page.getByTestId('run-state')).toHaveText('paused', { timeout: 100_000 });
  await expect(page.getByTestId('run-step')).toHaveText(String(rests));
  await expect(page.getByTestId('preset-select')).toHaveValue('vit_large');
  await expect(page.getByTestId('settings-from')).toHaveCount(0);
  await expect(page.getByText('of 1568 tokens')).toBeVisible();
  await expect(page.getByText(/^303.89 M/)).toBeVisible();
  // the clip that was on the stage, and the Look screen as it was before the chapters on features and surprise
  await expect(fifth).toHaveAttribute('aria-current', 'true');
  await page.getByRole('link', { name: 'Look', exact: true }).click();
  await expect(page.getByTestId('mode-errors')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('changed-band')).toHaveCount(0);
  // the user's, one of the lesson, and the one that comes with the studio
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect(page.getByTestId('run-row')).toHaveCount(3);
  expect(warnings).toEqual([]);
  noProblems();
});

test('an old projector: nothing of stage and chapter is cut', async ({ page }) => {
  test.setTimeout(200_000);
  const noProblems = watch(page);
  await page.setViewportSize({ width: 960, height: 600 });
  await page.goto('/#lesson=1');
  for (const chapter of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    await page.evaluate((n) => (location.hash = `lesson=${n}`), chapter);
    if (chapter === 4) await expect(page.getByTestId('slow-motion')).toBeVisible({ timeout: 100_000 });
    if (chapter === 6) await expect(page.getByTestId('features-random')).toBeVisible({ timeout: 60_000 });
    if (chapter === 7) await expect(page.getByTestId('surprise')).toBeVisible({ timeout: 60_000 });
    if (chapter === 8) await expect(page.getByTestId('recorded-experiments')).toBeVisible();
    if (chapter === 9) await expect(page.getByTestId('lab-frame')).toBeVisible();
    for (const of of ['.stage', '.lesson'])
      await expect
        .poll(() =>
          page
            .locator(of)
            .evaluate((box) => [
              box.scrollHeight - box.clientHeight,
              Math.round(box.getBoundingClientRect().bottom) <= innerHeight,
            ]),
        )
        .toEqual([0, true]);
  }
  noProblems();
});
