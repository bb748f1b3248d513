// Finds a browser for the stories, or gets one: an installed Chrome, Chromium or Edge, Playwright's cache, Playwright's
// download, the system's package manager. Says what it did. A candidate counts only once it has started, opened a page
// on localhost and given a WebGPU adapter. `node scripts/browser.mjs` prints the path.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installedBrowsers, onPath, playwrightBrowsers } from './places.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const memory = join(root, 'node_modules', '.cache', 'browser.json');

/** Switches for a browser under test; without a GPU on Linux its software adapter is asked for. @param {boolean} software */
export const switches = (software) => [
  '--enable-unsafe-webgpu',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...(software ? ['--use-webgpu-adapter=swiftshader'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Whether a browser starts and gives an adapter. @param {string} executablePath @param {boolean} software */
async function works(executablePath, software) {
  const { chromium } = await import('playwright');
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>probe</title>'),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  let browser;
  try {
    browser = await chromium.launch({ executablePath, args: switches(software), timeout: 30_000 });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    return await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  } catch {
    return false;
  } finally {
    await browser?.close();
    server.close();
  }
}

/** @param {string[]} candidates */
async function firstWorking(candidates) {
  for (const path of candidates)
    for (const software of process.platform === 'linux' ? [false, true] : [false])
      if (await works(path, software)) return { path, software };
  return null;
}

/** @param {string} command @param {string[]} args @param {number} seconds */
function run(command, args, seconds) {
  console.log(`  ${command} ${args.join(' ')}`);
  return (
    spawnSync(command, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: seconds * 1000,
      shell: process.platform === 'win32',
    }).status === 0
  );
}

/** Debian and its relatives, as root or with sudo that asks for no password. */
function installPackage() {
  if (process.platform !== 'linux' || !onPath('apt-get').length) return false;
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && spawnSync('sudo', ['-n', 'true']).status !== 0) return false;
  const apt = (/** @type {string[]} */ args) =>
    asRoot ? run('apt-get', args, 600) : run('sudo', ['-n', 'apt-get', ...args], 600);
  return apt(['update', '-qq']) && apt(['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

/** @param {{ path: string, software: boolean }} found */
function remembered(found) {
  console.log(`Browser: ${found.path}${found.software ? ', with its software WebGPU adapter' : ''}.`);
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify(found));
  return found;
}

/** What was found before, or null; a file that was cut off tells nothing. @returns {{ path: string, software: boolean } | null} */
function lastFound() {
  try {
    return JSON.parse(readFileSync(memory, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * A browser with WebGPU, or null: the one that CHROME_PATH names, or the first that works.
 * @returns {Promise<{ path: string, software: boolean } | null>}
 */
export async function findBrowser() {
  const { CHROME_PATH: named } = process.env;
  const known = lastFound();
  if (known && existsSync(known.path) && (!named || known.path === named)) return known;
  if (named) {
    const found = await firstWorking([named]);
    if (found) return remembered(found);
    console.error(`CHROME_PATH is ${named}, which does not start or gives no WebGPU adapter: correct it or unset it.`);
    return null;
  }
  const steps = [
    { what: 'an installed browser', get: () => installedBrowsers() },
    { what: "Playwright's cache", get: () => playwrightBrowsers() },
    {
      what: "Playwright's download",
      get: () => (run('npx', ['--no-install', 'playwright', 'install', 'chromium'], 180) ? playwrightBrowsers() : []),
    },
    { what: "the system's package manager", get: () => (installPackage() ? installedBrowsers() : []) },
  ];
  for (const { what, get } of steps) {
    console.log(`Browser: trying ${what}.`);
    const found = await firstWorking(get());
    if (!found) continue;
    return remembered(found);
  }
  console.error(
    'No browser with WebGPU was found. Install Chrome or Chromium (for example: brew install --cask google-chrome, winget install Google.Chrome), or set CHROME_PATH.',
  );
  return null;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exit((await findBrowser()) ? 0 : 1);
