// The pixel twin and the look of drawn clips: noise changes what is seen and trained on, a run predicts pixels, and taken
// up after a reload it still does, on the same clips.

import { expect, type Page, test } from 'playwright/test';
import { savedAt, readMap, watch } from './story.ts';

/** Mean difference of neighbouring pixels on a canvas: what noise adds to. */
const roughness = (page: Page, canvas: string) =>
  page
    .locator(canvas)
    .first()
    .evaluate((element) => {
      if (!(element instanceof HTMLCanvasElement)) throw new Error('no canvas');
      const { width, height } = element;
      const pixels = element.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      let sum = 0;
      for (let i = 4; i < pixels.length; i += 4) sum += Math.abs(pixels[i] - pixels[i - 4]);
      return (4 * sum) / pixels.length;
    });

test('pixels are predicted, on clips as noisy as one likes, and both last', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await expect(page.locator('.thumbs .poster')).toHaveCount(64);
  await page.keyboard.press(' '); // stops the clip, and the demonstration with it

  const [poster, stage] = ['.thumbs .poster', '[data-testid="mask-view"]'];
  const before = [await roughness(page, poster), await roughness(page, stage)];
  const noise = page.getByTestId('drawn-noise');
  await expect(noise).toHaveValue('0.03');
  await noise.fill('0.3');
  await expect.poll(() => roughness(page, poster)).toBeGreaterThan(before[0] + 20);
  await expect.poll(() => roughness(page, stage)).toBeGreaterThan(before[1] + 10);
  await noise.fill('0');
  await expect.poll(() => roughness(page, poster)).toBeLessThan(before[0]);
  await page.getByTestId('drawn-background').selectOption('textured');
  await page.getByTestId('drawn-colours').selectOption('full');
  await expect(page.locator('.thumbs .poster')).toHaveCount(64);

  const features = await page.getByText('Parameters').locator('xpath=following-sibling::dd[1]').textContent();
  await page.getByTestId('predict-target').selectOption('pixels');
  await expect(page.getByLabel('SIGReg weight', { exact: true })).toHaveValue('0');
  // patches of 8 × 8 × 2 in three channels are wider than features of 64
  await expect(page.getByText('Parameters').locator('xpath=following-sibling::dd[1]')).not.toHaveText(features ?? '');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await expect(noise).toBeDisabled();
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  const step = Number(await page.getByTestId('run-step').textContent());
  for (const next of [1, 2]) {
    await page.getByTestId('step-training').click();
    await expect(page.getByTestId('run-step')).toHaveText(String(step + next));
  }
  await expect.poll(async () => (await readMap(page)).step).toBe(String(step + 2));
  // half of the variance of a normalised patch, which nothing has been learned about yet
  const loss = Number(await page.getByTestId('run-loss').textContent());
  console.log(`pixel loss after ${step + 2} steps ${loss}`);
  expect(loss).toBeGreaterThan(0.3);
  expect(loss).toBeLessThan(0.6);
  await expect(page.getByText('Pixels, mask set 2')).toBeVisible();

  // after a reload the library is as usual, until the run is taken up: then it shows what the run learns from
  await savedAt(page, step + 2);
  await page.reload();
  await expect(page.getByTestId('drawn-background')).toHaveValue('plain');
  await page.getByTestId('take-up').click();
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(page.getByTestId('predict-target')).toHaveValue('pixels');
  await expect(noise).toHaveValue('0');
  await expect(page.getByTestId('drawn-background')).toHaveValue('textured');
  await expect(page.getByTestId('drawn-colours')).toHaveValue('full');
  await expect(page.getByTestId('live-change')).toHaveCount(1);
  await page.getByTestId('stop-training').click();
  await expect(noise).toBeEnabled();
  await expect(page.getByTestId('live-change')).toHaveCount(0);

  // its twin learns from the same clips, whatever is chosen now
  await page.getByTestId('source-select').selectOption('mine');
  await expect(page.getByTestId('start-training')).toHaveText('Train new run');
  await page.getByTestId('train-twin').click();
  await expect(page.getByTestId('source-select')).toHaveValue('drawn');
  await expect(page.getByTestId('predict-target')).toHaveValue('features');
  await expect(page.getByTestId('drawn-background')).toHaveValue('textured');
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('start-training')).toHaveText('Train again');
  await expect(page.getByTestId('problem')).toHaveCount(0);
  noProblems();
});
