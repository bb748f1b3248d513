// npm run experiments: trains and asks every arm of src/experiments with three seeds in a real Chromium, about two minutes
// each on a software adapter, then writes public/experiments.json and docs/EXPERIMENTS.md. What is recorded already is
// not run again: `experiments/` holds a file per arm and seed; delete one to run it anew. Arguments name arms; SEEDS=0,1,2;
// SEEDS= (empty) only writes the summary.
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
const folder = join(root, 'experiments');
mkdirSync(folder, { recursive: true });
const chosen = process.argv.slice(2);
const arms = (await page.call('armNames', [])).filter(
  (/** @type {string} */ id) => !chosen.length || chosen.includes(id),
);
const seeds = (process.env.SEEDS ?? '0,1,2').split(',').filter(Boolean).map(Number);
for (const arm of arms)
  for (const seed of seeds) {
    const file = join(folder, `${arm}-${seed}.json`);
    if (existsSync(file)) continue;
    const record = await page.call('trainArm', [arm, seed]);
    writeFileSync(file, `${JSON.stringify(record)}\n`);
    console.log(`${arm}, seed ${seed}: ${record.seconds.toFixed(0)} s`);
  }
await page.close();

// what all records together say
const load = async (/** @type {string} */ name) =>
  (await runnerImport(join(root, 'src/experiments', name), { root, configFile: false, logLevel: 'error' })).module;
const records = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  .filter((record) => record.arm !== undefined);
const { summarise } = await load('summary.ts');
const { markdown } = await load('markdown.ts');
const experiments = summarise(records);
writeFileSync(join(root, 'public/experiments.json'), `${JSON.stringify({ experiments })}\n`);
writeFileSync(join(root, 'docs/EXPERIMENTS.md'), `${markdown(experiments)}\n`);
for (const { title, holds, found } of experiments) console.log(`${title}: ${holds}. ${found}`);
process.exit(0);
