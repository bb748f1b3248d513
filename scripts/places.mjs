// Where browsers of the Chromium family lie on Linux, macOS and Windows. Looks only; starts and installs nothing.
import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const names = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];

/** @type {Record<string, string[]>} folders and files beyond PATH, by platform */
const usual = {
  linux: [
    '/opt/google/chrome/chrome',
    '/usr/lib/chromium/chromium',
    '/usr/lib/chromium-browser/chromium-browser',
    '/usr/lib64/chromium-browser/chromium-browser',
    '/snap/bin/chromium',
    '/opt/microsoft/msedge/msedge',
  ],
  darwin: ['/Applications', join(homedir(), 'Applications')].flatMap((folder) => [
    `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    `${folder}/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
  ]),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Chromium', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
};

/** @param {string} path */
function runnable(path) {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every place of a program on PATH. @param {string} name */
export function onPath(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, file))
    .filter(runnable);
}

/** The folders that Playwright downloads browsers to. */
function playwrightFolders() {
  const { PLAYWRIGHT_BROWSERS_PATH, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (PLAYWRIGHT_BROWSERS_PATH && PLAYWRIGHT_BROWSERS_PATH !== '0') return [PLAYWRIGHT_BROWSERS_PATH];
  if (process.platform === 'darwin') return [join(homedir(), 'Library', 'Caches', 'ms-playwright')];
  if (process.platform === 'win32') return LOCALAPPDATA ? [join(LOCALAPPDATA, 'ms-playwright')] : [];
  return [join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ms-playwright')];
}

/** Playwright's own Chromium builds, the newest first. */
export function playwrightBrowsers() {
  const found = [];
  for (const folder of playwrightFolders()) {
    if (!existsSync(folder)) continue;
    const builds = readdirSync(folder)
      .filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
      .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]));
    for (const build of builds) {
      // e.g. chrome-linux64, chrome-headless-shell-linux64, chrome-mac-arm64, chrome-win64
      for (const inner of readdirSync(join(folder, build))) {
        for (const file of ['chrome', 'headless_shell', 'chrome-headless-shell', 'chrome.exe', 'headless_shell.exe']) {
          found.push(join(folder, build, inner, file));
        }
        const app = join(folder, build, inner);
        if (!statSync(app).isDirectory()) continue;
        for (const name of readdirSync(app).filter((entry) => entry.endsWith('.app'))) {
          found.push(join(app, name, 'Contents', 'MacOS', name.slice(0, -'.app'.length)));
        }
      }
    }
  }
  return found.filter(runnable);
}

/** Installed browsers: `$CHROME_PATH`, then PATH, then the usual places. No path twice. */
export function installedBrowsers() {
  const { CHROME_PATH } = process.env;
  const all = [...(CHROME_PATH ? [CHROME_PATH] : []), ...names.flatMap(onPath), ...(usual[process.platform] ?? [])];
  return [...new Set(all)].filter(runnable);
}

/** Folders that hold a browser's real binary and the libraries beside it (a launcher on PATH may be a script or a link). */
export function browserFolders() {
  const files = [...installedBrowsers(), ...playwrightBrowsers(), ...(usual[process.platform] ?? [])].filter(
    existsSync,
  );
  const folders = files.map((file) => dirname(realpathSync(file)));
  return [...new Set([...folders, '/snap/chromium/current/usr/lib/chromium-browser'])].filter(existsSync);
}
