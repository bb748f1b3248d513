// Installs the packages when they are missing or older than the lock file. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Stops with a sentence on a Node that its tools do not take. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  // what its tools ask for: ^20.19.0 || >=22.12.0
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  console.error(
    `This is Node ${process.versions.node}; V-JEPA Studio needs 20.19, 22.12 or newer. Get it from https://nodejs.org.`,
  );
  process.exit(1);
}

/** Stops with a sentence in a folder from which the bundler cannot read: in an address, these begin what is no path. */
function checkPath() {
  const odd = /[#?]/.exec(root);
  if (!odd) return;
  console.error(
    `The path of this folder holds a ${odd[0]}, which Vite cannot read: ${root}. Move or rename the folder.`,
  );
  process.exit(1);
}

export function installPackages() {
  checkNode();
  checkPath();
  const done = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing packages (npm ci).');
  if (npm('ci')) return;
  // a registry that lacks packages of other platforms makes `ci` doubt the lock file; `install` keeps to its versions too
  console.log('npm ci failed, see above. Trying npm install.');
  if (npm('install', '--no-save')) return;
  console.error('npm install failed; see above. Is the package registry reachable?');
  process.exit(1);
}

/** @param {string[]} args */
function npm(...args) {
  return (
    spawnSync('npm', [...args, '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    }).status === 0
  );
}
