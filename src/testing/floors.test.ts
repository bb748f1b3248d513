// The floors hold: a forbidden import planted in a folder makes the linter fail with that folder's own sentence.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floors-'));
  fs.copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Lints one planted file, with the project's own rules. */
function lint(file: string, source: string): { status: number | null; output: string } {
  const place = path.join(folder, file);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.writeFileSync(place, source);
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '-c', '.oxlintrc.json', file], {
    cwd: folder,
    encoding: 'utf8',
  });
  fs.rmSync(place);
  return { status, output: stdout + stderr };
}

const use = (what: string, from: string) => `import { ${what} } from '${from}';\nexport const used = ${what};\n`;

describe('floors', () => {
  it.each([
    ['src/core/x.ts', '../video/decode.ts', 'Core holds the words'],
    ['src/gpu/x.ts', '../ops/linear.ts', 'lowest floor of the engine'],
    ['src/ops/x.ts', '../model/block.ts', 'Ops stand on gpu'],
    ['src/model/x.ts', '../train/step.ts', 'Model stands on ops'],
    ['src/train/x.ts', '../tasks/pretrain.ts', 'Train stands on model'],
    ['src/experiments/x.ts', '../worker/gpu.ts', 'Experiments stand on tasks'],
    ['src/tasks/x.ts', '../worker/library.ts', 'Tasks stand on train'],
    ['src/worker/x.ts', '../store/studio.ts', 'protocol/messages.ts only'],
    ['src/store/x.ts', '../gpu/device.ts', 'The store meets the engine'],
    ['src/views/x.tsx', '../worker/training.ts', 'Views read the store'],
    ['src/mask/x.ts', '../video/decode.ts', 'Mask turns grid and seed'],
    ['src/store/x.ts', 'react', 'react belongs in views'],
    ['src/views/x.ts', 'zustand', 'zustand belongs in store'],
    ['src/worker/x.ts', 'mediabunny', 'mediabunny belongs in video'],
    ['src/store/x.ts', 'js-yaml', 'js-yaml belongs in formats'],
    ['src/tasks/x.ts', 'onnxruntime-web', 'onnxruntime-web belongs in one file of model'],
    ['src/model/x.ts', 'onnxruntime-web/wasm', 'onnxruntime-web belongs in one file of model'],
    ['src/model/onnx-encoder.ts', '../train/step.ts', 'Model stands on ops'],
    ['src/ops/x.ts', './linear.ref.ts', 'for tests only'],
    ['src/train/x.ts', '../testing/device.ts', 'for tests only'],
  ])('%s may not import %s', (file, from, sentence) => {
    const { status, output } = lint(file, use('thing', from));
    expect(status).not.toBe(0);
    expect(output).toContain(sentence);
  });

  it.each([
    ['src/views/x.ts', '../store/studio.ts'],
    ['src/model/x.ts', '../ops/linear.ts'],
    ['src/model/onnx-encoder.ts', 'onnxruntime-web/wasm'],
    ['src/worker/x.ts', '../protocol/messages.ts'],
    ['src/ops/x.test.ts', './linear.ref.ts'],
  ])('%s may import %s', (file, from) => {
    const { status, output } = lint(file, use('thing', from));
    expect(output).not.toContain('no-restricted-imports');
    expect(status).toBe(0);
  });

  it('Math.random is refused', () => {
    const { status, output } = lint('src/tasks/x.ts', 'export const dice = Math.random();\n');
    expect(status).not.toBe(0);
    expect(output).toContain('core/random.ts');
  });
});
