// npm run bench: measures the engine in a real Chromium and prints a table and a JSON file. CPU seconds of all browser
// processes are shown beside wall time, because on a software adapter they repeat and wall time does not (Linux only).
// BENCH_STEPS: steps that are timed (3); VARIANT: a name of core/variant.ts, such as registers or "quads half"; PEER=0 leaves the
// same step in jax-js out; BENCH_OUT: where the JSON goes (bench.local.json). Figures never fail a test.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
installPackages();
const { openModule } = await import('./in-browser.mjs');

/** CPU seconds of all processes below this one, or NaN where /proc is not there. */
function cpuSeconds() {
  if (!existsSync('/proc/self/stat')) return NaN;
  /** @type {Map<string, string[]>} */
  const children = new Map();
  /** @type {Map<string, number>} */
  const ticks = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks.set(pid, Number(fields[11]) + Number(fields[12]));
      children.set(fields[1], [...(children.get(fields[1]) ?? []), pid]);
    } catch {
      // it ended while we looked
    }
  }
  const below = (/** @type {string} */ pid) =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + (ticks.get(child) ?? 0) + below(child), 0);
  return below(String(process.pid)) / 100; // USER_HZ
}

const page = await openModule(root, '/scripts/bench-page.ts', { include: ['@jax-js/jax'], expose: { cpuSeconds } });
if (!page) process.exit(1);

const steps = Number(process.env.BENCH_STEPS ?? 3);
console.log('Ours');
const ours = await page.call('measureOurs', [process.env.VARIANT ?? null, steps]);
let peer = null;
if (process.env.PEER !== '0') {
  console.log('jax-js');
  try {
    peer = await page.call('measurePeer', [Math.min(steps, 2)]);
  } catch (error) {
    console.log(
      `  jax-js could not be measured: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
  }
}
await page.close();

const out = process.env.BENCH_OUT ?? 'bench.local.json';
writeFileSync(out, `${JSON.stringify({ format: 'v-jepa-studio benchmark 1', ours, peer }, null, 1)}\n`);
print();
console.log(`\nWritten to ${out}`);
process.exit(0);

function print() {
  const peak = (/** @type {string} */ name) => ours.rows.find((r) => r.group === 'peak' && r.name === name);
  const per = (/** @type {number} */ work, /** @type {number} */ ms) => work / ms / 1e6;
  const fma = peak('multiply-add');
  const copy = peak('copy');
  const number = (/** @type {number | null | undefined} */ v) =>
    v === null || v === undefined || Number.isNaN(v) ? '' : v.toPrecision(3);
  const cell = (/** @type {string} */ text, /** @type {number} */ width) => text.padStart(width);
  console.log(
    `\n${ours.adapter.name}${ours.adapter.software ? ', software' : ''}; kernels ${Object.values(ours.variant).join(', ')}`,
  );
  console.log(
    `\n${'kernel'.padEnd(54)}${['ms', 'CPU ms', 'GFLOP/s', 'per CPU s', 'GB/s', 'per CPU s', 'of peak', 'jax-js CPU ms'].map((t) => cell(t, 14)).join('')}`,
  );
  for (const r of ours.rows) {
    const share = r.flops
      ? per(r.flops, r.milliseconds) / per(fma.flops, fma.milliseconds)
      : per(r.bytes, r.milliseconds) / per(copy.bytes, copy.milliseconds);
    const other = peer?.kernels.find((k) => k.name === r.name && k.detail === r.detail);
    const cpu = r.cpuMilliseconds;
    const cells = [
      number(r.milliseconds),
      number(cpu),
      r.flops ? number(per(r.flops, r.milliseconds)) : '',
      r.flops && cpu ? number(per(r.flops, cpu)) : '',
      r.bytes ? number(per(r.bytes, r.milliseconds)) : '',
      r.bytes && cpu ? number(per(r.bytes, cpu)) : '',
      r.group === 'kernel' ? `${(share * 100).toFixed(0)} %` : '',
      number(other?.cpuMilliseconds),
    ];
    console.log(`${`${r.name}, ${r.detail}`.replace(/, $/, '').padEnd(54)}${cells.map((c) => cell(c, 14)).join('')}`);
  }
  for (const k of peer?.kernels ?? [])
    if (k.detail === 'forward and backward')
      console.log(`${`jax-js ${k.name}, ${k.detail}`.padEnd(68)}${cell(number(k.cpuMilliseconds), 14)} CPU ms`);
  const s = ours.step;
  const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`
studio-small step   ${number(s.milliseconds)} ms, ${number((s.cpuMilliseconds ?? NaN) / 1000)} CPU s, ${number(per(s.flops, s.milliseconds))} GFLOP/s (${number(per(s.flops, s.cpuMilliseconds ?? NaN))} per CPU s)
host                ${number(s.hostMilliseconds)} ms of JavaScript a step
clips               ${number(s.inputMilliseconds)} ms to crop and normalise those of a step, ${number((100 * s.inputMilliseconds) / s.milliseconds)} % of it, beside the step before
first step          ${(s.firstStepMilliseconds / 1000).toFixed(1)} s, ${s.compiled} of ${s.pipelines} pipelines compiled on the way
dispatches          ${s.dispatches}, submits ${s.submits}
memory              ${mb(s.memory.total)}: ${Object.entries(s.memory)
    .filter(([name]) => name !== 'total')
    .map(([name, bytes]) => `${name} ${mb(bytes)}`)
    .join(', ')}
loss                ${s.loss}`);
  if (peer)
    console.log(`jax-js step         ${number(peer.step.milliseconds)} ms, ${number(peer.step.cpuMilliseconds / 1000)} CPU s, first step ${(peer.step.firstStepMilliseconds / 1000).toFixed(1)} s, losses ${peer.step.losses.map(number).join(', ')}
ours : jax-js       ${number(peer.step.cpuMilliseconds / (s.cpuMilliseconds ?? NaN))} times fewer CPU seconds, ${number(peer.step.milliseconds / s.milliseconds)} times less wall time`);
}
