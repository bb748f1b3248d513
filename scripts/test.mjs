// npm test: everything. Installs what is missing, then types, lint with floors, format, unit and kernel tests, build with
// the size of the first screen, stories in a real browser. Goes on after a failure and ends with one line of counts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();

const reports = mkdtempSync(join(tmpdir(), 'vjepa-studio-'));
let passed = 0;
let failed = 0;

/** Program of an installed package. @param {string} name @param {string} program */
function program(name, program) {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[program]);
}

/** Runs a Node program and says how it went. @param {string} title @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function stage(title, args, env = {}) {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  console.log(`-- ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}

/** @param {boolean} ok */
const single = (ok) => (ok ? passed++ : failed++);

/** Adds the counts of a JSON report; a stage without one, or without a test, has failed. @param {string} file @param {boolean} ok @param {(report: any) => [number, number]} read */
function counts(file, ok, read) {
  if (!existsSync(file)) return single(false);
  const [good, bad] = read(JSON.parse(readFileSync(file, 'utf8')));
  passed += good;
  failed += bad;
  if (good + bad === 0 || (!ok && bad === 0)) failed++;
}

// Before the kernel tests: on a machine without a GPU their driver comes with the browser.
const { findBrowser } = await import('./browser.mjs');
const browser = await findBrowser();

single(stage('Types', [program('typescript', 'tsc'), '-p', '.']));
single(stage('Lint and floors', [program('oxlint', 'oxlint'), '--type-aware']));
single(stage('Format', [program('oxfmt', 'oxfmt'), '--check', '.']));

const unit = join(reports, 'unit.json');
const unitOk = stage('Unit and kernel tests', [
  'scripts/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${unit}`,
]);
counts(unit, unitOk, (r) => [r.numPassedTests, r.numFailedTests]);

single(stage('Build', [program('vite', 'vite'), 'build', '--logLevel', 'warn']));
single(stage('Size of the first screen', ['scripts/check-first-screen.mjs']));

if (browser) {
  const stories = join(reports, 'stories.json');
  const storiesOk = stage('Stories', [program('playwright', 'playwright'), 'test', '-c', 'e2e/playwright.config.ts'], {
    BROWSER_PATH: browser.path,
    BROWSER_SOFTWARE: browser.software ? '1' : '',
    PLAYWRIGHT_JSON_OUTPUT_FILE: stories,
  });
  counts(stories, storiesOk, (r) => [r.stats.expected, r.stats.unexpected + r.stats.flaky]);
} else single(false);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
