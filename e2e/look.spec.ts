// Where and when prediction fails: errors of every token, surprise over the video, a splice that provokes it.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { axe } from './axe.ts';
import { encodeVideos } from './encoded.ts';
import { smallSteps, watch } from './story.ts';

const map = async (page: Page, which: 'current' | 'random') => {
  const canvas = page.getByTestId(`look-${which}`);
  const read = async (name: string) => (await canvas.getAttribute(`data-${name}`)) ?? '';
  return { mean: Number(await read('mean')), tokens: Number(await read('tokens')), hash: await read('hash') };
};

async function measured(page: Page, what: 'measuring' | 'surprising'): Promise<number> {
  const from = Date.now();
  await page.getByTestId(what).click();
  await expect(page.getByTestId(`${what}-now`)).toBeVisible();
  await expect(page.getByTestId(what)).toBeVisible({ timeout: 120_000 });
  return Date.now() - from;
}

/** Pictures of the page in a second, over three, and the longest time between two of them. */
function smoothness(page: Page): Promise<{ rate: string; longest: string }> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const times: number[] = [];
        const next = (time: number) => {
          times.push(time);
          const span = time - times[0];
          if (span < 3000) return requestAnimationFrame(next);
          const gaps = times.slice(1).map((t, i) => t - times[i]);
          resolve({ rate: ((1000 * gaps.length) / span).toFixed(0), longest: Math.max(...gaps).toFixed(0) });
        };
        requestAnimationFrame(next);
      }),
  );
}

async function exported(page: Page, name: string, note: string): Promise<Buffer> {
  const menu = page.locator('.popover.menu:popover-open');
  await page.getByTestId('look-export').click();
  const download = page.waitForEvent('download');
  await menu.getByRole('button', { name: `${name} ${note}` }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(new RegExp(`step-\\d+\\.${note.toLowerCase()}$`));
  await expect(menu).toBeHidden();
  return readFile(await file.path());
}

/** Counts what the page asks of its worker. */
const countQuestions = (page: Page) =>
  page.addInitScript(() => {
    const types: string[] = [];
    const post: unknown = Reflect.get(Worker.prototype, 'postMessage');
    if (typeof post !== 'function') return;
    const counting = new Proxy(post, {
      apply(target, worker, given: [{ type: string }]) {
        types.push(given[0].type);
        return Reflect.apply(target, worker, given);
      },
    });
    Object.assign(Worker.prototype, { postMessage: counting });
    Object.assign(window, { questionsAsked: types });
  });
const questions = (page: Page, type: string): Promise<number> =>
  page.evaluate(
    (wanted) => (window as unknown as { questionsAsked: string[] }).questionsAsked.filter((t) => t === wanted).length,
    type,
  );

test('a trained run: errors of every token, features, surprise, and a splice that stands out', async ({ page }) => {
  test.setTimeout(600_000);
  page.setDefaultTimeout(20_000);
  const noProblems = watch(page);
  await countQuestions(page);
  await page.goto('/#look');
  await expect(page.getByTestId('look-no-run')).toContainText('Train one');
  await page.getByTestId('open-trained').click();
  await expect(page.getByTestId('measuring')).toBeEnabled({ timeout: 100_000 });

  console.log(`errors of every token, twice: ${await measured(page, 'measuring')} ms`);
  const skill = await map(page, 'current');
  const noSkill = await map(page, 'random');
  console.log(`skill: trained ${skill.mean}, random weights ${noSkill.mean}`);
  expect(skill.mean).toBeLessThan(1);
  expect(skill.mean).toBeGreaterThan(noSkill.mean);
  for (const by of ['distance', 'tubelet', 'motion', 'set'])
    await expect(page.getByTestId(`look-by-${by}`)).toHaveAttribute('aria-label', /skill against mean feature by/);
  await expect(page.getByTestId('look-caution')).toBeHidden();
  // the key explains what is there
  await expect(page.getByText('▾ goes on below −1')).toHaveCount(
    (await page.getByText('▾', { exact: true }).count()) ? 1 : 0,
  );
  const sets = page.getByRole('group', { name: 'Mask sets' }).getByRole('button');
  for (const place of [1, 2, 0]) {
    await page.keyboard.press('s');
    await expect(sets.nth(place)).toHaveAttribute('aria-pressed', 'true');
  }
  await page.keyboard.press('q');
  await expect(page.getByTestId('look-caution')).toContainText('no common scale');
  const trained = await map(page, 'current');
  const random = await map(page, 'random');
  console.log(`mean error: trained ${trained.mean}, random weights ${random.mean}`);
  expect(trained.tokens).toBe(100);
  expect(random.tokens).toBe(100);
  expect(trained.mean).toBeLessThan(random.mean);
  // the numbers are known: asked again, they come at once
  const again = Date.now();
  const asked = await questions(page, 'errorVolume');
  await page.keyboard.press('e');
  await expect.poll(() => questions(page, 'errorVolume')).toBe(asked + 2);
  await expect(page.getByTestId('measuring')).toBeVisible();
  console.log(`asked again: ${Date.now() - again} ms`);
  expect((await map(page, 'current')).hash).toBe(trained.hash);

  // while the maps are those of the clip as it is
  await exported(page, 'Every token', 'NPY');
  // charts in two rows under a title and what their bars mean, maps between two lines and their scale of colours: 48 pixels a line
  const high = (png: Buffer) => png.readUInt32BE(20);
  expect(high(await exported(page, 'What tokens have in common', 'PNG'))).toBe(2 * (256 + 48) + 2 * 48 + 32);
  expect(high(await exported(page, 'The pictures of this frame', 'PNG'))).toBe(640 + 3 * 48 + 32);

  await features(page);
  await arranged(page);

  await page.keyboard.press(' '); // the clip plays meanwhile
  const [taken, { rate, longest }] = await Promise.all([measured(page, 'surprising'), smoothness(page)]);
  await page.keyboard.press(' ');
  console.log(`surprise, twice: ${taken} ms; the page meanwhile: ${rate} pictures a second, ${longest} ms at most`);
  const track = page.getByTestId('surprise');
  const peaksNow = async () => ((await track.getAttribute('data-peaks')) ?? '').split(' ').filter(Boolean).map(Number);
  const before = Number(await track.getAttribute('data-max'));
  const calm = await track.getAttribute('data-hash');
  // nothing happens in the clip as it is
  expect(await peaksNow()).toEqual([]);
  await expect(page.getByTestId('next-peak')).toBeDisabled();
  await expect(page.getByTestId('next-peak')).toHaveText('No peak');
  // either network's curves have the height for themselves, and the key says what that of random weights goes through
  await expect(page.getByText(/random weights, own scale \d\.\d{3} to \d\.\d{3}$/)).toBeVisible();
  for (const lines of ['.line-random', '.line-now, .line-other']) {
    const boxes = await Promise.all((await track.locator(lines).all()).map((line) => line.boundingBox()));
    const [top, bottom] = [boxes.map((b) => b!.y), boxes.map((b) => b!.y + b!.height)];
    expect(Math.max(...bottom) - Math.min(...top)).toBeGreaterThan(50);
  }
  // a change that another one takes the place of is not measured to its end
  await page.getByTestId('provoke-kind').selectOption('swap');
  await page.getByTestId('provoke').click();
  await expect(page.getByTestId('surprising-now')).toBeVisible();
  await page.getByTestId('provoke-kind').selectOption('splice');
  await page.getByTestId('provoke').click();
  await expect(page.locator('.line-before').first()).toBeAttached({ timeout: 120_000 });
  await expect(page.getByTestId('surprising')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByTestId('changed-band')).toHaveText('another film, frames 33 to 40');
  await expect(track).not.toHaveAttribute('data-hash', calm ?? '');
  const after = Number(await track.getAttribute('data-max'));
  const peaks = await peaksNow();
  console.log(
    `largest surprise: ${before} as it was, ${after} with a splice at frame 32; peaks at ${peaks.join(', ')}`,
  );
  expect(after).toBeGreaterThan(before);
  // the first window whose predicted frames reach the splice begins at most a tubelet of four frames before it
  expect(peaks[0]).toBeGreaterThan(28);
  expect(peaks[0]).toBeLessThanOrEqual(32);
  await expect(page.getByTestId('peak')).toHaveCount(peaks.length);
  await page.keyboard.press('n');
  await expect(track).toHaveAttribute('data-cursor', String(peaks[0]));

  await exported(page, 'Track', 'PNG');
  await exported(page, 'Every window', 'CSV');
  if (process.env.LOOK_PICTURES) await pictures(page, process.env.LOOK_PICTURES);
  expect(await axe(page)).toEqual([]);

  // a change is of one clip: another one is as it was
  await page.getByRole('toolbar', { name: 'Drawn clips' }).getByRole('button').nth(2).click();
  await expect(page.getByTestId('to-change')).toHaveCount(0);
  // the button that begins a measurement ends it: the keyboard stays where it was
  await page.getByTestId('surprising').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('surprising-now').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('surprising')).toBeFocused();
  noProblems();
});

/** One, two and four pictures; one alone, what its corner gives; a link that leads back to all of it. */
async function arranged(page: Page): Promise<void> {
  const shown = page.getByTestId('look-panes').locator('figure');
  await page.keyboard.press('1');
  await expect(shown).toHaveCount(1);
  await page.keyboard.press('4');
  await expect(shown).toHaveCount(4);
  for (const one of ['look-current', 'look-random', 'features-current', 'features-random'])
    await expect(page.getByTestId(one)).toBeInViewport({ ratio: 1 });
  await expect(page.getByTestId('features-random')).toHaveAttribute('data-kind', /pca|similarity|attention/);
  await page.getByRole('button', { name: 'Random weights, error alone' }).click();
  await expect(shown).toHaveCount(1);
  await expect(page.getByTestId('look-random')).toBeVisible();
  const taken = new Map<string, Buffer>();
  for (const ending of ['PNG', 'WebM', 'CSV', 'NPY']) {
    await page.getByRole('button', { name: 'Export Random weights, error' }).click();
    const download = page.waitForEvent('download');
    await page
      .locator('.popover.menu:popover-open')
      .getByRole('button', { name: new RegExp(`${ending}$`) })
      .click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`Drawn-clip-1-error-all-masks-random-nano-step-0.${ending.toLowerCase()}`);
    const bytes = await readFile(await file.path());
    taken.set(ending, bytes);
    if (ending === 'PNG') expect(bytes.readUInt32BE(20)).toBe(640 + 3 * 48 + 32); // with its scale of colours
    else if (ending === 'CSV') expect(bytes.toString().trim().split('\n')).toHaveLength(101);
    else expect(bytes.length).toBeGreaterThan(400);
  }
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy a link to Random weights, error' }).click();
  await expect(page.getByTestId('look-notes')).toContainText('Link copied');
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).toMatch(/#look&run=run-[^&]+&clip=drawn-1-0&name=Drawn%20clip%201&.*panes=4&largest=errors-random$/);
  await page.getByRole('button', { name: 'Dismiss the notes' }).click();
  await page.keyboard.press('x');
  await page.keyboard.press('2');
  await expect(shown).toHaveCount(2);
  // the same page opens it: what is on the screen is that of the link again
  await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
  await expect(shown).toHaveCount(1);
  await expect(page.getByTestId('look-random')).toBeVisible();
  await expect(page.getByTestId('look-asked-run')).toBeHidden();
  // and so does the picture that was saved of it
  await page.keyboard.press('x');
  await page.keyboard.press('2');
  await expect(shown).toHaveCount(2);
  const picture = { name: 'saved.png', mimeType: 'image/png', buffer: taken.get('PNG') ?? Buffer.of() };
  await page.getByTestId('file-input').setInputFiles(picture);
  await expect(shown).toHaveCount(1);
  await expect(page.getByTestId('look-random')).toBeVisible();
  // a link to a run that is not here says so
  await page.evaluate(() => (location.hash = '#look&run=run-elsewhere-1&mode=dreams'));
  await expect(page.getByTestId('look-asked-run')).toContainText('not kept on this device');
  await expect(page.getByTestId('look-notes')).toContainText('field mode is “dreams”');
  await page.getByRole('button', { name: 'Do without' }).click();
  await page.getByRole('button', { name: 'Dismiss the notes' }).click();
  await page.evaluate(() => (location.hash = '#look'));
  await expect(shown).toHaveCount(2);
}

test('a video of one’s own: play, errors, features of a token, surprise, provoked, taken away', async ({
  page,
  browser,
}) => {
  page.setDefaultTimeout(20_000);
  const noProblems = watch(page);
  const times = Array.from({ length: 160 }, (_, i) => i / 24); // more than is looked at frame by frame
  const shape = { container: 'webm', codec: 'vp8', width: 96, height: 96 } as const;
  const [buffer] = await encodeVideos(browser, [{ ...shape, times, moving: { from: [8, 30], by: [1, 0] } }]);
  // as a link to the run that comes with the studio finds it on a device where it was never opened
  const { runId } = JSON.parse(await readFile('public/stored-run.json', 'utf8')) as { runId: string };
  await page.goto(`/#look&run=${runId}&quantity=skill`);
  const asked = page.getByTestId('look-asked-run');
  await expect(asked).toContainText('It comes with the studio.');
  await expect(page.getByTestId('open-trained')).toHaveCount(1); // offered once
  await asked.getByTestId('open-trained').click();
  await page.getByTestId('file-input').setInputFiles({ name: 'square.webm', mimeType: 'video/webm', buffer });
  await expect(page.getByTestId('clip-item').filter({ hasText: 'square.webm' })).toBeVisible();
  await expect(page.getByTestId('measuring')).toBeEnabled({ timeout: 100_000 });
  await measured(page, 'measuring');
  const trained = await map(page, 'current');
  const random = await map(page, 'random');
  console.log(`square.webm, skill: trained ${trained.mean}, random weights ${random.mean}`);
  expect(trained.mean).toBeGreaterThan(random.mean);
  await expect(page.getByTestId('look-caution')).toContainText('drawn clips only');
  const frame = page.getByText(/^frame \d+ of 8/);
  await page.keyboard.press(' ');
  for (let i = 0; i < 8; i++) await page.keyboard.press(',');
  await expect(frame).toHaveText(/^frame 1 of 8/);
  await page.keyboard.press('.');
  await expect(frame).toHaveText(/^frame 2 of 8/);

  await page.keyboard.press('f');
  await page.keyboard.press('c');
  const pane = page.getByTestId('features-current');
  await expect(pane).toHaveAttribute('data-kind', 'similarity', { timeout: 60_000 });
  await pane.click({ position: { x: 12, y: 12 } });
  await expect(pane).toHaveAttribute('aria-label', /row 1, column 1: 1\.000/);
  await page.keyboard.press('f');

  await measured(page, 'surprising');
  const track = page.getByTestId('surprise');
  const cover = page.getByTestId('surprise-cover');
  await expect(cover).toHaveText(/^One window every 4 frames: \d+ of 160 frames are predicted\.$/);
  const calm = Number(await track.getAttribute('data-max'));
  await page.getByTestId('provoke-kind').selectOption('teleport');
  await page.getByTestId('provoke').click();
  await expect(page.locator('.line-before').first()).toBeAttached({ timeout: 120_000 });
  await expect(page.getByTestId('surprising')).toBeVisible({ timeout: 120_000 });
  const provoked = Number(await track.getAttribute('data-max'));
  console.log(
    `largest surprise: ${calm} as it was, ${provoked} teleported; peaks at ${await track.getAttribute('data-peaks')}`,
  );
  expect(provoked).toBeGreaterThan(calm);
  await expect(cover).toContainText('every 2 around a change');
  // the window on the stage ends long before the change: its errors are those that were measured
  expect(await map(page, 'current')).toEqual(trained);
  await page.getByTestId('to-change').click();
  await expect(track).toHaveAttribute('data-cursor', '80');
  // by keyboard, one window at a time
  await track.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(track).toHaveAttribute('data-cursor', '76');
  await expect(track).toHaveAttribute('aria-valuetext', 'frame 77 of 160');
  await page.keyboard.press('ArrowRight');
  await expect(track).toHaveAttribute('data-cursor', '80');
  await exported(page, 'Every window', 'NPY');
  await changedAsLinked(page);
  noProblems();
});

/** A link holds how the video was changed. */
async function changedAsLinked(page: Page): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page
    .getByRole('button', { name: /^Copy a link to/ })
    .first()
    .click();
  await expect(page.getByTestId('look-notes')).toContainText('Link copied');
  const { hash } = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(hash).toMatch(/&change=teleport-80-\d+$/);
  await page.getByTestId('unprovoke').click();
  await expect(page.getByTestId('to-change')).toBeHidden();
  await page.evaluate((address) => (location.hash = address), `${hash}&set=0`);
  await expect(page.getByTestId('to-change')).toBeVisible();
  await expect(page.getByTestId('look-current').locator('xpath=ancestor::figure')).toContainText('changed video');
  // one that does not fit the video says so
  await page.evaluate((address) => (location.hash = address), hash.replace(/-80-\d+$/, '-80-900'));
  await expect(page.getByTestId('look-notes')).toContainText('that reaches beyond its 160 frames');
  await expect(page.getByTestId('to-change')).toBeHidden();
}

test('what a run knew on its way: the errors of kept steps are those that were measured then', async ({ page }) => {
  const noProblems = watch(page);
  await page.goto('/#train');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  await smallSteps(page);
  await page.getByLabel('Seconds between saves').fill('1');
  await page.getByTestId('start-training').click();
  const steps = async () => Number(await page.getByTestId('run-step').textContent());
  await expect.poll(steps, { timeout: 120_000, intervals: [500] }).toBeGreaterThanOrEqual(8);
  await page.getByTestId('pause-training').click();
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await page.goto('/#look');
  await measured(page, 'measuring');
  await overTraining(page, (await map(page, 'current')).hash);
  // and another run can go on from there
  const [before] = (await page.getByTestId('training-step').getAttribute('aria-valuetext'))!.split(' ');
  await page.goto('/#train');
  await page.getByText('More settings').click();
  await page.getByLabel('Learning rate', { exact: true }).fill('0.0005');
  await page.getByTestId('branch-step').selectOption({ index: 1 });
  const from = await page.getByTestId('branch-step').inputValue();
  expect(Number(from)).toBeLessThan(Number(before));
  await page.getByRole('button', { name: `Branch from step ${from}` }).click();
  await expect(page.getByTestId('run-origin')).toHaveAttribute('data-step', from);
  await expect.poll(steps, { timeout: 60_000 }).toBeGreaterThan(Number(from));
  await page.getByTestId('stop-training').click();
  noProblems();
});

/** The run goes on; what it knew before is still there, and gives the same errors as it did then. */
async function overTraining(page: Page, hash: string): Promise<void> {
  const slider = page.getByTestId('training-step');
  const shown = page.getByTestId('look-current');
  const before = (await shown.getAttribute('data-step')) ?? '';
  await page.goto('/#train');
  await expect(page.getByTestId('step-training')).toBeEnabled(); // before that the key would be the other screen's
  await page.keyboard.press('Shift+T');
  await expect(page.getByTestId('run-step')).not.toHaveText(before);
  await expect(page.getByTestId('run-state')).toHaveText('paused');
  await page.goto('/#look');
  await page.getByTestId('measure-training').click();
  await expect(page.getByTestId('look-over-training')).toHaveAttribute('data-steps', new RegExp(`^0 .*${before} `), {
    timeout: 120_000,
  });
  await expect(page.getByTestId('measuring')).toBeVisible({ timeout: 120_000 });
  await expect(slider).toHaveAttribute('aria-valuetext', /, now$/);
  const now = await map(page, 'current');
  expect(now.hash).not.toBe(hash);
  await page.keyboard.press('j');
  await expect(slider).toHaveAttribute('aria-valuetext', `${before} steps`);
  await expect(shown).toHaveAttribute('data-step', before);
  expect((await map(page, 'current')).hash).toBe(hash);
  await page.keyboard.press('k');
  await expect(slider).toHaveAttribute('aria-valuetext', /, now$/);
  expect((await map(page, 'current')).hash).toBe(now.hash);
  console.log(`errors over training: ${await page.getByTestId('look-over-training').getAttribute('aria-label')}`);
}

/** Features of the same clip: PCA, a token and what is similar to it, its attention, its like in other clips. */
async function features(page: Page): Promise<void> {
  const pane = page.getByTestId('features-current');
  const hash = () => pane.getAttribute('data-hash');
  const from = Date.now();
  await page.keyboard.press('f');
  for (const which of ['current', 'random'])
    await expect(page.getByTestId(`features-${which}`)).toHaveAttribute('data-kind', 'pca', { timeout: 60_000 });
  console.log(`features as PCA, twice: ${Date.now() - from} ms`);
  const output = await hash();
  await page.keyboard.press('['); // the last block, before the norm
  await expect(pane).not.toHaveAttribute('data-hash', output ?? '');

  await page.keyboard.press('c');
  await expect(pane).toHaveAttribute('data-kind', 'similarity');
  const before = await hash();
  const asked = Date.now();
  await pane.click({ position: { x: 12, y: 12 } });
  await expect(pane).not.toHaveAttribute('data-hash', before ?? '');
  console.log(`another token: ${Date.now() - asked} ms`);
  await expect(page.getByTestId('features-random')).toHaveAttribute(
    'data-token',
    (await pane.getAttribute('data-token')) ?? '',
  );
  await pane.press('ArrowRight');
  await pane.press('Enter');
  await expect(pane).toHaveAttribute('aria-label', /row 1, column 2: 1\.000/);

  await page.keyboard.press('a');
  await expect(page.getByTestId('near-uniform')).toHaveCount(1); // random weights look nowhere
  await expect(page.getByTestId('reach-space')).toHaveAttribute('aria-label', /evenly .* random/);
  const mean = await hash();
  await page.keyboard.press('h');
  await expect(pane).not.toHaveAttribute('data-hash', mean ?? '');
  await page.getByTestId('search-near').click();
  await expect(page.getByTestId('near-random').getByRole('button')).toHaveCount(8, { timeout: 60_000 });
  await exported(page, 'Every layer', 'NPY');
  await exported(page, 'Every token as shown', 'CSV');
  if (process.env.LOOK_PICTURES)
    for (const key of ['a', 'p', 'c']) {
      await page.keyboard.press(key);
      await expect(page.getByTestId('reading-now')).toBeHidden();
      await pictures(page, process.env.LOOK_PICTURES, `features-${key}`);
    }
  // physics pairs take minutes on a software adapter: begun, and given up
  await page.getByTestId('score-physics').click();
  await expect(page.getByRole('progressbar', { name: 'Physics pairs' })).toHaveAttribute('value', /^0\.\d/, {
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('score-physics')).toBeEnabled();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('f');
}

/** The screen at two sizes in both themes, for looking at. */
async function pictures(page: Page, folder: string, name = 'look'): Promise<void> {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
}
