// Health of a run: checks are made beside training, the first of them of the random weights; the verdict waits until it has
// something to stand on, charts say in words what they show, and the share of the time that checks took is told.

import { expect, test } from 'playwright/test';
import { axe } from './axe.ts';
import { smallSteps, watch } from './story.ts';

test('a run is checked while it trains', async ({ page }) => {
  test.setTimeout(400_000);
  const noProblems = watch(page);
  await page.goto('/');
  await smallSteps(page);
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Health', exact: true }).click();
  const verdict = page.getByTestId('health-verdict');
  await expect(verdict).toBeVisible({ timeout: 180_000 });
  await expect(verdict).toContainText('Only the weights that the run began with were checked so far');
  await expect(page.getByText('Check at step 0')).toBeVisible();
  // random weights: the teacher is the student
  await expect(page.getByRole('img', { name: /^Teacher behind student at step 0, distance 0$/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Right answers, direction at step 0/ })).toBeVisible();
  // each of the two probes is held against its own answers about random weights
  const direction = await page.locator('figure', { hasText: 'Right answers, direction' }).innerText();
  for (const probe of ['linear', 'neighbours']) {
    const [now, then] = [new RegExp(`${probe} ([\\d.]+)`), new RegExp(`${probe}, random weights ([\\d.]+)`)];
    expect(direction.match(then)?.[1]).toBe(direction.match(now)?.[1] ?? 'told');
  }
  await expect(verdict).toContainText('1 check so far', { timeout: 120_000 });
  const share = page.getByText(/Checks took [\d.]+ % of the time/);
  await expect(share).toBeVisible();
  const said = (await share.textContent()) ?? '';
  console.log(`step ${await page.getByTestId('run-step').textContent()}: ${said}`);
  // beside the curves stands the verdict, and leads back to its evidence
  await page.getByRole('button', { name: 'Loss', exact: true }).click();
  const note = page.getByTestId('health-note');
  await expect(note).toContainText(/Unclear .*verdict needs/);
  await note.click();
  await expect(verdict).toBeVisible();
  await expect(note).toHaveCount(0);
  await page.getByText(/^Spectrum, channels and layers at step/).click();
  await expect(page.getByRole('rowheader', { name: 'blocks.0', exact: true })).toBeVisible();
  // who does not want to wait has it checked at once, with probes, also while it rests
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  const rests = await page.getByTestId('run-step').textContent();
  await page.getByTestId('check-now').click();
  await expect(page.getByText(`Check at step ${rests}`)).toBeVisible({ timeout: 60_000 });
  await expect(
    page.getByRole('img', { name: new RegExp(`^Right answers, direction at step ${rests}, linear [\\d.]+, neigh`) }),
  ).toBeVisible();
  await expect(page.getByTestId('check-now')).toHaveText('Check now');
  // or wants labels asked every so many steps: the next ten are followed by answers
  await page.getByTestId('probe-every').selectOption('every 10 steps');
  await page.getByTestId('resume-training').click();
  const asked = async () => Number(/\d+/.exec((await page.getByText(/^Check at step/).textContent()) ?? '')?.[0]);
  await expect.poll(asked, { timeout: 120_000 }).toBeGreaterThan(Number(rests));
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  // as many as there were until it paused
  const tenth = await asked();
  expect(tenth % 10).toBe(0);
  await expect(
    page.getByRole('img', { name: new RegExp(`^Right answers, direction at step ${tenth}, linear [\\d.]+, neigh`) }),
  ).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.screenshot({ path: 'test-results/health.png' });
  noProblems();
});
