// npm run experiments: trains and asks every arm of src/experiments with three seeds in a real Chromium, about two minutes
// each on a software adapter, then writes public/experiments.json and docs/EXPERIMENTS.md. What is recorded already is
// not run again: `experiments/` holds a file per arm and seed; delete one to run it anew. Arguments name arms; SEEDS=0,1,2;
// SEEDS= (empty) only writes the summary.
// With `presets` as the first argument: whole presets beside their random weights, about ten minutes an arm and seed; they
// stand in the same summary. With `half`: 200 steps of nano by halves beside single precision, where the adapter has
// shader-f16. With `real FOLDER`: nano on the videos of a folder, whose folders are the classes that it is asked for (five
// seeds). With `health`: the sound and sick runs that the verdict on health is calibrated with (seeds 0
// to 3), a file health-ARM-SEED.json each, and the table of how many were told right, experiments/health.json and
// docs/HEALTH.md.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();
const { runnerImport } = await import('vite');
const { openModule } = await import('./in-browser.mjs');

const asked = process.argv[2];
const folderOfVideos = asked === 'real' && process.argv[3] ? resolve(process.argv[3]) : undefined;
if (asked === 'real' && !folderOfVideos) {
  console.error('Name the folder of videos: npm run experiments -- real FOLDER');
  process.exit(1);
}
const page = await openModule(root, '/scripts/experiments-page.ts', {
  include: ['mediabunny'],
  ...(folderOfVideos && { files: folderOfVideos }),
});
if (!page) process.exit(1);
/** Videos of the folder; those in a folder of their own are labelled. */
const given = folderOfVideos
  ? readdirSync(folderOfVideos, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(mp4|webm|mkv|mov)$/i.test(entry.name))
      .map((entry) => relative(folderOfVideos, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort()
      .map((path) => ({
        url: `/given/${path.split('/').map(encodeURIComponent).join('/')}`,
        name: basename(path),
        label: dirname(path) === '.' ? null : dirname(path),
      }))
  : [];
/** Names of the page's functions, words before the names of files, seeds. */
const kinds = {
  arms: { names: 'armNames', train: 'trainArm', prefix: '', seeds: '0,1,2' },
  presets: { names: 'presetNames', train: 'trainPreset', prefix: 'preset-', seeds: '0,1,2' },
  real: { names: 'realNames', train: 'trainReal', prefix: '', seeds: '0,1,2,3,4' },
  half: { names: 'halfNames', train: 'trainHalf', prefix: '', seeds: '0,1,2' },
  health: { names: 'healthNames', train: 'trainHealth', prefix: 'health-', seeds: '0,1,2,3' },
};
const kind = asked === 'health' || asked === 'presets' || asked === 'half' || asked === 'real' ? asked : 'arms';
const { names, train, prefix, seeds: usual } = kinds[kind];
const folder = join(root, 'experiments');
mkdirSync(folder, { recursive: true });
const chosen = process.argv.slice(kind === 'arms' ? 2 : kind === 'real' ? 4 : 3);
const arms = (await page.call(names, [])).filter((/** @type {string} */ id) => !chosen.length || chosen.includes(id));
const seeds = (process.env.SEEDS ?? usual).split(',').filter(Boolean).map(Number);
// seed by seed, so that what is stopped early has every arm as often
for (const seed of seeds)
  for (const arm of arms) {
    const file = join(folder, `${prefix}${arm}-${seed}.json`);
    if (existsSync(file)) continue;
    const record = await page.call(train, [arm, seed, ...(given.length ? [given] : [])]);
    writeFileSync(file, `${JSON.stringify(record)}\n`);
    console.log(`${arm}, seed ${seed}: recorded`);
  }

const records = readdirSync(folder)
  .filter((name) => /-\d+\.json$/.test(name) && name.startsWith('health-') === (kind === 'health'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
if (kind === 'health') {
  const { table, page: text } = await page.call('calibrateHealth', [records]);
  writeFileSync(join(folder, 'health.json'), `${JSON.stringify(table, null, 1)}\n`);
  writeFileSync(join(root, 'docs/HEALTH.md'), `${text}\n`);
  console.log(text);
} else {
  const load = async (/** @type {string} */ name) =>
    (await runnerImport(join(root, 'src/experiments', name), { root, configFile: false, logLevel: 'error' })).module;
  const { summarise } = await load('summary.ts');
  const { markdown } = await load('markdown.ts');
  const { presetTable } = await load('preset-table.ts');
  const { rule } = await load('protocol.ts');
  const experiments = summarise(records);
  const presets = presetTable(records);
  writeFileSync(join(root, 'public/experiments.json'), `${JSON.stringify({ rule, presets, experiments })}\n`);
  writeFileSync(join(root, 'docs/EXPERIMENTS.md'), `${markdown(experiments, presets)}\n`);
  for (const { title, holds, found } of experiments)
    console.log(`${title}: ${holds}. ${found.map((/** @type {{ text: string }} */ one) => one.text).join('; ')}.`);
}
await page.close();
process.exit(0);
