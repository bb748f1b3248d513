// What the lab saved opens again where it is dropped: a picture as the state it was made of, masks as painted sets.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { writeNpy } from '../src/formats/npy.ts';
import { watch } from './story.ts';

async function take(page: Page, name: RegExp): Promise<Buffer> {
  await page.getByTestId('export').click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return readFile(await (await waiting).path());
}

const add = (page: Page, name: string, buffer: Buffer) =>
  page.getByTestId('file-input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

const shownMask = (page: Page) => page.getByTestId('lab-frame').getAttribute('data-hash');

async function openLab(page: Page): Promise<void> {
  await page.goto('/#masks');
  await expect(page.getByTestId('lab-frame')).toBeVisible();
  await expect(page.getByTestId('count-target')).toBeVisible();
}

test('a saved picture brings back settings, draw and masks', async ({ page, context }) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.getByLabel('Blocks', { exact: true }).fill('3');
  await page.keyboard.press('Escape');
  await page.getByLabel('Seed', { exact: true }).fill('77');
  await expect(page.getByTestId('settings-changed')).toBeVisible();
  const mask = await shownMask(page);
  const png = await take(page, /^Frame PNG/);
  const other = await context.newPage();
  const noOtherProblems = watch(other);
  await openLab(other);
  expect(await shownMask(other)).not.toBe(mask);
  await add(other, 'frame.png', png);
  await expect(other.getByLabel('Seed', { exact: true })).toHaveValue('77');
  await expect(other.getByLabel('Blocks', { exact: true })).toHaveValue('3');
  expect(await shownMask(other)).toBe(mask);
  await expect(other.getByTestId('lab-preset').locator('option:checked')).toHaveText('frame.png');
  // the same picture again, after a change
  await other.getByLabel('Blocks', { exact: true }).fill('5');
  await expect.poll(() => shownMask(other)).not.toBe(mask);
  await add(other, 'frame.png', png);
  await expect(other.getByLabel('Blocks', { exact: true })).toHaveValue('3');
  expect(await shownMask(other)).toBe(mask);
  noProblems();
  noOtherProblems();
});

test('saved masks come in as painted sets', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.getByLabel('Cut', { exact: true }).selectOption('none');
  const targets = await page.getByTestId('count-target').textContent();
  const mask = await shownMask(page);
  for (const [name, what] of [
    ['masks.json', /^Token lists/],
    ['masks.npy', /^Roles of all tokens/],
  ] as const) {
    const saved = await take(page, what);
    await page.reload();
    await openLab(page);
    await add(page, name, saved);
    await expect(page.getByTestId('notes')).toContainText(`first clip in ${name}`);
    await expect(page.getByTestId('count-target')).toHaveText(targets ?? '');
    expect(await shownMask(page)).toBe(mask);
  }
  noProblems();
});

test('what is none of ours is refused with a sentence', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  const array = Buffer.from(writeNpy({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }));
  await add(page, 'weights.npy', array);
  await expect(page.getByText('The array has the shape (2, 2)')).toBeVisible();
  await add(page, 'notes.json', Buffer.from('{}'));
  await expect(page.getByText('These masks cannot be read')).toBeVisible();
  // on another screen it is not left for the lab
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(page.getByTestId('start-training')).toBeVisible(); // before that the input is the other screen's
  await add(page, 'run.json', Buffer.from(JSON.stringify({ format: 'v-jepa-studio run 1', metrics: [] })));
  await expect(page.getByText('run.json holds the numbers of a run without its weights')).toBeVisible();
  await expect(page.getByText('Drop the checkpoint of the run')).toBeVisible();
  expect(new URL(page.url()).hash).toBe('#train');
  noProblems();
});
