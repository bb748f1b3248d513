// The numbers of the notes are those of the recorded experiments, or this fails.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { emaWarning, presetNote, presetWarning } from './preset-notes.ts';
import { predicting, preset } from './presets.ts';

interface Recorded {
  experiments: { id: string; rows: { label: string; mean: number; unit: string }[] }[];
}

const recorded = JSON.parse(readFileSync('public/experiments.json', 'utf8')) as Recorded;
const meanOf = (experiment: string, label: string): number => {
  const rows = recorded.experiments.find((e) => e.id === experiment)?.rows ?? [];
  return rows.find((r) => r.label === label)?.mean ?? NaN;
};
const percent = (experiment: string, arm: string, more = ''): string =>
  `${Math.round(meanOf(experiment, `${arm}, direction, attentive${more}`))} %`;

const features = 'features, multi-block, SIGReg 0.02';

const bare = (name: 'nano' | 'tiny' | 'vit_tiny' | 'vit_large') => {
  const c = preset(name);
  return { ...c, loss: { ...c.loss, sigreg: 0 } };
};

it('says of the presets of the studio what was recorded', () => {
  const [all, few] = [', 300 labels', ', 30 labels'];
  const note = presetNote(preset('nano'));
  expect(note).toContain(`told ${percent('presets', 'nano', all)} of directions from 300 labels`);
  expect(note).toContain(`and ${percent('presets', 'nano', few)} from 30`);
  expect(note).toContain(`random weights ${percent('presets', 'nano, random weights', all)}`);
  expect(note).toContain(`about ${Math.round(meanOf('presets', 'nano, training on two shared cores'))} minutes`);
  const shapes = (arm: string) => `${Math.round(meanOf('presets', `${arm}, shape, attentive, 2400 labels`))} %`;
  expect(note).toContain(
    `With 2400 labels it told ${shapes('nano')} of shapes, random weights ${shapes('nano, random weights')}`,
  );
  const pans = (arm: string) => `${Math.round(meanOf('real-pan', `${arm}, pan, attentive`))} %`;
  expect(meanOf('real', 'videos trained on')).toBe(30);
  expect(note).toContain(
    `which of eight ways the picture pans in ${pans('nano, on the real clips')}, random weights ${pans('nano, random weights, real clips')}.`,
  );
  expect(presetNote(bare('nano'))).toBe('An encoder of 64 × 3 without SIGReg.');
  const tiny = presetNote(preset('tiny'));
  expect(tiny).toContain(`told ${percent('presets-tiny', 'tiny', all)} of directions from 300 labels`);
  expect(tiny).toContain(`and ${percent('presets-tiny', 'tiny', few)} from 30`);
  expect(tiny).toContain(
    `random weights ${percent('presets-tiny', 'tiny, random weights', all)} and ${percent('presets-tiny', 'tiny, random weights', few)}`,
  );
  expect(tiny).toContain(`about ${Math.round(meanOf('presets-tiny', 'tiny, training on two shared cores'))} minutes`);
  const small = presetNote(preset('small'));
  expect(small).toContain(`told ${percent('presets-small', 'small', all)} of directions from 300 labels`);
  expect(small).toContain(`and ${percent('presets-small', 'small', few)} from 30`);
  expect(small).toContain(
    `random weights ${percent('presets-small', 'small, random weights', all)} and ${percent('presets-small', 'small, random weights', few)}`,
  );
  expect(small).toContain(
    `about ${Math.round(meanOf('presets-small', 'small, training on two shared cores'))} minutes`,
  );
  expect(presetNote(predicting(preset('nano'), 'pixels'))).toContain(percent('pixels', 'pixels, multi-block'));
  expect(presetNote(preset('vit_large'))).toContain('official');
});

it('numbers are those of the preset as it comes, and no others are claimed', () => {
  const nano = preset('nano');
  expect(presetNote({ ...nano, seed: 7 })).toBe(presetNote(nano));
  const other = presetNote({ ...nano, loss: { ...nano.loss, sigreg: 1 } });
  expect(other).toContain('An encoder of 64 × 3 with SIGReg 1. Recorded of the preset as it comes: its 1000 steps');
  expect(presetNote({ ...nano, optim: { ...nano.optim, lr: 0.5 } })).toContain('Recorded of the preset as it comes');
});

it('warns of small models without SIGReg, with the recorded numbers, and of nothing else', () => {
  const [without, together] = [percent('sigreg', 'features without SIGReg'), percent('sigreg', features)];
  expect(presetWarning(bare('vit_tiny'))).toContain(`${without} of directions against ${together} with it`);
  const all = ', 300 labels';
  const rank = (experiment: string, arm: string) => meanOf(experiment, `${arm}, effective rank of tokens`).toFixed(1);
  for (const [name, of] of [
    ['nano', 'presets'],
    ['tiny', 'presets-tiny'],
  ] as const) {
    const [alone, random] = [`${name}, no SIGReg, official cut`, `${name}, random weights`];
    const said = presetWarning(bare(name));
    expect(said).toContain(
      `${name} told ${percent(of, alone, all)} of directions, with it ${percent(of, name, all)}, random weights ${percent(of, random, all)};`,
    );
    expect(said).toContain(`was ${rank(of, alone)}, of random weights ${rank(of, random)}.`);
  }
  const large = presetWarning(bare('vit_large'));
  expect(large).toMatch(/^Its \d+ steps of \d+ clips? are far from what the article trains this size with:/);
  expect(large).toContain(`nano told ${percent('presets', 'nano, no SIGReg, official cut', all)} of directions`);
  expect(presetWarning(preset('nano'))).toBeNull();
  expect(presetWarning(predicting(preset('nano'), 'pixels'))).toBeNull();
});

it('says what a teacher that is not slow, or stands still, comes to, as it was recorded', () => {
  const nano = preset('nano');
  const said = (ema: [number, number], sigreg = 0) =>
    emaWarning({ loss: { ...nano.loss, sigreg }, optim: { ...nano.optim, ema } });
  const told = (arm: string) =>
    [0, 1, 2, 3].map((seed) => {
      const { verdicts } = JSON.parse(readFileSync(`experiments/health-${arm}-${seed}.json`, 'utf8')) as {
        verdicts: { state: string }[];
      };
      return verdicts.at(-1)?.state;
    });
  expect([...told('ema-0'), ...told('ema-half')]).toEqual(Array(8).fill('collapsed'));
  expect(said([0, 0])).toContain('all eight with 0 or 0.5 collapsed.');
  expect(said([0.5, 1], 0.02)).toContain('with it none was recorded');
  expect(said([1, 1])).toContain('stays the features of random weights');
  expect(said(nano.optim.ema)).toBeNull();
  expect(emaWarning({ ...predicting(nano, 'pixels'), optim: { ...nano.optim, ema: [0, 0] } })).toBeNull();
});
