// The views of the mask lab: painting, one cursor, keys, how fast it is, and nothing for axe to complain of.

import { expect, test } from 'playwright/test';
import { axeEverywhere } from './axe.ts';
import { openLab, pixels } from './lab.ts';
import { watch } from './story.ts';

test('masks are painted by hand, by pointer and by keyboard, and undone', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.keyboard.press(' ');
  const frame = page.getByTestId('lab-frame');
  const drawn = await frame.getAttribute('data-hash');
  await page.keyboard.press('b');
  await expect(page.getByTestId('unused-lost')).toContainText(/The first stroke makes \d+ unused tokens context/);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByTestId('mask-problem')).toContainText('nothing is painted');
  await expect(page.getByTestId('unused-lost')).toBeHidden();
  // a stroke over five places, through all 8 tubelets
  const box = (await frame.boundingBox())!;
  const at = (column: number, row: number) =>
    [box.x + (box.width * (column + 0.5)) / 14, box.y + (box.height * (row + 0.5)) / 14] as const;
  await page.mouse.move(...at(2, 3));
  await page.mouse.down();
  for (let x = 3; x <= 6; x++) await page.mouse.move(...at(x, 3));
  await page.mouse.up();
  await expect(page.getByTestId('count-target')).toHaveText('40');
  await expect(page.getByTestId('count-context')).toHaveText('1528');
  // a rectangle that is drawn over the edge ends there, and a hovering pointer begins no other: places 12 and 13 of rows 0 and 1
  await page.keyboard.press('g');
  await page.mouse.move(...at(12, 1));
  await page.mouse.down();
  await page.mouse.move(...at(13, 0));
  await page.mouse.move(box.x + box.width + 30, box.y - 20, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByTestId('count-target')).toHaveText(String(40 + 4 * 8));
  await page.mouse.move(...at(8, 8));
  await page.mouse.move(...at(9, 9));
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('count-target')).toHaveText('40');
  // a rectangle of 3 × 2 places in this tubelet alone, by keyboard
  await page.getByLabel('Tubelets that are painted').selectOption('tubelet');
  await page.mouse.move(2, 2);
  await frame.focus();
  await page.keyboard.press('g');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('count-target')).toHaveText('46');
  // erased again with one dab, then everything is taken back
  await page.keyboard.press('b');
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('count-target')).toHaveText('45');
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('count-target')).toHaveText('46');
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('count-target')).toHaveText('40');
  await page.keyboard.press('Control+Shift+z');
  await expect(page.getByTestId('count-target')).toHaveText('46');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
  await expect(frame).toHaveAttribute('data-hash', drawn!);
  // in a field of numbers too, whose own undo would be one more change
  const blocks = page.getByLabel('Blocks', { exact: true });
  const had = await blocks.inputValue();
  await blocks.fill('3');
  await blocks.press('Control+z');
  await expect(blocks).toHaveValue(had);
  await blocks.press('Control+Shift+z');
  await expect(blocks).toHaveValue('3');
  await blocks.press('Control+z');
  await expect(frame).toHaveAttribute('data-hash', drawn!);
  noProblems();
});

test('one cursor: a token lit in one view is lit in all, by keys alone', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.keyboard.press(' ');
  const strip = page.getByTestId('lab-strip').locator('canvas').first();
  const box = (await strip.boundingBox())!;
  const views = async () => [await pixels(page, 'lab-frame'), await pixels(page, 'lab-cube')];
  await page.getByLabel('Frame', { exact: true }).fill('0');
  const dark = await views();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await expect(page.getByTestId('lab-token')).toHaveAttribute('data-token', String(7 * 14 + 7));
  const lit = await views();
  expect(lit[0]).not.toBe(dark[0]);
  expect(lit[1]).not.toBe(dark[1]);
  await page.mouse.move(2, 2);
  await expect(page.getByTestId('lab-token')).toBeHidden();
  expect(await views()).toEqual(dark);

  const cube = page.getByTestId('lab-cube');
  await cube.focus();
  const yaw = Number(await cube.getAttribute('data-yaw'));
  await page.keyboard.press('ArrowRight');
  expect(Number(await cube.getAttribute('data-yaw'))).toBeGreaterThan(yaw);
  const turns = await cube.evaluate(async (canvas) => {
    const taken: number[] = [];
    for (let i = 0; i < 20; i++) {
      await new Promise(requestAnimationFrame);
      const began = performance.now();
      const key = i % 2 ? 'ArrowLeft' : 'ArrowRight';
      const before = canvas.dataset.yaw;
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      while (canvas.dataset.yaw === before) await Promise.resolve();
      taken.push(performance.now() - began);
    }
    return taken.toSorted((a, b) => a - b);
  });
  console.log(`  turning the cube of 8 × 14 × 14: ${turns[10].toFixed(1)} ms, with everything that follows from it`);
  // Space turns a box off and on, and does not play
  const context = page.getByRole('checkbox', { name: 'context' });
  await context.focus();
  await page.keyboard.press(' ');
  await expect(context).not.toBeChecked();
  await page.keyboard.press(' ');
  await expect(context).toBeChecked();
  await cube.focus();
  // turned until it is seen from the front, the cube shows tubelet 0 as a square: row 5, column 9 is token 79
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
  const square = (await cube.boundingBox())!;
  await page.mouse.move(
    square.x + square.width * (0.5 + (9.5 / 14 - 0.5) * 0.94),
    square.y + square.height * (0.5 + (5.5 / 14 - 0.5) * 0.94),
  );
  await expect(page.getByTestId('lab-token')).toHaveAttribute('data-token', '79');
  await page.mouse.move(2, 2);
  const hash = await page.getByTestId('lab-frame').getAttribute('data-hash');
  await page.keyboard.press('r');
  await expect(page.getByTestId('lab-frame')).not.toHaveAttribute('data-hash', hash!);
  await page.keyboard.press('k');
  await expect(page.getByTestId('differences')).toBeVisible();
  await page.keyboard.press('k');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('cut the cube open');
  await page.getByRole('checkbox', { name: /Keys without Ctrl/ }).uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('k');
  await expect(page.getByTestId('differences')).toBeHidden();
  noProblems();
});

test('a setting is redrawn at once at 16 × 224 × 224', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  await page.keyboard.press(' ');
  await expect(page.getByTestId('lab-frame')).toHaveAttribute('aria-label', /of 1568/);
  const measured = await page.evaluate(async () => {
    const input = document.querySelector<HTMLInputElement>('[data-field="masks.0.blocks"] input')!;
    // as if typed: React listens to the element's own setter
    const type = (value: number) =>
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, String(value));
    const frame = document.querySelector<HTMLCanvasElement>('[data-testid=lab-frame]')!;
    const drawn: number[] = [];
    const shown: number[] = [];
    // a fixed piece of work beside every redraw: what others do on the machine slows both alike
    const numbers = Float64Array.from({ length: 100_000 }, (_, i) => (i * 0.6180339887) % 1);
    const yardstick: number[] = [];
    for (let i = 0; i < 21; i++) {
      // one after the other, as when a value is turned up: statistics wait until it rests
      await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise(requestAnimationFrame);
      const hash = frame.dataset.hash;
      const from = performance.now();
      numbers.toSorted();
      const began = performance.now();
      yardstick.push(began - from);
      type(4 + (i % 5));
      input.dispatchEvent(new Event('input', { bubbles: true }));
      while (frame.dataset.hash === hash) await new Promise((resolve) => setTimeout(resolve));
      drawn.push(performance.now() - began);
      await new Promise(requestAnimationFrame);
      shown.push(performance.now() - began);
    }
    const sorted = (list: number[]) => list.toSorted((a, b) => a - b);
    return { drawn: sorted(drawn), shown: sorted(shown), yardstick: sorted(yardstick) };
  });
  const median = (list: number[]) => list[Math.floor(list.length / 2)];
  console.log(
    `  redraw after a setting: ${median(measured.drawn).toFixed(1)} ms to painted canvases (slowest ${measured.drawn.at(-1)?.toFixed(1)}), ${median(measured.shown).toFixed(1)} ms to the next frame; sorting 100 000 numbers ${median(measured.yardstick).toFixed(1)} ms`,
  );
  expect(median(measured.drawn) / median(measured.yardstick)).toBeLessThan(5);
  noProblems();
});

test('lab: both themes, a desk and a phone: axe finds nothing serious, nothing sticks out', async ({ page }) => {
  const noProblems = watch(page);
  await openLab(page);
  await expect(page.getByTestId('finding')).toBeVisible();
  await axeEverywhere(page);
  await page.getByTestId('export').click();
  await expect(page.getByText('Masks of this draw')).toBeVisible();
  await axeEverywhere(page);
  await page.keyboard.press('Escape');
  await expect(page.getByText('Masks of this draw')).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await axeEverywhere(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await expect(page.getByTestId('differences')).toBeVisible();
  await axeEverywhere(page);
  noProblems();
});
