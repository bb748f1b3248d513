// npm start: installs what is missing, builds when sources are newer than the build, serves it and opens the browser.
// PORT chooses the port (5173, or the next free one); NO_OPEN=1 opens nothing.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();

/** Newest change below a path, in ms; that something went is a change of its folder. @param {string} path @returns {number} */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

const built = join('dist', 'index.html');
const sources = ['src', 'shaders', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'].map(newest);
const vite = await import('vite');
if (!existsSync(built) || Math.max(...sources) > statSync(built).mtimeMs) {
  console.log('Building.');
  await vite.build({ logLevel: 'warn' });
}
const server = await vite.preview({
  preview: { port: Number(process.env.PORT ?? 5173), host: 'localhost' },
  logLevel: 'warn',
});
const address = server.resolvedUrls?.local[0] ?? '';
console.log(`V-JEPA Studio is at ${address}\nStop it with Ctrl+C.`);
open(address);

/** Opens the address in the user's browser, where there is one; never fails. @param {string} url */
function open(url) {
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (process.env.CI || process.env.NO_OPEN || headless) return;
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('Open the address in a browser.'));
  child.unref();
}
