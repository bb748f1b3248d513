// npm run experiments: trains and asks every arm of src/experiments with three seeds in a real Chromium, about two minutes
// each on a software adapter, then writes public/experiments.json. What is recorded already is not run again:
// `experiments/` holds a file per arm and seed; delete one to run it anew. Arguments name arms; SEEDS=0,1,2.
// With `health` as the first argument: the sound and sick runs that the verdict on health is calibrated with (seeds 0 to 3),
// a file health-ARM-SEED.json each, and the table of how many were told right, experiments/health.json.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();
const { findBrowser, switches } = await import('./browser.mjs');
const { createServer } = await import('vite');
const { chromium } = await import('playwright');

const found = await findBrowser();
if (!found) process.exit(1);
const server = await createServer({
  configFile: false,
  root,
  cacheDir: join(tmpdir(), `vjepa-studio-experiments-${process.pid}`),
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
});
await server.listen();
const at = server.httpServer?.address();
const address = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`;

/** Opens a fresh browser, runs one function of the page module, and closes it. @param {string} name @param {unknown[]} args */
async function inBrowser(name, args) {
  const browser = await chromium.launch({
    executablePath: found.path,
    args: switches(found.software),
    timeout: 60_000,
  });
  try {
    const page = await browser.newPage();
    page.on('console', (line) => console.log(`  ${line.text()}`));
    await page.route(`${address}/empty`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>experiments</title>' }),
    );
    await page.goto(`${address}/empty`);
    return await page.evaluate(
      async ([call, list]) => (await import('/scripts/experiments-page.ts'))[call](...list),
      /** @type {const} */ ([name, args]),
    );
  } finally {
    await browser.close();
  }
}

const folder = join(root, 'experiments');
mkdirSync(folder, { recursive: true });
const health = process.argv[2] === 'health';
const chosen = process.argv.slice(health ? 3 : 2);
const arms = (await inBrowser(health ? 'healthNames' : 'armNames', [])).filter(
  (/** @type {string} */ id) => !chosen.length || chosen.includes(id),
);
const seeds = (process.env.SEEDS ?? (health ? '0,1,2,3' : '0,1,2')).split(',').map(Number);
for (const seed of seeds)
  for (const arm of arms) {
    const file = join(folder, `${health ? 'health-' : ''}${arm}-${seed}.json`);
    if (existsSync(file)) continue;
    const record = await inBrowser(health ? 'trainHealth' : 'trainArm', [arm, seed]);
    writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
    console.log(`${arm}, seed ${seed}: ${record.seconds.toFixed(0)} s`);
  }
if (health) {
  const records = readdirSync(folder)
    .filter((name) => /^health-.+-\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const table = await inBrowser('calibrateHealth', [records]);
  writeFileSync(join(folder, 'health.json'), `${JSON.stringify(table, null, 1)}\n`);
  console.log(JSON.stringify(table.chosen, null, 1));
}
await server.close();
process.exit(0);
