// Starts a browser that nobody holds: one that can be killed, or whose tabs may really be hidden. It is spoken to through its
// debugging port.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Starts it with a profile of its own, in a group of its own, so that its children can be ended with it.
 * @param {string} path @param {readonly string[]} args @param {string} profile a folder
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, address: string }>} and where its port listens
 */
export async function startByHand(path, args, profile) {
  const told = join(profile, 'DevToolsActivePort');
  rmSync(told, { force: true });
  const own = ['--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(path, [...args, ...own, 'about:blank'], { detached: true, stdio: 'ignore' });
  for (let tries = 0; !existsSync(told) || !readFileSync(told, 'utf8').includes('\n'); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error('the browser did not start');
    await wait(100);
  }
  const [port] = readFileSync(told, 'utf8').split('\n');
  return { child, address: `http://127.0.0.1:${port}` };
}
