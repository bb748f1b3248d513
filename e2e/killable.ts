// A browser that can be killed: one that Playwright only talks to, with a profile that outlives it.

import { type ChildProcess, spawnSync } from 'node:child_process';
import { type Browser, chromium, type LaunchOptions } from 'playwright/test';
import { startByHand } from '../scripts/by-hand.mjs';

export interface Killable {
  browser: Browser;
  /** ends all of its processes at once; nothing of it gets to write anything any more */
  kill: () => Promise<void>;
}

export async function killable(profile: string, { executablePath, args = [] }: LaunchOptions): Promise<Killable> {
  if (!executablePath) throw new Error('a browser that can be killed needs a path');
  const { child, address } = await startByHand(
    executablePath,
    [...args, '--headless=new', '--window-size=1440,900'],
    profile,
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const browser = await chromium.connectOverCDP(address);
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
