// npm run test:reference: the reference suite alone, a line per case and a count.
// REFERENCE_DIR names another folder of cases, VARIANT (registers, quads, workgroup, workgroup 32 and subgroups, or
// recompute) one form of the kernels; without it every case that goes through kernels is checked with all of them.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'reference-')), 'report.txt');
const run = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, 'vitest.mjs'), 'run', 'src/reference.test.ts', '--reporter=dot'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, REFERENCE_REPORT: report },
    encoding: 'utf8',
  },
);
if (!fs.existsSync(report)) {
  process.stdout.write(run.stdout ?? '');
  console.error('The reference suite did not reach its end.');
  process.exit(1);
}
const lines = fs.readFileSync(report, 'utf8').split('\n').filter(Boolean);
for (const line of lines) console.log(line);
const count = (word) => lines.filter((line) => line.startsWith(word)).length;
console.log(`${count('passed')} passed, ${count('FAILED')} failed, ${count('NOT COVERED')} not covered`);
process.exit(run.status ?? 1);
