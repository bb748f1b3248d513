// Every chart of the Train screen leaves it as a picture: with the colours that it has on the page, in light and dark, and with
// the settings of its run inside.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { pngChunks } from './lab.ts';
import { smallSteps, trainTo, watch } from './story.ts';

const folder = process.env.PICTURES;

async function savePicture(page: Page, of: string): Promise<{ name: string; bytes: Buffer }> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: `Save ${of} as a picture` }).click();
  const download = await waiting;
  const name = download.suggestedFilename();
  if (folder) await download.saveAs(`${folder}/${name}`);
  return { name, bytes: await readFile(await download.path()) };
}

const sizeOf = (png: Buffer): [number, number] => {
  const [{ data }] = pngChunks(png);
  return [data.readUInt32BE(0), data.readUInt32BE(4)];
};

const saidIn = (png: Buffer): string =>
  pngChunks(png)
    .filter(({ type }) => type === 'iTXt' || type === 'tEXt')
    .map(({ data }) => data.toString('utf8'))
    .join('\n');

/** Pixels of a picture that have the page's own colours, by the names of the theme. */
const coloured = (page: Page, png: Buffer, names: string[]): Promise<number[]> =>
  page.evaluate(
    async ({ base64, wanted }) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes]));
      const ctx = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
      ctx.drawImage(picture, 0, 0);
      const { data } = ctx.getImageData(0, 0, picture.width, picture.height);
      const probe = document.body.appendChild(document.createElement('i'));
      const colours = wanted.map((name) => {
        probe.style.color = `var(--${name})`;
        return (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number);
      });
      probe.remove();
      const counts = colours.map(() => 0);
      for (let i = 0; i < data.length; i += 4)
        colours.forEach((c, k) => {
          if ([0, 1, 2].every((n) => data[i + n] === c[n])) counts[k]++;
        });
      return counts;
    },
    { base64: png.toString('base64'), wanted: names },
  );

test('curves, health and layers are saved as pictures', async ({ page }) => {
  test.setTimeout(400_000);
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByText('stored run, nano', { exact: false })).toBeVisible();

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { name, bytes } = await savePicture(page, 'loss');
    // dropped on the page again it brings the settings of its run
    await page.getByTestId('predict-target').selectOption('pixels');
    await page.getByTestId('file-input').setInputFiles({ name, mimeType: 'image/png', buffer: bytes });
    await expect(page.getByTestId('settings-from')).toHaveText(`The settings are those of the run in ${name}.`);
    await expect(page.getByTestId('predict-target')).toHaveValue('features');
    expect(name).toMatch(/^stored-run-loss-step-\d+\.png$/);
    expect(saidIn(bytes)).toContain('"settings":{');
    const [ground, ink, first, second] = await coloured(page, bytes, ['page', 'text', 'series-1', 'series-2']);
    const [width, height] = sizeOf(bytes);
    expect(ground).toBeGreaterThan(width * height * 0.7);
    for (const some of [ink, first, second]) expect(some).toBeGreaterThan(300);
  }

  await page.getByRole('button', { name: 'Schedule' }).click();
  const schedule = await savePicture(page, 'schedule');
  expect((await coloured(page, schedule.bytes, ['series-3']))[0]).toBeGreaterThan(300);

  await smallSteps(page);
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-loss')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Health', exact: true }).click();
  await expect(page.getByTestId('health')).toBeVisible({ timeout: 180_000 });
  await trainTo(page, 12);
  const health = await savePicture(page, 'health');
  expect(health.name).toMatch(/^[a-z]+-[a-z]+-health-step-\d+\.png$/);
  const [width, height] = sizeOf(health.bytes);
  await page.getByText(/^Spectrum, channels and layers at step/).click();
  const more = await savePicture(page, 'health');
  expect(sizeOf(more.bytes)).toEqual([width, expect.any(Number)]);
  expect(sizeOf(more.bytes)[1]).toBeGreaterThan(height);

  await page.keyboard.press('z');
  await page.getByRole('button', { name: 'AdamW', exact: true }).click();
  const layers = await savePicture(page, 'layers, AdamW');
  expect(layers.name).toMatch(/^[a-z]+-[a-z]+-slow-adamw-step-\d+\.png$/);
  expect((await coloured(page, layers.bytes, ['series-1']))[0]).toBeGreaterThan(300);
  noProblems();
});
