// A browser that can be killed: one that Playwright only talks to, with a profile that outlives it.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, chromium, type LaunchOptions } from 'playwright/test';

export interface Killable {
  browser: Browser;
  /** ends all of its processes at once; nothing of it gets to write anything any more */
  kill: () => Promise<void>;
}

export async function killable(profile: string, { executablePath, args = [] }: LaunchOptions): Promise<Killable> {
  if (!executablePath) throw new Error('a browser that can be killed needs a path');
  const told = join(profile, 'DevToolsActivePort');
  rmSync(told, { force: true });
  const own = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1440,900'];
  // a group of its own, so that its children end with it
  const child = spawn(executablePath, [...args, ...own, 'about:blank'], { detached: true, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; !existsSync(told) || !readFileSync(told, 'utf8').includes('\n'); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error('the browser did not start');
    await wait(100);
  }
  const [port] = readFileSync(told, 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const kill = async () => {
    killGroup(child);
    await ended;
    await browser.close().catch(() => {}); // it is gone already
  };
  return { browser, kill };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']);
  else process.kill(-pid, 'SIGKILL');
}
