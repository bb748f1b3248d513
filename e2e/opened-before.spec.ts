// A video that a run learns from, after a reload: the browser kept the way to it, so one press opens it again and the run goes
// on; forgotten, nothing is offered any more.

import { expect, type Page, test } from 'playwright/test';
import { axe } from './axe.ts';
import { encodeVideos } from './encoded.ts';
import { savedAt, watch } from './story.ts';

/** Drops a file that the browser gives a handle of; it lies in the origin's own files, which a test may give leave to read. */
async function dropWithHandle(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    async ([of, content]) => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle(of, { create: true });
      const out = await handle.createWritable();
      await out.write(Uint8Array.from(content));
      await out.close();
      DataTransferItem.prototype.getAsFileSystemHandle = () => Promise.resolve(handle);
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content)], of));
      return data;
    },
    [name, [...bytes]] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('after a reload the videos of a run are opened again with one press', async ({ page, browser }) => {
  const times = Array.from({ length: 40 }, (_, i) => i / 24);
  const [video] = await encodeVideos(browser, [{ container: 'webm', codec: 'vp9', width: 96, height: 96, times }]);
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await dropWithHandle(page, 'swing.webm', video);
  const clip = page.locator('[data-testid=clip-item][data-name="swing.webm"]');
  await expect(clip).toBeVisible();
  await expect(page.getByTestId('source-select')).toHaveValue('mine');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await savedAt(page, Number(await page.getByTestId('run-step').textContent()));

  await page.reload();
  const before = page.getByTestId('open-again');
  await expect(before).toContainText('Opened before: swing.webm.');
  const offer = page.getByTestId('kept-offer');
  await expect(offer).toContainText('Drop them again: swing.webm');
  await expect(page.getByTestId('take-up')).toBeDisabled();
  expect(await axe(page)).toEqual([]);
  await page.screenshot({ path: 'test-results/open-again.png' });
  await offer.getByRole('button', { name: 'Open it again' }).click();
  await expect(clip).toHaveAttribute('data-frames', '40');
  await expect(before).toHaveCount(0);
  await page.getByTestId('take-up').click();
  await expect(page.getByTestId('run-state')).toHaveText('training', { timeout: 60_000 });
  await expect(page.getByTestId('source-select')).toHaveValue('mine');
  await page.getByTestId('stop-training').click();

  await page.reload();
  await before.getByRole('button', { name: 'Forget' }).click();
  await expect(before).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await expect(page.getByTestId('kept-runs')).toBeVisible();
  await expect(before).toHaveCount(0);
  noProblems();
});
