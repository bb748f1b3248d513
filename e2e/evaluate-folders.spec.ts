// The tinkerer's journey with clips of his own: a folder of three classes, a short pre-training, probes with few labels
// beside random weights, the confusion table, a clip under the probe's eyes, and the report as a file.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import type { ClipPlan } from './encode.ts';
import { encodeVideos } from './encoded.ts';
import { smallSteps, watch } from './story.ts';

const classes = { rests: [0, 0], right: [3, 0], down: [0, 3] } satisfies Record<string, [number, number]>;
const each = 5;

/** Five short videos of every class, each beginning somewhere else. */
const plans = Object.values(classes).flatMap((by, c) =>
  Array.from({ length: each }, (_, i): ClipPlan => ({
    container: 'webm',
    codec: 'vp8',
    width: 64,
    height: 64,
    times: Array.from({ length: 20 }, (_unused, t) => t / 24),
    moving: { from: [(i * 23 + c * 11) % 64, (i * 37 + c * 29) % 64], by: [by[0], by[1]] },
  })),
);

interface Exported {
  report: {
    step: number;
    classes: string[];
    counts: number[][];
    chance: number;
    rows: { source: string; probe: string; share: number; trials: { test: number }[]; mean: number }[];
    confusion: { clips: unknown[] };
  };
}

test('a folder of three classes: pre-trained, probed with few labels, looked into, exported', async ({
  page,
  browser,
}) => {
  test.setTimeout(300_000);
  page.setDefaultTimeout(20_000);
  const noProblems = watch(page);
  const folder = mkdtempSync(join(tmpdir(), 'classes-'));
  const videos = await encodeVideos(browser, plans);
  Object.keys(classes).forEach((name, c) => {
    mkdirSync(join(folder, name));
    for (let i = 0; i < each; i++) writeFileSync(join(folder, name, `${name}-${i}.webm`), videos[c * each + i]);
  });
  writeFileSync(join(folder, 'index.md'), '# What lies here\n');
  await page.goto('/');
  await page.getByTestId('folder-input').setInputFiles(folder);
  await expect(page.locator('.clip-name', { hasText: '.webm' })).toHaveCount(3 * each, { timeout: 90_000 });
  // as they lie in the folder, and what is no video is no fault
  const names = await page.locator('.clip-name', { hasText: '.webm' }).allTextContents();
  expect(names).toEqual(names.toSorted());
  await expect(page.getByTestId('left-out')).toContainText('index.md');
  await expect(page.getByTestId('clip-failed')).toHaveCount(0);
  await page.getByTestId('preset-select').selectOption('nano');
  await smallSteps(page);
  await page.getByTestId('start-training').click();
  await expect
    .poll(async () => Number(await page.getByTestId('run-step').textContent()), { timeout: 120_000 })
    .toBeGreaterThanOrEqual(3);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');

  await page.getByRole('link', { name: 'Evaluate' }).click();
  await page.getByTestId('evaluation-data').selectOption('library');
  const counted = page.getByTestId('classes').locator('tbody tr');
  await expect(counted).toHaveCount(3);
  for (const name of Object.keys(classes)) await expect(counted.filter({ hasText: name })).toContainText(`${each}`);
  // few clips of a class: said before anything is computed
  await expect(page.getByTestId('evaluation-warnings')).toContainText('test');
  for (const control of ['mean colour', 'frames shuffled', 'one frame repeated'])
    await page.getByRole('checkbox', { name: control }).uncheck();
  await page.getByRole('checkbox', { name: 'kNN' }).uncheck();
  for (const share of ['5 %', '50 %']) await page.getByRole('checkbox', { name: share, exact: true }).check();
  await page.getByLabel('Seeds', { exact: true }).fill('1');

  // once begun and cancelled, then to the end
  await page.getByTestId('start-evaluation').click();
  await expect(page.getByTestId('evaluation-stage')).toContainText(/\d+ of \d+/);
  await page.getByTestId('cancel-evaluation').click();
  await expect(page.getByTestId('evaluation-cancelled')).toBeVisible();
  await page.getByTestId('start-evaluation').click();
  await expect(page.getByTestId('evaluation-stage')).toContainText(/\d s left/, { timeout: 120_000 });
  await expect(page.getByTestId('verdicts')).toBeVisible({ timeout: 180_000 });
  await expect(page.getByTestId('verdicts')).toContainText(/random weights \d\.\d\d.*chance 0\.33/);
  await expect(page.getByTestId('few-labels')).toBeVisible();

  // a cell with clips, one of them, and where the query looks
  await page.locator('.confusion .cell:not(:text-is("0"))').first().click();
  await page.getByTestId('cell-clips').getByRole('button').first().click();
  await expect(page.getByTestId('look')).toHaveAttribute('data-looked', 'true', { timeout: 60_000 });

  await page.getByTestId('evaluation-export').click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: /Whole report/ }).click();
  const bytes = await readFile(await (await waiting).path());
  const { report } = JSON.parse(bytes.toString()) as Exported;
  expect(report.classes).toEqual(['down', 'rests', 'right']);
  expect(report.step).toBeGreaterThanOrEqual(3);
  expect(report.counts.map((c) => c.reduce((a, b) => a + b, 0))).toEqual([each, each, each]);
  expect(report.chance).toBeCloseTo(1 / 3, 9);
  // trained and random × attentive and linear × 5, 50 and 100 % of the labels
  expect(report.rows).toHaveLength(12);
  for (const row of report.rows) {
    expect(row.trials).toHaveLength(row.share < 1 ? 3 : 1);
    const mean = row.trials.reduce((sum, t) => sum + t.test, 0) / row.trials.length;
    expect(row.mean).toBeCloseTo(mean, 9);
    for (const { test: right } of row.trials) expect(right).toBeLessThanOrEqual(1);
  }
  noProblems();
  rmSync(folder, { recursive: true });
});
