// Starts vitest in the environment that Dawn for Node needs, so that kernel tests run on machines without a GPU too.
// Arguments go to vitest: `node scripts/vitest.mjs run src/ops/linear.test.ts`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dawnEnvironment } from './vulkan.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const found = dawnEnvironment();
if (!found) {
  console.error(
    'No WebGPU adapter for the kernel tests: neither a GPU driver nor the software driver of a Chrome or Chromium was found.\n' +
      'Run `node scripts/browser.mjs`, which finds or installs a browser, or install Chromium by hand; then try again.',
  );
  process.exit(1);
}
const { name, software, lacks } = found.adapter;
console.log(
  `Kernel tests run on ${name}${software ? ' (software)' : ''}${lacks.length ? `, which has no ${lacks.join(' and no ')}: forms that need them are not run` : ''}.`,
);

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(process.execPath, [vitest, ...process.argv.slice(2)], {
  cwd: root,
  env: found.env,
  stdio: 'inherit',
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
