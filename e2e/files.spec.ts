// Stories 2 and 3: a real encoded video is dropped, appears with its true length, is masked, trained on and mapped; a cut
// file and a text file named .mp4 are named as such, and nothing else breaks.

import { expect, type Page, test } from 'playwright/test';
import { encodeVideos } from './encoded.ts';
import { readMap, trainTo, watch } from './story.ts';

const rate = 24;
const times = (frames: number): number[] => Array.from({ length: frames }, (_, i) => i / rate);

/** Drops files on the page, as a person would. */
async function drop(page: Page, files: { name: string; bytes: Buffer }[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (list) => {
      const data = new DataTransfer();
      for (const { name, bytes } of list) data.items.add(new File([Uint8Array.from(bytes)], name));
      return data;
    },
    files.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop to add clips')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('a dropped video is listed with its true length, masked, trained on and mapped', async ({ page, browser }) => {
  const [webm, mkv] = await encodeVideos(browser, [
    { container: 'webm', codec: 'vp9', width: 160, height: 120, times: times(50) },
    { container: 'mkv', codec: 'vp8', width: 96, height: 128, times: times(37) },
  ]);
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await drop(page, [
    { name: 'bars.webm', bytes: webm },
    { name: 'tall.mkv', bytes: mkv },
  ]);
  const item = page.locator('[data-testid=clip-item][data-name="bars.webm"]');
  await expect(item).toHaveAttribute('data-frames', '50');
  expect(Number(await item.getAttribute('data-seconds'))).toBeCloseTo(50 / rate, 1);
  await expect(page.locator('[data-testid=clip-item][data-name="tall.mkv"]')).toHaveAttribute('data-frames', '37');
  await expect(page.getByTestId('source-select')).toHaveValue('mine');

  // on the stage, under a mask that R draws again
  await item.getByRole('button').first().click();
  await expect(page.getByTestId('mask-view')).toHaveAttribute('aria-label', /bars\.webm/);
  const masks = new Set<string | null>();
  for (let i = 0; i < 3; i++) {
    masks.add(await page.getByTestId('mask-view').getAttribute('data-hash'));
    await page.keyboard.press('r');
  }
  expect(masks.size).toBe(3);

  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await trainTo(page, 12);
  const map = await readMap(page);
  expect(map.max).toBeGreaterThan(map.min);
  await expect(page.getByTestId('error-map')).toHaveAttribute('aria-label', /mean 0\.\d+/);
  await page.getByTestId('stop-training').click();
  noProblems();
});

test('cut and false files are named with their reason, the others load', async ({ page, browser }) => {
  const [whole] = await encodeVideos(browser, [
    { container: 'mp4', codec: 'vp9', width: 128, height: 96, times: times(48) },
  ]);
  const noProblems = watch(page);
  await page.goto('/');
  await page.getByTestId('file-input').setInputFiles([
    {
      name: 'notes.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.from('this is only text, whatever its name says\n'.repeat(40)),
    },
    { name: 'half.mp4', mimeType: 'video/mp4', buffer: whole.subarray(0, Math.floor(whole.length * 0.5)) },
    { name: 'empty.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(0) },
    { name: 'whole.mp4', mimeType: 'video/mp4', buffer: whole },
  ]);
  await expect(page.locator('[data-testid=clip-item][data-name="whole.mp4"]')).toHaveAttribute('data-frames', '48');
  await expect(page.locator('[data-testid=clip-failed][data-name="notes.mp4"]')).toContainText('notes.mp4');
  await expect(page.locator('[data-testid=clip-failed][data-name="empty.mp4"]')).toContainText(
    /empty|no bytes|0 bytes/,
  );
  // an index at the front and half of the samples: what is there loads, and says that the rest is missing
  const cut = page.locator(
    '[data-testid=clip-item][data-name="half.mp4"], [data-testid=clip-failed][data-name="half.mp4"]',
  );
  await expect(cut).toContainText(/of 48|cut|missing|truncated|damaged/i);
  const failed = await page.getByTestId('clip-failed').allTextContents();
  console.log(failed.map((t) => `  ${t}`).join('\n'));
  for (const sentence of failed) expect(sentence.length).toBeGreaterThan(40);
  // nothing else broke: masks go on, and the failed ones can be dismissed
  await page.keyboard.press('r');
  await page.getByTestId('clip-failed').first().getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByTestId('clip-failed')).toHaveCount(failed.length - 1);
  noProblems();
});

test('what becomes of dropped files is told on every screen', async ({ page, browser }) => {
  const [whole] = await encodeVideos(browser, [
    { container: 'webm', codec: 'vp9', width: 64, height: 64, times: times(12) },
  ]);
  const noProblems = watch(page);
  for (const screen of ['system', 'runs', 'evaluate']) {
    await page.goto(`/#${screen}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await drop(page, [
      { name: 'empty.mp4', bytes: Buffer.alloc(0) },
      { name: `${screen}.webm`, bytes: whole },
    ]);
    await expect(page.locator('[data-testid=clip-failed][data-name="empty.mp4"]')).toBeVisible();
    await expect(page.getByTestId('clips-came')).toContainText('1 clip was added');
    await page.getByRole('button', { name: 'Dismiss the note on empty.mp4' }).click();
    await page.getByTestId('clips-came').getByRole('link', { name: 'Train' }).click();
    await expect(page.locator(`[data-testid=clip-item][data-name="${screen}.webm"]`)).toBeVisible();
    await page.reload();
  }
  noProblems();
});
