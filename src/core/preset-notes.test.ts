// The numbers of the notes are those of the recorded experiments, or this fails.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { presetNote, presetWarning } from './preset-notes.ts';
import { predicting, preset } from './presets.ts';

interface Recorded {
  experiments: { id: string; rows: { label: string; mean: number; unit: string }[] }[];
}

const recorded = JSON.parse(readFileSync('public/experiments.json', 'utf8')) as Recorded;
const percent = (experiment: string, arm: string): string => {
  const rows = recorded.experiments.find((e) => e.id === experiment)?.rows ?? [];
  const row = rows.find((r) => r.label === `${arm}, direction, attentive`);
  return `${Math.round(row?.mean ?? NaN)} %`;
};

const features = 'features, multi-block, SIGReg 0.02';

const bare = (name: 'nano' | 'vit_tiny' | 'vit_large') => {
  const c = preset(name);
  return { ...c, loss: { ...c.loss, sigreg: 0 } };
};

it('says of nano what was recorded, of others that nothing was', () => {
  const note = presetNote(preset('nano'));
  expect(note).toContain(`told ${percent('training', features)} of directions`);
  expect(note).toContain(`random weights ${percent('training', 'random weights')}`);
  expect(presetNote(bare('nano'))).toBe('An encoder of 64 × 3 without SIGReg.');
  expect(presetNote(preset('tiny'))).toContain('Not recorded yet');
  expect(presetNote(predicting(preset('nano'), 'pixels'))).toContain(percent('pixels', 'pixels, multi-block'));
  expect(presetNote(preset('vit_large'))).toContain('official');
});

it('warns of small models without SIGReg, with the recorded numbers, and of nothing else', () => {
  const [without, together] = [percent('sigreg', 'features without SIGReg'), percent('sigreg', features)];
  expect(presetWarning(bare('nano'))).toContain(`${without} of directions against ${together} with it`);
  expect(presetWarning(bare('vit_tiny'))).not.toBeNull();
  expect(presetWarning(bare('vit_large'))).toBeNull();
  expect(presetWarning(preset('nano'))).toBeNull();
  expect(presetWarning(predicting(preset('nano'), 'pixels'))).toBeNull();
});
