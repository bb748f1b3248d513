// How fast a run trains while its tab is hidden, beside how fast it does in sight: in a real window, since a headless browser
// never hides a page. Needs a display (on a server: Xvfb) and a Node with WebSocket (22, or 20 with --experimental-websocket).
// Run it after `npm run build`. SECONDS: of each measurement (30).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { findBrowser, switches } from './browser.mjs';
import { startByHand } from './by-hand.mjs';

const seconds = Number(process.env.SECONDS ?? 30);
const found = await findBrowser();
if (!found) process.exit(1);
const server = await preview({
  root: fileURLToPath(new URL('..', import.meta.url)),
  preview: { port: 4798 },
  logLevel: 'error',
});
const profile = mkdtempSync(join(tmpdir(), 'vjepa-hidden-'));
// Playwright's own switches keep hidden pages from being slowed
const { child, address } = await startByHand(found.path, switches(found.software), profile);

/** A tab, spoken to directly: Playwright tells the pages that it holds that they are in sight. */
async function openTab(/** @type {string} */ url) {
  const { webSocketDebuggerUrl } = await (await fetch(`${address}/json/new?${url}`, { method: 'PUT' })).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve) => (socket.onopen = resolve));
  /** @type {Map<number, (result: any) => void>} */
  const waiting = new Map();
  let calls = 0;
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
  };
  const send = (/** @type {string} */ method, params = {}) =>
    new Promise((resolve) => {
      waiting.set(++calls, resolve);
      socket.send(JSON.stringify({ id: calls, method, params }));
    });
  const evaluate = async (/** @type {string} */ expression) =>
    (await send('Runtime.evaluate', { expression })).result.value;
  return { send, evaluate };
}

const page = await openTab(server.resolvedUrls?.local[0] ?? '');
const until = async (/** @type {string} */ expression) => {
  while (!(await page.evaluate(expression))) await wait(200);
};
await until(`document.querySelector('[data-testid=start-training]:enabled') !== null`);
await page.evaluate(`document.querySelector('[data-testid=start-training]').click()`);
await until(`document.querySelector('[data-testid=run-loss]') !== null`);

/** Steps a second, and whether the page was in sight. */
async function measure() {
  const step = async () => Number(await page.evaluate(`document.querySelector('[data-testid=run-step]').textContent`));
  await wait(2000);
  const [from, began] = [await step(), performance.now()];
  await wait(seconds * 1000);
  const rate = ((await step()) - from) / ((performance.now() - began) / 1000);
  return { rate, sight: await page.evaluate('document.visibilityState') };
}

const visible = await measure();
await openTab('about:blank');
const hidden = await measure();
await page.send('Page.bringToFront');
const again = await measure();
for (const { rate, sight } of [visible, hidden, again]) console.log(`${sight}: ${rate.toFixed(2)} steps a second`);
child.kill();
await wait(1000);
rmSync(profile, { recursive: true, force: true });
await server.close();
process.exit(0);
