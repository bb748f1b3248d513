// The mask lab without any GPU: the researcher's journey from a folder of clips to a link that shows a colleague the same
// picture; the official cut, files that are dropped, links.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { encodeVideos } from './encoded.ts';
import { takeAdapterAway } from './in-worker.ts';
import { number, openLab, pixels, pngChunks, take, times, yaml } from './lab.ts';
import { watch } from './story.ts';

test('the journey: folder, YAML, two settings, statistics, comparison, token, export, link, the same picture', async ({
  browser,
  baseURL,
}) => {
  const [bars, tall, wide] = await encodeVideos(browser, [
    { container: 'webm', codec: 'vp9', width: 160, height: 120, times: times(50) },
    { container: 'mkv', codec: 'vp8', width: 96, height: 128, times: times(37) },
    { container: 'mp4', codec: 'vp9', width: 256, height: 96, times: times(40) },
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'mask-lab-'));
  await writeFile(join(folder, 'bars.webm'), bars);
  await writeFile(join(folder, 'tall.mkv'), tall);
  await writeFile(join(folder, 'wide.mp4'), wide);
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...(baseURL && { baseURL }),
  });
  await takeAdapterAway(context);
  const page = await context.newPage();
  const noProblems = watch(page);
  await openLab(page);
  await expect(page.getByTestId('backend-chip')).toContainText('No GPU');

  // a folder of clips
  await page.getByTestId('folder-input').setInputFiles(folder);
  await expect(page.getByTestId('clip-item')).toHaveCount(3);
  await page.locator('[data-testid=clip-item][data-name="bars.webm"]').getByRole('button').first().click();
  await expect(page.getByTestId('lab-frame')).toHaveAttribute('aria-label', /bars\.webm/);

  // settings of a config
  await page.getByTestId('yaml-input').setInputFiles({
    name: 'vitl16.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(yaml),
  });
  await expect(page.getByTestId('settings-changed')).toContainText(/, [34]\d keys set by vitl16\.yaml \(V-JEPA 1\)/);
  await expect(page.getByTestId('unused-keys')).toContainText('tasks_per_node');
  await expect(page.getByLabel('Frame step', { exact: true })).toHaveValue('2');
  await expect(page.getByLabel('Seed', { exact: true })).toHaveValue('234');

  // two settings
  await page.getByLabel('Blocks', { exact: true }).fill('4');
  await page.getByLabel('Batch', { exact: true }).fill('12');
  await expect(page.getByTestId('settings-changed')).toContainText('2 fields changed');
  await expect(page.getByRole('button', { name: /^Reset Blocks/ })).toBeVisible();

  // statistics
  const began = Date.now();
  await page.getByTestId('measure').click();
  await expect(page.getByTestId('statistics')).toHaveAttribute('data-clips', '10008', { timeout: 60_000 });
  console.log(
    `  10 008 draws: ${await page.getByTestId('measured').textContent()}, ${Date.now() - began} ms to the page`,
  );
  // without a cut nothing is unused; the official cut and a random subset keep equally many
  await expect(page.getByTestId('none-unused')).toHaveText('0 ± 0');
  expect(await page.getByTestId('official-context').textContent()).toBe(
    await page.getByTestId('random-context').textContent(),
  );
  expect(await number(page, 'official-context')).toBeLessThan(await number(page, 'none-context'));
  await expect(page.getByTestId('without-last')).toContainText(/At batch 12, \d+ % of clips keep no context/);

  // three maskings beside each other, that of the settings first; 90 % tubes keep int(196 · 0.1) = 19 places in each of 8
  // tubelets
  await page.getByRole('button', { name: 'compare' }).click();
  await expect(page.getByTestId('columns').getByRole('figure')).toHaveCount(3);
  await expect(page.getByRole('complementary', { name: 'Numbers' })).toContainText('Your mask as in column 1');
  await page.getByTestId('masking-2').selectOption('random tubes');
  await page.getByTestId('masking-0').selectOption('short range');
  await expect(page.getByTestId('compared-2')).toHaveAttribute('aria-label', /random tubes: 152 context, 1416 target/);
  // the panels go on showing the mask of the settings, and say so
  await expect(page.getByRole('complementary', { name: 'Numbers' })).toContainText('Your mask not among the compared');
  await page.getByTestId('masking-1').selectOption('future only');
  await expect(page.getByTestId('compared-1')).toHaveAttribute('aria-label', /1176 context, 392 target and 0 unused/);
  await expect(page.getByTestId('differences')).not.toContainText('…');
  await page.getByRole('button', { name: 'one mask' }).click();

  // a token: row 6, column 10 of tubelet 4
  await page.getByRole('button', { name: 'Pause the clip' }).click();
  await page.getByLabel('Frame', { exact: true }).fill('6');
  const frame = page.getByTestId('lab-frame');
  const box = (await frame.boundingBox())!;
  await frame.click({ position: { x: (box.width * 9.5) / 14, y: (box.height * 5.5) / 14 } });
  const token = String(3 * 196 + 5 * 14 + 9);
  await page.mouse.move(2, 2);
  await expect(page.getByTestId('lab-token')).toHaveAttribute('data-token', token);
  await expect(page.getByTestId('lab-token')).toContainText('4, 6, 10');
  await expect(page.getByTestId('lab-token')).toContainText('144–159');
  await expect(page.getByTestId('lab-token')).toContainText('80–95');

  // pictures and masks to take away
  const context0 = await number(page, 'count-context');
  const target0 = await number(page, 'count-target');
  const png = await take(page, /^Frame PNG/);
  expect(png.name).toBe('bars-frame-set-1-seed-234-draw-0.png');
  expect(png.bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const chunks = pngChunks(png.bytes);
  expect(chunks[0].type).toBe('IHDR');
  expect([chunks[0].data.readUInt32BE(0), chunks[0].data.readUInt32BE(4)]).toEqual([640, 640]);
  expect(chunks.at(-1)?.type).toBe('IEND');
  const text = chunks.filter((c) => c.type === 'iTXt' || c.type === 'tEXt').map((c) => c.data.toString('utf8'));
  expect(text.some((t) => t.startsWith('Comment') && t.includes('"seed":234') && t.includes('"blocks":4'))).toBe(true);

  for (const view of ['Filmstrip', 'Cube', 'Charts of the statistics', 'Coverage maps', 'The token through time']) {
    const { name, bytes } = await take(page, new RegExp(`^${view} PNG`));
    const [head] = pngChunks(bytes);
    console.log(`  ${name}: ${head.data.readUInt32BE(0)} × ${head.data.readUInt32BE(4)}`);
    expect(head.data.readUInt32BE(0)).toBeGreaterThanOrEqual(480);
  }

  const npy = await take(page, /^Roles of all tokens/);
  expect(npy.bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
  const headerEnd = 10 + npy.bytes.readUInt16LE(8);
  const header = npy.bytes.toString('latin1', 10, headerEnd);
  expect(header).toContain("'descr': '|u1'");
  expect(header).toContain("'fortran_order': False");
  expect(header).toContain("'shape': (2, 12, 8, 14, 14)");
  expect(npy.bytes.length - headerEnd).toBe(2 * 12 * 1568);
  const firstClip = npy.bytes.subarray(headerEnd, headerEnd + 1568);
  expect(firstClip.filter((role) => role === 1).length).toBe(context0);
  expect(firstClip.filter((role) => role === 2).length).toBe(target0);

  const json = await take(page, /^Token lists/);
  const masks = JSON.parse(json.bytes.toString('utf8')) as {
    grid: { t: number; h: number; w: number };
    clip: string;
    sets: { context: number[][]; target: number[][] }[];
  };
  expect(masks.grid).toEqual({ t: 8, h: 14, w: 14 });
  expect(masks.clip).toMatch(/^sha256:/);
  expect(masks.sets.map((s) => s.context.length)).toEqual([12, 12]);
  expect(masks.sets[0].context[0].length).toBe(context0);
  expect(masks.sets[0].context[0]).toEqual([...firstClip.keys()].filter((n) => firstClip[n] === 1));

  const csv = await take(page, /^Statistics CSV/);
  expect(csv.bytes.toString('utf8').split('\n')[0]).toContain(',');
  const back = await take(page, /^Settings YAML/);
  expect(back.name).toBe('vitl16.yaml');
  // only what was changed is other than in the file
  const lines = (t: string) => t.split('\n').filter((line) => line.trim());
  const before = lines(yaml);
  const after = lines(back.bytes.toString('utf8'));
  const key = (line: string) => line.trim().split(':')[0];
  expect(after.map(key)).toEqual(before.map(key));
  expect(after.filter((line, i) => line.trim() !== before[i].trim()).map((line) => line.trim())).toEqual([
    'batch_size: 12',
    'num_blocks: 4',
  ]);

  const film = await take(page, /^Film of the masked clip/);
  expect(film.bytes.subarray(0, 4)).toEqual(Buffer.from([0x1a, 0x45, 0xdf, 0xa3])); // EBML
  expect(film.bytes.toString('latin1', 0, 64)).toContain('webm');
  console.log(`  film of 16 frames: ${film.bytes.length} bytes`);

  // the link leads a colleague to the same picture
  await page.getByTestId('copy-link').click();
  await expect(page.getByTestId('notes')).toContainText('Link copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  console.log(`  link of ${link.length} characters`);
  await page.getByRole('button', { name: 'Dismiss the notes' }).click();
  const shown = { frame: await pixels(page, 'lab-frame'), cube: await pixels(page, 'lab-cube') };
  noProblems();
  await context.close();

  const other = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...(baseURL && { baseURL }) });
  await takeAdapterAway(other);
  const colleague = await other.newPage();
  const noOtherProblems = watch(colleague);
  await openLab(colleague, new URL(link).hash);
  await expect(colleague.getByTestId('awaited')).toContainText('bars.webm');
  await expect(colleague.getByTestId('notes')).toHaveCount(0); // all of it was understood
  await expect(colleague.getByRole('button', { name: 'Play the clip' })).toBeVisible();
  // another file is not mistaken for it
  await colleague.getByTestId('file-input').setInputFiles(join(folder, 'wide.mp4'));
  await expect(colleague.getByTestId('awaited')).toContainText('other fingerprints');
  await colleague.getByTestId('file-input').setInputFiles(join(folder, 'bars.webm'));
  await expect(colleague.getByTestId('awaited')).toBeHidden();
  await expect(colleague.getByTestId('lab-frame')).toHaveAttribute('aria-label', /bars\.webm, frame 7/);
  await expect(colleague.getByTestId('lab-token')).toHaveAttribute('data-token', token);
  await expect(colleague.getByLabel('Blocks', { exact: true })).toHaveValue('4');
  expect(await pixels(colleague, 'lab-frame')).toBe(shown.frame);
  expect(await pixels(colleague, 'lab-cube')).toBe(shown.cube);
  noOtherProblems();
  await other.close();
  await rm(folder, { recursive: true });
});

test('the official cut is shown plainly: at batch 24 nine clips in ten keep nothing of the last tubelet', async ({
  page,
}) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.getByTestId('measure').click();
  await expect(page.getByTestId('statistics')).toHaveAttribute('data-clips', '10008', { timeout: 60_000 });
  // measured with the official class over 200 batches: 89 % of clips, 375 context and 747 target tokens
  const sentence = await page.getByTestId('without-last').textContent();
  expect(sentence).toMatch(/At batch 24/);
  expect(Math.abs(Number(/(\d+) %/.exec(sentence ?? '')?.[1]) - 89)).toBeLessThanOrEqual(2);
  expect(Math.abs((await number(page, 'official-context')) - 375)).toBeLessThan(12);
  expect(Math.abs((await number(page, 'official-target')) - 747)).toBeLessThan(12);
  await expect(page.getByTestId('finding')).toContainText('multiblock3d.py');
  // the slider: one clip alone is not cut at all
  await page.getByLabel('Batch size of the statistics').fill('1');
  await expect(page.getByTestId('without-last')).toContainText('At batch 1, 0 %');
  await expect(page.getByTestId('official-unused')).toHaveText('0 ± 0');
  // a long measurement can be stopped
  await page.getByTestId('clips').selectOption('100000');
  await page.getByTestId('measure').click();
  await page.getByTestId('cancel-measure').click();
  await expect(page.getByTestId('measure')).toBeVisible();
  noProblems();
});

test('a YAML dropped anywhere opens the lab; a link to a drawn clip needs no file', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/');
  await expect(page.getByTestId('mask-view')).toBeVisible();
  const transfer = await page.evaluateHandle(
    (text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'mine.yaml'));
      return data;
    },
    yaml.replace('num_blocks: 8', 'num_blocks: 5'),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByTestId('settings-changed')).toContainText('set by mine.yaml');
  await expect(page.getByLabel('Blocks', { exact: true })).toHaveValue('5');
  expect(new URL(page.url()).hash).toBe('#masks');
  // sizes that cannot work are refused in a sentence, and the lab goes on
  await page.getByLabel('Patch', { exact: true }).fill('15');
  await expect(page.getByTestId('mask-problem')).toContainText('crop 224 is not a multiple of patch 15');
  await page.getByLabel('Patch', { exact: true }).fill('2');
  await expect(page.getByTestId('mask-problem')).toContainText('100352 tokens');
  await page.getByRole('button', { name: /^Reset Patch/ }).click();
  await expect(page.getByTestId('lab-frame')).toHaveAttribute('aria-label', /of 1568/);

  // the keyboard is on a button now: Space would press it
  await page.getByRole('button', { name: 'Pause the clip' }).click();
  await page.getByLabel('Frame', { exact: true }).fill('3');
  await expect(page.getByTestId('lab-frame')).toHaveAttribute('data-frame', '3');
  await page.keyboard.press('r');
  await page.evaluate(() => {
    navigator.clipboard.writeText = (text) => {
      document.title = text;
      return Promise.resolve();
    };
  });
  // what is told lies at the top of the stage, and is brought into sight
  await page.locator('main').evaluate((stage) => stage.scrollTo(0, stage.scrollHeight));
  await page.keyboard.press('l');
  await expect(page.getByTestId('notes')).toContainText('Link copied');
  await expect(page.getByTestId('notes')).toBeInViewport({ ratio: 1 });
  const shown = await pixels(page, 'lab-frame');
  const link = await page.title();
  await page.goto('about:blank');
  await openLab(page, new URL(link).hash);
  await expect(page.getByTestId('lab-frame')).toHaveAttribute('data-frame', '3');
  await expect(page.getByTestId('awaited')).toBeHidden();
  await expect.poll(() => pixels(page, 'lab-frame')).toBe(shown);
  // one that is not drawn here is looked for in no file
  await page.goto('about:blank');
  await openLab(page, new URL(link).hash.replace(/drawn-(\d+)-\d+/, 'drawn-$1-999'));
  await expect(page.getByTestId('awaited')).toContainText('which is none that the studio draws');
  await expect(page.getByTestId('awaited')).not.toContainText('Drop the same file');
  noProblems();
});

test('a link leads to a comparison too; a screen that cannot be loaded says so', async ({ page }) => {
  const noProblems = watch(page);
  // V-JEPA 1 at batch 24, with random tubes beside the future
  await openLab(
    page,
    '#v=1&preset=vit_large&batchSize=24&vs.0=tubes&vs.0.kind=tube&vs.0.ratio=0.9&vs.1=later&vs.1.kind=future&vs.1.tubelets=3&view=compare',
  );
  await expect(page.getByTestId('columns').getByRole('figure')).toHaveCount(2);
  await expect(page.getByTestId('compared-0')).toHaveAttribute('aria-label', /152 context, 1416 target/);
  await expect(page.getByTestId('compared-1')).toHaveAttribute('aria-label', /980 context, 588 target/);
  noProblems();

  await page.route(/MaskLab-.*\.js$/, (route) => route.abort());
  await page.goto('/');
  await page.getByRole('link', { name: 'Masks' }).click();
  await expect(page.getByTestId('screen-problem')).toContainText('could not be shown');
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(page.getByTestId('mask-view')).toBeVisible();

  // a part that cannot be loaded takes nothing else away
  await page.route(/(HealthPanel|KeySheet)-.*\.js$/, (route) => route.abort());
  await page.getByRole('button', { name: 'Health' }).click();
  await expect(page.getByTestId('part-problem')).toContainText('The rest goes on');
  await page.keyboard.press('?');
  await expect(page.getByTestId('part-problem')).toHaveCount(2);
  await expect(page.getByTestId('mask-view')).toBeVisible();
  await page.getByRole('button', { name: 'Loss' }).click();
  await expect(page.getByTestId('part-problem')).toHaveCount(1);
});
