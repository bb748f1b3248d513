// What is known of a preset, in a sentence or two for whoever is about to choose it. Numbers are those of
// docs/EXPERIMENTS.md; what was not recorded is not claimed.

import { type RunConfig, totalSteps } from './config.ts';
import { changedFields } from './config-diff.ts';
import { numbered } from './numbered.ts';
import { presetNames, preset as presetOf } from './presets.ts';

/** Why the settings are as they are, and what was seen of them. */
export function presetNote(config: RunConfig): string {
  const { preset, model, loss } = config;
  if (preset.startsWith('vit_'))
    return 'An official size with the official schedule and cut, made for clusters and millions of videos.';
  const size = `${model.dim} × ${model.depth}`;
  if (loss.target === 'pixels')
    return `An encoder of ${size} that predicts normalised pixels. In recorded runs of 300 steps one of 64 × 2 told 12 % of directions, which is chance.`;
  if (!loss.sigreg) return `An encoder of ${size} without SIGReg.`;
  const name = presetNames.find((known) => known === preset);
  const changed = !name || changedFields(presetOf(name), config).some((field) => field !== 'seed');
  const base = `An encoder of ${size} with ${changed ? `SIGReg ${loss.sigreg}` : 'a little SIGReg'}.`;
  const known = recorded[preset];
  return known ? `${base} Recorded${changed ? ' of the preset as it comes' : ''}: ${known}` : base;
}

/** What came of whole runs, beside random weights. */
const recorded: Record<string, string | undefined> = {
  nano: 'its 1000 steps took about 6 minutes on two shared cores without a GPU, about 3 with Mesa and 9 in Chromium’s own software; then an attentive probe told 83 % of directions from 300 labels and 25 % from 30, random weights 13 %. With 2400 labels it told 34 % of shapes, random weights 25 %, which is chance. Trained on thirty real videos it told which of eight ways the picture pans in 79 %, random weights 63 %.',
  tiny: 'its 1000 steps took about 14 minutes on two shared cores without a GPU, with Mesa; then an attentive probe told 92 % of directions from 300 labels and 26 % from 30, random weights 22 % and 13 %. Shapes stayed near chance.',
  small:
    'its 1000 steps took about 38 minutes on two shared cores without a GPU; then an attentive probe told 98 % of directions from 300 labels and 25 % from 30, random weights 57 % and 16 %. Shapes stayed near chance.',
};

/** What came of whole runs without SIGReg, with the official cut. */
const bare: Record<string, string | undefined> = {
  nano: 'nano told 11 % of directions, with it 83 %, random weights 13 %; the effective rank of its tokens was 3.8, of random weights 23.2.',
  tiny: 'tiny told 13 % of directions, with it 92 %, random weights 22 %; the effective rank of its tokens was 4.5, of random weights 28.7.',
};

/** What comes of a teacher that is not slow, or that stands still; null where it is neither. */
export function emaWarning({ loss, optim }: Pick<RunConfig, 'loss' | 'optim'>): string | null {
  const [first, last] = optim.ema;
  if (loss.target === 'pixels') return null;
  if (first === 1 && last === 1)
    return 'With an EMA of 1 the slow encoder never moves: what is predicted stays the features of random weights.';
  if (!(first <= 0.5)) return null;
  return `With a first EMA of ${first} ${first === 0 ? 'nothing is slow: the target is the encoder itself' : 'the slow encoder follows at once'}. Of recorded runs without SIGReg all eight with 0 or 0.5 collapsed${loss.sigreg > 0 ? '; with it none was recorded' : ''}. Health tells after some checks.`;
}

/** What the recorded experiments warn of; null where they do not. */
export function presetWarning(config: RunConfig): string | null {
  const { preset, loss, model, batchSize } = config;
  if (loss.target === 'pixels' || loss.sigreg > 0) return null;
  if (model.dim > 192)
    return `Its ${totalSteps(config.optim)} steps of ${numbered(batchSize, 'clip')} are far from what the article trains this size with: 90000 steps of 3072 clips from two million videos. It was not recorded here. Without SIGReg, as the official settings are, ${bare.nano} Chance is 12.5 %.`;
  const known = bare[preset];
  return `${
    known
      ? `Recorded without SIGReg, with the official cut: ${known} Chance is 12.5 %.`
      : 'Without SIGReg recorded runs of width 64 stayed at chance: 11 % of directions against 60 % with it.'
  } At such sizes a low loss proves nothing.`;
}
