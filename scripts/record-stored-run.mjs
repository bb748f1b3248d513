// Trains the preset nano to its end in a real browser and writes what the studio has to show before anything was trained:
// public/stored-run.json, the curves and error maps of the first screen, and public/nano.safetensors, the run itself.
// Run it after `npm run build` whenever the model, the masks, the drawn clips or the preset change. About six minutes on a
// software adapter.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findBrowser, switches } from './browser.mjs';

const draws = 4;
const place = (/** @type {string} */ name) => fileURLToPath(new URL(`../public/${name}`, import.meta.url));
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
  await page.waitForTimeout(10_000);
  console.log(`step ${await page.getByTestId('run-step').textContent()}`);
  const state = await page.getByTestId('run-state').textContent();
  if (state === 'finished') break;
  if (state === 'failed' || state === 'stopped') throw new Error(`The run has ${state}: nothing is recorded.`);
}

/** @param {string} id */
async function download(id) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId(id).click()]);
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  return Buffer.concat(parts);
}

let stored;
for (let draw = 0; draw < draws; draw++) {
  if (draw) await page.getByTestId('new-mask').click();
  const trained = await page.getByTestId('run-step').textContent();
  await page.locator(`[data-testid=error-map][data-step="${trained}"]`).waitFor();
  await page.waitForTimeout(1500);
  const run = JSON.parse((await download('export-run')).toString());
  if (run.maps.some((map) => map.draw !== draw) || run.maps.length !== 2)
    throw new Error(`draw ${draw}: the maps are of another one`);
  if (stored) stored.maps.push(...run.maps);
  else stored = run;
}
delete stored.health; // the first screen shows none, and the run itself has it
const every = Math.ceil(stored.metrics.length / 250);
stored.metrics = stored.metrics.filter((_, i) => i % every === 0 || i === stored.metrics.length - 1);
const rounded = JSON.stringify(stored, (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
);
writeFileSync(place('stored-run.json'), `${rounded}\n`);
console.log(`public/stored-run.json: ${(rounded.length / 1024).toFixed(0)} KB`);

await page.getByTestId('kept-run').first().waitFor();
const bytes = await download('export-checkpoint');
writeFileSync(place('nano.safetensors'), bytes);
console.log(`public/nano.safetensors: ${(bytes.length / 1024).toFixed(0)} KB`);
await running.close();
await server.close();
process.exit(0);
