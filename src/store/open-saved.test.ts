import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { writeMaskJson } from '../formats/mask-json.ts';
import { writeNpy } from '../formats/npy.ts';
import { addPngText } from '../formats/png-text.ts';
import { applyConfig } from './actions.ts';
import { patchLab, useLab } from './lab.ts';
import { openSaved } from './open-saved.ts';
import { patch, useStudio } from './studio.ts';

// a worker that never answers
vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {}, hear: () => {} }));

const now = () => useStudio.getState().labConfig;
const start = () => preset('vit_tiny');

beforeEach(() => {
  vi.stubGlobal('location', { hash: '' });
  patch({ screen: 'masks', labConfig: start(), problem: null });
  patchLab({ notes: [], picture: null });
});
it('saved masks become painted sets of the first clip, with a word about unused tokens', async () => {
  const grid = { t: 1, h: 2, w: 2 };
  const json = writeMaskJson({
    grid,
    sampling: { masks: start().masks, cut: 'official', sequence: 'threefry', seed: 0 },
    batch: 2,
    draw: 0,
    clip: null,
    sets: [{ context: [Int32Array.of(0), Int32Array.of(1)], target: [Int32Array.of(1, 3), Int32Array.of(2)] }],
  });
  await openSaved(new File([json], 'masks.json'));
  expect(now().masks).toEqual([{ kind: 'painted', grid, tokens: [1, 3] }]);
  expect(useLab.getState().notes.join(' ')).toContain('1 token that was unused is context now');
  // (1 set, 2 clips, 1, 2, 2): the first clip hides tokens 0 and 2
  const npy = writeNpy({ shape: [1, 2, 1, 2, 2], data: Uint8Array.of(2, 1, 2, 1, 1, 1, 1, 2) });
  await openSaved(new File([npy], 'masks.npy'));
  expect(now().masks).toEqual([{ kind: 'painted', grid, tokens: [0, 2] }]);
  expect(useLab.getState().notes).toHaveLength(1);
});

it('a picture leads to the link that it carries, one without is a clip', async () => {
  const png = onePixel();
  await openSaved(new File([addPngText(png, { Comment: '{"link": "#v=1&seed=3"}' })], 'a.png'));
  expect(location.hash).toBe('#v=1&seed=3');
  expect(useLab.getState().picture).toBe('a.png');
  for (const comment of ['{', '{"link": 3}', 'null'])
    await openSaved(new File([addPngText(png, { Comment: comment })], 'b.png'));
  patch({ demo: true, problem: null });
  await openSaved(Object.assign(new File([png], 'c.png'), { webkitRelativePath: '' }));
  expect(location.hash).toBe('#v=1&seed=3');
  // it went to the library, which ends the demonstration
  expect(useStudio.getState()).toMatchObject({ demo: false, problem: null });
});

it('a chart of a run brings its settings to the form, until they are changed; none that cannot be', async () => {
  const chart = (settings: unknown, name: string) =>
    openSaved(new File([addPngText(onePixel(), { Comment: JSON.stringify({ what: 'loss', settings }) })], name));
  const small = { ...preset('nano'), batchSize: 3 };
  await chart(small, 'loss.png');
  expect(location.hash).toBe('#train');
  expect(useStudio.getState()).toMatchObject({ config: small, settingsFrom: 'the run in loss.png', problem: null });
  await chart({ ...small, batchSize: -1 }, 'odd.png');
  expect(useStudio.getState()).toMatchObject({ config: small, settingsFrom: 'the run in loss.png' });
  expect(useStudio.getState().problem?.message).toMatch(/^odd.png: batch size is -1/);
  applyConfig(preset('nano'));
  expect(useStudio.getState().settingsFrom).toBeNull();
});

function onePixel(): Uint8Array<ArrayBuffer> {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  // IHDR of a picture of one pixel, with its checksum
  const header = [0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde];
  return Uint8Array.from([...signature, ...header]);
}
