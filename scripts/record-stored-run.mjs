// Trains nano in a real browser and writes what the first screen shows: public/stored-run.json.
// STEPS chooses how many (400). Run it after `npm run build` whenever the model, the masks or the drawn clips change.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findBrowser, switches } from './browser.mjs';

const steps = Number(process.env.STEPS ?? 400);
const draws = 4;
const browser = await findBrowser();
if (!browser) process.exit(1);
const server = await preview({
  root: fileURLToPath(new URL('..', import.meta.url)),
  preview: { port: 4799 },
  logLevel: 'error',
});
const running = await chromium.launch({ executablePath: browser.path, args: switches(browser.software) });
// without motion the mask stays at its first draw
const page = await running.newPage({ reducedMotion: 'reduce' });
await page.goto(server.resolvedUrls?.local[0] ?? '');
await page.getByTestId('preset-select').selectOption('nano');
await page.getByTestId('start-training').click();
for (;;) {
  await page.waitForTimeout(2000);
  const step = Number((await page.getByTestId('run-step').textContent()) ?? 0);
  console.log(`step ${step} of ${steps}`);
  if (step >= steps) break;
}
await page.getByTestId('pause-training').click();
// two steps may still be under way
await page.locator('[data-testid=run-state]', { hasText: 'paused' }).waitFor();

let stored;
for (let draw = 0; draw < draws; draw++) {
  if (draw) await page.getByTestId('new-mask').click();
  const trained = await page.getByTestId('run-step').textContent();
  await page.locator(`[data-testid=error-map][data-step="${trained}"]`).waitFor();
  await page.waitForTimeout(1500);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-run').click()]);
  const stream = await download.createReadStream();
  let text = '';
  for await (const part of stream) text += part;
  const run = JSON.parse(text);
  if (run.maps.some((map) => map.draw !== draw) || run.maps.length !== 2)
    throw new Error(`draw ${draw}: the maps are of another one`);
  if (stored) stored.maps.push(...run.maps);
  else stored = run;
}
const every = Math.ceil(stored.metrics.length / 250);
stored.metrics = stored.metrics.filter((_, i) => i % every === 0 || i === stored.metrics.length - 1);
const rounded = JSON.stringify(stored, (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
);
writeFileSync(fileURLToPath(new URL('../public/stored-run.json', import.meta.url)), `${rounded}\n`);
console.log(`public/stored-run.json: ${(rounded.length / 1024).toFixed(0)} KB`);
await running.close();
await server.close();
process.exit(0);
