// An encoder from a file, on a machine without WebGPU: read, asked for what it does not say, run, shown; files that do not
// fit get their sentence.

import { expect, type Page, test } from 'playwright/test';
import { type Recipe, tinyEncoder } from '../src/testing/onnx-encoders.ts';
import { axe } from './axe.ts';
import { takeWebGpuAway } from './in-worker.ts';
import { watch } from './story.ts';

const recipe: Recipe = { patch: [2, 8, 8], frames: 8, side: 64, channels: 32, extra: 1, order: 'BTCHW' };

/** The runtime is 14 MB to compile. */
const loading = { timeout: 60_000 };

async function choose(page: Page, name: string, file: Uint8Array): Promise<void> {
  const chosen = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(file) };
  await page.getByTestId('pretrained-file').setInputFiles(chosen);
}

test('an encoder from a file gives features without WebGPU', async ({ page }) => {
  const noProblems = watch(page);
  await takeWebGpuAway(page);
  await page.goto('/');
  await expect(page.getByTestId('device-advice')).toContainText('no WebGPU');
  const { file } = tinyEncoder(recipe);

  // dropped among the clips, it opens the Look screen
  const dropped = { name: 'tiny.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(file) };
  await page.getByTestId('file-input').setInputFiles(dropped);
  await expect(page.getByTestId('pretrained-facts')).toContainText('1 × 8 × 3 × 64 × 64, float32');
  await page.getByTestId('pretrained-colours').selectOption({ label: '0 to 255' });
  const from = Date.now();
  await page.getByTestId('pretrained-confirm').click();
  const about = page.getByTestId('pretrained-about');
  await expect(about).toContainText('256 tokens of 32 channels, 4 × 8 × 8', loading);
  console.log(`features, with loading of the runtime: ${Date.now() - from} ms; ${await about.textContent()}`);
  await expect(about).toContainText('WebAssembly');
  await expect(about).toContainText('1 class or register token in front left out');
  const pca = page.getByTestId('pretrained-pca');
  const hash = await pca.getAttribute('data-hash');

  // another token, another map; the keyboard can do it too
  const cosine = page.getByTestId('pretrained-cosine');
  const before = await cosine.getAttribute('data-hash');
  await page.keyboard.press('.');
  await pca.click({ position: { x: 5, y: 5 } });
  await expect(cosine).not.toHaveAttribute('data-hash', before ?? '');
  const clicked = await cosine.getAttribute('data-token');
  await cosine.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(cosine).not.toHaveAttribute('data-token', clicked ?? '');
  expect(await axe(page)).toEqual([]);
  if (process.env.LOOK_PICTURES) await pictures(page, process.env.LOOK_PICTURES, 'features');

  // the same file again: what was answered is known, and the features are the same
  await choose(page, 'again.onnx', file);
  await expect(page.getByText('As answered before.')).toBeVisible();
  await expect(pca).toHaveAttribute('data-hash', hash ?? '', loading);

  const error = page.getByTestId('pretrained-error');
  await choose(page, 'classifier.onnx', tinyEncoder({ ...recipe, pooled: true }).file);
  await expect(error).toContainText('The output logits is of 1 × 32: one answer for the whole clip');
  await choose(page, 'cut.onnx', file.subarray(0, 3000));
  await expect(error).toContainText('cut.onnx is cut off');
  await choose(page, 'text.onnx', Buffer.from('hello, this is no model'));
  await expect(error).toContainText('text.onnx is not an ONNX model');

  // sizes that the file leaves open are asked for, and what cannot be is said in the form
  await choose(page, 'open.onnx', tinyEncoder({ ...recipe, sizes: 'named' }).file);
  await page.getByLabel('Frames', { exact: true }).fill('7');
  await expect(page.getByTestId('pretrained-problem')).toContainText('do not divide 7');
  await expect(page.getByTestId('pretrained-confirm')).toBeDisabled();
  await page.getByLabel('Frames', { exact: true }).fill('4');
  await page.getByLabel('Side, pixels', { exact: true }).fill('32');
  if (process.env.LOOK_PICTURES) await pictures(page, process.env.LOOK_PICTURES, 'questions');
  await expect(page.getByTestId('pretrained-confirm')).toBeEnabled();
  await page.getByTestId('pretrained-remove').click();
  await expect(page.getByTestId('pretrained-facts')).toBeHidden();
  noProblems();
});

/** The screen at two sizes in both themes, for looking at. */
async function pictures(page: Page, folder: string, what: string): Promise<void> {
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
  ])
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/onnx-${what}-${width}-${colorScheme}.png`, fullPage: true });
    }
}
