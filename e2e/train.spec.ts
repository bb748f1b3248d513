// Story 1: a fresh page, no file. Train nano on drawn clips; the loss falls by a margin that random weights cannot reach,
// and the error map is not constant and changes with training. Prints how long the first loss takes, in parts.

import { expect, test } from 'playwright/test';
import { axe } from './axe.ts';
import { readMap, trainTo, watch } from './story.ts';

test('from opening the page to a model that predicts', async ({ page }) => {
  const noProblems = watch(page);
  const opened = Date.now();
  await page.goto('/');
  const start = page.getByTestId('start-training');
  await expect(page.getByTestId('preset-select')).toHaveValue('nano');
  await expect(start).toBeEnabled();
  const ready = Date.now();
  await start.click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  const firstLoss = Date.now();
  const marks = await page.evaluate(() =>
    Object.fromEntries(performance.getEntriesByType('mark').map((m) => [m.name, Math.round(m.startTime)])),
  );
  console.log(
    `first loss ${firstLoss - opened} ms after opening: page ready ${ready - opened} ms, then kernels and first step ${firstLoss - ready} ms; marks ${JSON.stringify(marks)}`,
  );

  await trainTo(page, 40);
  const trained = await readMap(page);
  await page.getByRole('button', { name: 'random', exact: true }).click();
  await expect(page.getByTestId('error-map')).toHaveAttribute('data-step', 'random');
  const random = await readMap(page);
  console.log(`mean error: random weights ${random.mean}, after ${trained.step} steps ${trained.mean}`);
  // the same clip, masks and targets' normalisation; random weights stay near 0.9
  expect(random.mean).toBeGreaterThan(0.7);
  expect(trained.mean).toBeLessThan(0.8 * random.mean);
  expect(trained.max - trained.min).toBeGreaterThan(0.05);
  expect(trained.hash).not.toBe(random.hash);

  // one step at a time, and on
  await page.getByRole('button', { name: 'trained', exact: true }).click();
  const before = Number(await page.getByTestId('run-step').textContent());
  await page.getByTestId('step-training').click();
  await expect(page.getByTestId('run-step')).toHaveText(String(before + 1));
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await expect.poll(async () => (await readMap(page)).step).toBe(String(before + 1));
  expect((await readMap(page)).hash).not.toBe(trained.hash);

  // the loss is the sum that stands under it
  const [loss, parts] = await page.evaluate(() =>
    ['run-loss', 'loss-parts'].map((id) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ''),
  );
  const [latent, weight, sigreg] = (parts.match(/^= latent ([\d.]+) \+ ([\d.]+) × SIGReg ([\d.]+)$/) ?? [])
    .slice(1)
    .map(Number);
  expect(latent + weight * sigreg).toBeCloseTo(Number(loss), 2);

  // the next one in slow motion: every stage with its own picture, by keys alone, there and back
  await page.keyboard.press('z');
  const slow = page.getByTestId('slow-motion');
  await expect(slow).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('run-step')).toHaveText(String(before + 2));
  // counted as everywhere, and the strip below shows the clip and the mask of the step alone
  await expect(slow.getByRole('heading')).toHaveText(`Step ${before + 2} in slow motion`);
  await expect(page.getByRole('group', { name: /^Tubelets, / })).toHaveCount(1);
  await expect(page.getByRole('group', { name: `Tubelets, mask of step ${before + 2}` })).toBeVisible();
  const pictures = new Map<string, string | null>();
  for (const stage of ['mask', 'patches', 'encoder', 'predictor', 'targets', 'error', 'gradient']) {
    await expect(slow).toHaveAttribute('data-stage', stage);
    const picture = page.getByTestId('slow-picture');
    await expect(picture).toHaveAttribute('data-stage', stage);
    pictures.set(stage, await picture.getAttribute('data-hash'));
    await page.keyboard.press('ArrowRight');
  }
  expect(new Set(pictures.values()).size).toBe(pictures.size);
  await expect(page.getByTestId('slow-layers')).toContainText('blocks.0');
  await page.keyboard.press('ArrowRight');
  await expect(slow).toHaveAttribute('data-stage', 'ema');
  await expect(slow).toContainText('The slow encoder takes');
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('ArrowLeft');
  await expect(slow).toHaveAttribute('data-stage', 'adamw');
  await page.keyboard.press('Escape');
  await expect(slow).toBeHidden();

  // one button all the way: the keyboard stays on it, and the clip stands still
  await page.getByTestId('resume-training').focus();
  await page.keyboard.press(' ');
  await expect(page.getByTestId('run-state')).toHaveText('training');
  await expect(page.getByTestId('pause-training')).toBeFocused();
  await page.keyboard.press(' ');
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await expect(page.getByTestId('resume-training')).toBeFocused();
  // the button goes away: the keyboard is at the one beside it
  await page.getByTestId('stop-training').press('Enter');
  await expect(page.getByTestId('start-training')).toBeFocused();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  await expect(page.getByRole('region', { name: 'Curves' })).toBeVisible();
  noProblems();
});

test('settings that cannot work are refused, and a second run starts on the same page', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  await page.getByText('More settings').click();
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('3');
  await expect(page.locator('.field-problem').first()).toContainText(
    'learning rate is 3: choose a value from 1e-12 to below 1',
  );
  await expect(page.getByTestId('start-training')).toBeDisabled();
  await rate.fill('0.9');
  await page.getByLabel('EMA, first', { exact: true }).fill('0.5');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('stop-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('stopped');
  // another run starts on the same page
  await page.getByTestId('preset-select').selectOption('nano');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('what a run costs keeps its place while a field is wrong, and so does the mask', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  const facts = page.getByRole('region', { name: 'Train', exact: true }).getByTestId('cost');
  await expect(facts).toContainText('Parameters');
  const { height } = (await facts.boundingBox())!;
  await page.getByText('More settings').click();
  const batch = page.getByLabel('Batch', { exact: true });
  await batch.fill('-4');
  await expect(facts).toHaveText('Parameters, memory and time are told again when that is right.');
  await expect(page.getByTestId('mask-view')).not.toHaveAttribute('data-hash', 'none');
  expect((await facts.boundingBox())!.height).toBe(height);
  await batch.fill('2');
  await expect(facts).toContainText('Parameters');
  await expect(facts).not.toContainText('again');
  expect((await facts.boundingBox())!.height).toBe(height);
  noProblems();
});
