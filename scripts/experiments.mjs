// npm run experiments: trains and asks every arm of src/experiments with three seeds in a real Chromium, about two minutes
// each on a software adapter, then writes public/experiments.json and docs/EXPERIMENTS.md. What is recorded already is
// not run again: `experiments/` holds a file per arm and seed; delete one to run it anew. Arguments name arms; SEEDS=0,1,2;
// SEEDS= (empty) only writes the summary.
// With `health` as the first argument: the sound and sick runs that the verdict on health is calibrated with (seeds 0 to 3),
// a file health-ARM-SEED.json each, and the table of how many were told right, experiments/health.json.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();
const { runnerImport } = await import('vite');
const { openModule } = await import('./in-browser.mjs');

const page = await openModule(root, '/scripts/experiments-page.ts');
if (!page) process.exit(1);
const health = process.argv[2] === 'health';
const prefix = health ? 'health-' : '';
const folder = join(root, 'experiments');
mkdirSync(folder, { recursive: true });
const chosen = process.argv.slice(health ? 3 : 2);
const arms = (await page.call(health ? 'healthNames' : 'armNames', [])).filter(
  (/** @type {string} */ id) => !chosen.length || chosen.includes(id),
);
const seeds = (process.env.SEEDS ?? (health ? '0,1,2,3' : '0,1,2')).split(',').filter(Boolean).map(Number);
for (const arm of arms)
  for (const seed of seeds) {
    const file = join(folder, `${prefix}${arm}-${seed}.json`);
    if (existsSync(file)) continue;
    const record = await page.call(health ? 'trainHealth' : 'trainArm', [arm, seed]);
    writeFileSync(file, `${JSON.stringify(record)}\n`);
    console.log(`${arm}, seed ${seed}: ${record.seconds.toFixed(0)} s`);
  }

const records = readdirSync(folder)
  .filter((name) => /-\d+\.json$/.test(name) && name.startsWith('health-') === health)
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
if (health) {
  const table = await page.call('calibrateHealth', [records]);
  writeFileSync(join(folder, 'health.json'), `${JSON.stringify(table, null, 1)}\n`);
  console.log(JSON.stringify(table.chosen, null, 1));
} else {
  const load = async (/** @type {string} */ name) =>
    (await runnerImport(join(root, 'src/experiments', name), { root, configFile: false, logLevel: 'error' })).module;
  const { summarise } = await load('summary.ts');
  const { markdown } = await load('markdown.ts');
  const experiments = summarise(records);
  writeFileSync(join(root, 'public/experiments.json'), `${JSON.stringify({ experiments })}\n`);
  writeFileSync(join(root, 'docs/EXPERIMENTS.md'), `${markdown(experiments)}\n`);
  for (const { title, holds, found } of experiments) console.log(`${title}: ${holds}. ${found}`);
}
await page.close();
process.exit(0);
