// The browser is killed again and again in the middle of training, as a crash or a battery would. What was said to be saved
// is there each time, and the run that comes of it is the one that was never killed.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from 'playwright/test';
import { killable } from './killable.ts';
import { smallSteps, watch } from './story.ts';

const rounds = 3;

const savedStep = async (page: Page): Promise<number> =>
  Number(
    (await page
      .getByTestId('saved')
      .getAttribute('data-step', { timeout: 1000 })
      .catch(() => null)) ?? 0,
  );
const step = async (page: Page): Promise<number> => Number(await page.getByTestId('run-step').textContent());

/** Nothing that was said to be saved is lost. */
async function takeUpFrom(page: Page, told: number): Promise<void> {
  const kept = Number(await page.getByTestId('kept-offer').getAttribute('data-step'));
  console.log(`killed after step ${told} was said to be saved, taken up from step ${kept}`);
  expect(kept).toBeGreaterThanOrEqual(told);
  await page.getByTestId('take-up').click();
}

test('killed three times while it trains, the run goes on each time from what was saved', async ({ baseURL }, info) => {
  test.slow();
  const profile = await mkdtemp(join(tmpdir(), 'vjepa-killed-'));
  const launch = async () => {
    const { browser, kill } = await killable(profile, info.project.use.launchOptions ?? {});
    const page = browser.contexts()[0].pages()[0];
    page.setDefaultTimeout(60_000);
    const noProblems = watch(page);
    await page.goto(baseURL ?? '');
    await expect(page.getByTestId('start-training')).toBeEnabled({ timeout: 60_000 });
    return { page, kill, noProblems };
  };
  let told = 0;
  for (let round = 0; round < rounds; round++) {
    const { page, kill, noProblems } = await launch();
    try {
      if (round === 0) {
        await smallSteps(page);
        await page.getByLabel('Seconds between saves').fill('1');
        await page.getByTestId('start-training').click();
      } else {
        await takeUpFrom(page, told);
      }
      const from = told;
      await expect.poll(() => savedStep(page), { timeout: 90_000, intervals: [50] }).toBeGreaterThan(from);
      // in the middle of a step, of a save, of anything
      await page.waitForTimeout(300 + 500 * round);
      told = await savedStep(page);
      noProblems();
    } finally {
      await kill();
    }
  }
  const { page, kill, noProblems } = await launch();
  try {
    await expect(page.getByTestId('kept-run')).toHaveCount(1);
    await takeUpFrom(page, told);
    await expect.poll(() => step(page), { timeout: 90_000 }).toBeGreaterThan(told + 2);
    await page.getByTestId('stop-training').click();
    await expect(page.getByTestId('run-state')).toHaveText('stopped');
    await page.getByTestId('replay-run').click();
    await expect(page.getByTestId('replay-result')).toHaveText(/^All \d+ steps are equal, bit for bit\.$/, {
      timeout: 150_000,
    });
    console.log(`replayed: ${await page.getByTestId('replay-result').textContent()}`);
    noProblems();
  } finally {
    await kill();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
