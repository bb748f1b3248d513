// The Evaluate screen: asked by hand and by preset, rows as they come, verdict, charts, confusion, the clip under the
// probe's attention, exports. The worker's numbers are made up (evaluated.ts); a story of real ones is another matter.

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { runName } from '../src/core/run-name.ts';
import { axe, axeEverywhere } from './axe.ts';
import { pretendToEvaluate } from './evaluated.ts';
import { pngChunks } from './lab.ts';
import { watch } from './story.ts';

async function open(page: Page, trained = true): Promise<void> {
  await pretendToEvaluate(page);
  await page.goto('/');
  await expect(page.getByTestId('start-training')).toBeEnabled();
  if (trained) {
    await page.getByTestId('start-training').click();
    await expect(page.getByTestId('run-state')).toHaveText('paused');
  }
  await page.getByRole('link', { name: 'Evaluate' }).click();
  await expect(page.getByTestId('start-evaluation')).toBeEnabled();
}

async function evaluate(page: Page): Promise<void> {
  await page.getByTestId('start-evaluation').click();
  await expect(page.getByTestId('verdicts')).toBeVisible();
}

async function take(page: Page, name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  await page.getByTestId('evaluation-export').click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** How many strong colours stand in the lowest part of a picture, where the lines have their names; axes are grey. */
const coloursOf = (page: Page, png: Buffer): Promise<number> =>
  page.evaluate(async (base64) => {
    const picture = await createImageBitmap(
      new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/png' }),
    );
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const ctx = canvas.getContext('2d')!;
    ctx.drawImage(picture, 0, 0);
    const top = picture.height - 106; // two rows of names, or one and the axis
    const { data } = ctx.getImageData(16, top, picture.width - 32, 90);
    const seen = new Set<string>();
    for (let at = 0; at < data.length; at += 4) {
      const colour = data.slice(at, at + 3);
      if (Math.max(...colour) - Math.min(...colour) > 60) seen.add(colour.join(' '));
    }
    return seen.size;
  }, png.toString('base64'));

interface Exported {
  format: string;
  verdicts: string[];
  report: {
    request: {
      runId: string | null;
      probes: string[];
      sources: string[];
      shares: number[];
      seeds: number;
      data: Record<string, unknown>;
      recipe: Record<string, unknown>;
    };
    rows: unknown[];
  };
}

test('a quick look: the question as it was chosen, rows as they come, a verdict beside random weights', async ({
  page,
}) => {
  const noProblems = watch(page);
  await open(page);
  // what small presets learn is asked unless one chooses otherwise
  await expect(page.getByTestId('evaluation-axis')).toHaveValue('direction');
  await expect(page.getByTestId('classes').locator('tbody tr')).toHaveCount(8);
  await page.getByTestId('evaluation-axis').selectOption('speed');
  await page.getByTestId('evaluation-beside').selectOption({ label: `${runName('kept-1')}, nano at step 40` });
  await page.getByTestId('quick-look').click();
  await expect(page.getByTestId('quick-look')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('classes').locator('tbody tr')).toHaveCount(3);
  await expect(page.getByTestId('evaluation-warnings')).toContainText('One seed has no spread');
  await page.getByTestId('start-evaluation').click();
  // earlier rows are there before the last, with what is being done and the time left
  const table = page.getByTestId('evaluation-table');
  await expect(table.locator('tbody tr').first()).toBeVisible();
  await expect(page.getByTestId('evaluation-stage')).toContainText(/Features of trained.*\d s left/);
  await expect(page.getByTestId('verdicts')).toBeVisible();
  const [attentive, linear] = await page.getByTestId('verdicts').locator('li').allTextContents();
  // one seed, 40 test clips: two spreads down .72 may be .563, two up .5 may be .651; .157 and .151 together are .2176
  expect(linear).toContain(
    'Linear probe on speed: trained 0.72, random weights 0.50, chance 0.25: the training helped by 22 points (one seed',
  );
  expect(linear).toContain('Shuffled frames cannot be told apart from ordered ones');
  // .72 against .60: one spread is .074 and .075, together .106; two are .215
  expect(linear).toContain(
    'The kept run beside it 0.60: this run is ahead by 12 points, less than twice what 40 test clips leave open',
  );
  // .78 against .56: two spreads down .78 may be .627, two up .56 may be .704; .153 and .144 together are .2103
  expect(attentive).toContain('the training helped by 22 points');
  const facts = page.getByTestId('evaluation-facts');
  await expect(facts).toContainText(/nano, run “[a-z]+-[a-z]+” after 30 steps/);
  await expect(facts).toContainText('1 clip in time × 1 crop');
  await expect(facts).toContainText('1 complete block');
  // kNN was not asked
  await expect(facts).not.toContainText('neighbours');
  await expect(facts).toContainText(`${runName('kept-1')}, nano, predicting pixels, after 40 steps`);
  // 2 probes × 6 sources, and chance
  await expect(table.locator('tbody tr')).toHaveCount(13);
  await expect(table.locator('tr[data-row="trained attentive"]')).toContainText('highest');
  await expect(table.locator('tr[data-row="chance"]')).toContainText('0.25');
  const { name, bytes } = await take(page, /Whole report/);
  expect(name).toBe('evaluation-speed-nano-step-30-c0ffee00.json');
  const { format, report, verdicts } = JSON.parse(bytes.toString()) as Exported;
  expect(format).toBe('v-jepa-studio evaluation 1');
  expect(verdicts).toHaveLength(2);
  expect(report.rows).toHaveLength(12);
  expect(report.request).toMatchObject({
    probes: ['attentive', 'linear'],
    sources: ['trained', 'random', 'colour', 'shuffled', 'still'],
    shares: [1],
    seeds: 1,
    data: { kind: 'drawn', axis: 'speed', clips: 192 },
    recipe: { epochs: 20, lr: 0.001, weightDecay: 0.01, depth: 1, completeBlock: true },
  });
  expect(report.request.runId).toMatch(/^run-/);
  // results survive a look at another screen
  await page.getByRole('link', { name: 'Masks' }).click();
  await expect(page.getByTestId('lab-strip')).toBeVisible();
  await page.getByRole('link', { name: 'Evaluate' }).click();
  await expect(page.getByTestId('verdicts')).toBeVisible();
  noProblems();
});

test('the full protocol: few labels as a chart, everything exported with settings and fingerprint', async ({
  page,
}) => {
  const noProblems = watch(page);
  await open(page);
  await page.getByTestId('full-protocol').click();
  await evaluate(page);
  await expect(page.getByTestId('evaluation-table').locator('thead th')).toHaveCount(6);
  await expect(page.getByRole('img', { name: /^Few labels\. trained .*0\.78 at 100 %/ })).toBeVisible();
  await page.getByTestId('few-labels').getByRole('button', { name: 'kNN' }).click();
  await expect(page.getByRole('img', { name: /^Few labels\. trained .*0\.62 at 100 %/ })).toBeVisible();
  const csv = (await take(page, /Every trial CSV/)).bytes.toString().trimEnd().split('\n');
  // 4 shares × 3 probes × 5 sources × 3 seeds
  expect(csv).toHaveLength(1 + 180);
  expect(csv[0]).toMatch(/^task,label,source,probe,share/);
  for (const line of csv.slice(1)) expect(line).toContain(',nano,run-');
  for (const [item, what] of [
    [/Every trial as a chart/, 'trials'],
    [/Few labels as a chart/, 'few-labels'],
    [/What was confused/, 'confusion'],
  ] as const) {
    const { name, bytes } = await take(page, item);
    expect(name).toBe(`evaluation-direction-nano-step-30-c0ffee00-${what}.png`);
    const chunks = pngChunks(bytes);
    expect(chunks[0].type).toBe('IHDR');
    expect(chunks[0].data.readUInt32BE(0)).toBeGreaterThan(300);
    if (what === 'few-labels') expect(await coloursOf(page, bytes)).toBeGreaterThanOrEqual(5);
    const text = chunks.map((c) => (c.type === 'iTXt' ? c.data.toString() : '')).join('');
    expect(text).toContain('"fingerprint":"c0ffee');
    expect(text).toContain('"seeds":3');
  }
  noProblems();
});

test('by keyboard: through the matrix to a cell, its clips, and where the probe looks', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  await evaluate(page);
  const cell = (truth: number, answer: number) => page.locator(`[data-cell="${truth} ${answer}"]`);
  await cell(0, 0).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(cell(3, 2)).toBeFocused();
  // one stop of the Tab key for the whole matrix
  expect(await page.locator('.confusion .cell[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  const clips = page.getByTestId('cell-clips');
  await expect(clips).toContainText('cross taken for triangle, 3 clips');
  await page.keyboard.press('Tab');
  await expect(clips.getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Enter');
  const look = page.getByTestId('look');
  await expect(look).toHaveAttribute('data-looked', 'true');
  await page.getByRole('button', { name: 'Pause the opened clip' }).press('Enter');
  // head 1 looks at the first tubelet alone: its frames keep their light, the last ones are dark
  await page.getByTestId('head').selectOption('0');
  const light = (frame: number) =>
    page
      .getByLabel('Frame of the opened clip')
      .fill(String(frame))
      .then(() => expect(look).toHaveAttribute('aria-label', new RegExp(`^Frame ${frame + 1} of 8.*head 1`)))
      .then(() =>
        look.evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return data.reduce((sum, v, i) => (i % 4 === 3 ? sum : sum + v), 0) / (data.length * 0.75);
        }),
      );
  const [first, last] = [await light(0), await light(7)];
  expect(first).toBeGreaterThan(90);
  expect(last).toBeLessThan(first / 3);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('opened-clip')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('in the confusion matrix');
  noProblems();
});

test('cancel keeps the rows that were done; without a run only untrained sources are asked about', async ({ page }) => {
  const noProblems = watch(page);
  await open(page, false);
  await expect(page.getByText('There is no trained run on this page')).toBeVisible();
  await page.getByTestId('full-protocol').click();
  await page.getByTestId('start-evaluation').click();
  await expect(page.getByTestId('evaluation-table').locator('tbody tr').first()).toBeVisible();
  await page.getByTestId('cancel-evaluation').click();
  await expect(page.getByTestId('evaluation-cancelled')).toContainText('The rows that were done are below');
  await expect(page.getByTestId('verdicts')).toHaveCount(0);
  await page.getByTestId('quick-look').click();
  await evaluate(page);
  await expect(page.getByTestId('verdicts').locator('li').first()).toContainText(
    'Attentive probe on direction: random weights 0.56, mean colour 0.32, chance 0.25.',
  );
  await expect(page.getByTestId('evaluation-table').locator('tbody tr')).toHaveCount(5);

  // what was found is not lost to a question that is not finished
  await page.getByTestId('full-protocol').click();
  await page.getByTestId('start-evaluation').click();
  await page.getByTestId('cancel-evaluation').click();
  await expect(page.getByTestId('evaluation-cancelled')).toBeVisible();
  await page.getByTestId('results-before').click();
  await expect(page.getByTestId('verdicts').locator('li').first()).toContainText('random weights 0.56');
  await expect(page.getByTestId('results-before')).toHaveCount(0);
  noProblems();
});

test('what cannot work is said before the start, at its field', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  await page.getByLabel('For training', { exact: true }).fill('0.9');
  await expect(page.getByTestId('start-evaluation')).toBeDisabled();
  await expect(page.getByTestId('evaluation-obstacle')).toContainText('leave no test');
  await page.getByLabel('For training', { exact: true }).fill('0.6');
  await page.getByTestId('evaluation-data').selectOption('library');
  await expect(page.getByTestId('evaluation-obstacle')).toContainText('None of my clips carries the label folder');
  // a list of labels that comes before its clips
  await page.getByTestId('label-file').setInputFiles({
    name: 'train.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('videos/run/1.mp4 0\nvideos/jump/2.mp4 1\n'),
  });
  await expect(page.getByTestId('label-file-note')).toContainText('2 lines name no clip of mine');
  // until one has, what was asked stays
  await expect(page.getByTestId('evaluation-obstacle')).toContainText('carries the label folder');
  noProblems();
});

test('recorded experiments stand beside what is reported, with how they were made; broken ones are left out', async ({
  page,
}) => {
  const noProblems = watch(page);
  const whole = {
    id: 'pooling',
    title: 'Attentive against average pooling',
    question: 'Does a learned query read more than the average?',
    paper: 'Attentive pooling is 17 points ahead.',
    how: 'Trained for 300 steps; 180 test clips.',
    found: [
      {
        text: 'with trained weights: 40 points',
        holds: 'yes',
        difference: { name: 'with trained weights', mean: 40, interval: { low: 31.5, high: 48.5 } },
      },
      {
        text: 'with random weights: 3 points',
        holds: 'unclear',
        difference: { name: 'with random weights', mean: 3, interval: { low: -4, high: 10 } },
      },
    ],
    holds: 'unclear',
    rows: [{ label: 'attentive, trained', n: 3, mean: 0.9871, deviation: 0.0123, unit: 'right answers' }],
  };
  await page.route('**/experiments.json', (route) =>
    route.fulfill({
      json: {
        rule: 'It holds above zero.',
        presets: {
          questions: [{ axis: 'direction', labels: 300, chance: 12.5 }],
          rows: [
            {
              label: 'nano',
              steps: 1000,
              minutes: { mean: 3.41, deviation: 0.83, n: 3 },
              loss: { mean: 0.56, deviation: 0.007, n: 3 },
              rank: { mean: 38.5, deviation: 0.67, n: 3 },
              answers: [{ mean: 82.9, deviation: 2.26, n: 3 }],
            },
          ],
        },
        experiments: [
          { ...whole, id: 'first', title: 'Another', found: [{ text: 'a sentence', holds: null, difference: null }] },
          whole,
          { ...whole, id: 'broken', holds: 'perhaps' },
        ],
      },
    }),
  );
  await page.goto('/#evaluate');
  const recorded = page.getByTestId('recorded-experiments');
  await expect(recorded.getByRole('article')).toHaveCount(2);
  await expect(recorded).toContainText('It holds above zero.');
  // at a glance: every difference with its interval, and what the presets took beside chance
  const claims = recorded.getByRole('region', { name: 'Claims at a glance' });
  await expect(claims.getByRole('row').nth(1)).toHaveText('Anothera sentenceUnclear');
  await expect(claims.getByRole('row').nth(2)).toContainText('40.0 (31.5 to 48.5)It holds here');
  await expect(claims.getByRole('row').nth(3)).toContainText('3.0 (−4.0 to 10.0)Unclear');
  const presets = recorded.getByRole('region', { name: 'Presets at a glance' });
  await expect(presets.getByRole('row').nth(1)).toContainText('nano10003.41 ± 0.830.560 ± 0.00738.5 ± 0.782.9 ± 2.3');
  await expect(presets.getByRole('row').nth(2)).toContainText('chance12.5');
  // a claim leads to how it was asked
  const pooling = recorded.getByRole('article', { name: whole.title });
  await expect(pooling.getByText('180 test clips')).toBeHidden();
  await claims.getByRole('button', { name: whole.title }).click();
  await expect(pooling.getByText('180 test clips')).toBeInViewport();
  await expect(pooling).toContainText('ReportedAttentive pooling is 17 points ahead.');
  await expect(pooling.getByRole('heading', { level: 3 })).toContainText('1 of 2 parts holds here');
  // every part of a claim has a verdict of its own
  await expect(pooling.getByRole('listitem').filter({ hasText: 'trained weights' })).toContainText('It holds here');
  await expect(pooling.getByRole('listitem').filter({ hasText: 'random weights' })).toContainText('Unclear');
  await expect(pooling.getByRole('row').nth(1)).toContainText('0.987 ± 0.012 right answers');
  expect(await axe(page)).toEqual([]);
  noProblems();
});

test('both themes, a desk and a phone: axe finds nothing serious, nothing sticks out', async ({ page }) => {
  const noProblems = watch(page);
  await open(page);
  await axeEverywhere(page);
  await page.getByTestId('full-protocol').click();
  await evaluate(page);
  await page.locator('[data-cell="3 2"]').click();
  await page.getByTestId('cell-clips').getByRole('button').first().click();
  await expect(page.getByTestId('look')).toHaveAttribute('data-looked', 'true');
  await axeEverywhere(page);
  noProblems();
});
