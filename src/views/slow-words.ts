// What every stage of a training step does, in a sentence or two with the numbers of the step that is shown.

import { numbered } from '../core/numbered.ts';
import type { SlowSet, SlowStage, SlowStep } from '../protocol/slow.ts';
import { rounded } from './numbers.ts';

export const stageNames: Record<SlowStage, string> = {
  mask: 'Mask',
  patches: 'Patches',
  encoder: 'Context encoder',
  predictor: 'Predictor',
  targets: 'Targets',
  error: 'Error',
  gradient: 'Gradient',
  adamw: 'AdamW',
  ema: 'EMA',
};

export function stageText(stage: SlowStage, s: SlowStep, set: SlowSet): string {
  const { t, h, w } = s.grid;
  const [kept, hidden, all] = [set.context.length, set.target.length, t * h * w];
  const pixels = s.target === 'pixels';
  switch (stage) {
    case 'mask':
      return `The clip is a grid of ${t} × ${h} × ${w} = ${all} tokens. This mask set keeps ${kept} of them (blue) and hides ${hidden} (orange)${kept + hidden < all ? '; the rest is not used in this step' : ''}. Drawn from the seed and the number of the step, nothing else.`;
    case 'patches':
      return `Only what is kept goes in: each token is ${set.patches.length / kept} numbers, the pixels of its patch through a tubelet. A matrix turns them into ${s.dim}, and the place in space and time is added.`;
    case 'encoder':
      return `The context encoder lets the ${kept} kept tokens look at each other. It never sees what is hidden. Blue tokens have features like the one under the cursor, red ones are opposite.`;
    case 'predictor':
      return `A narrow transformer gets the context and, for every hidden place, one learned mask token with that place. It answers with ${s.width} numbers for each of the ${hidden} hidden tokens.`;
    case 'targets':
      return pixels
        ? 'What should have been said: the pixels of every hidden patch, normalised patch by patch. The slow encoder is not asked.'
        : 'What should have been said: the slow encoder sees the whole clip, and its features are normalised token by token. No gradient flows into it, so it cannot make the task easier.';
    case 'error':
      return `${differenceText(s.exponent)}, averaged over the ${s.width} channels of a token, then over all hidden tokens of a mask set, then over the sets. ${lossText(s)}`;
    case 'gradient':
      return `The loss is followed back through predictor and context encoder: the brighter a kept token, the more its features matter to the loss. Length of all gradients: encoder ${rounded(s.encoderNorm)}, predictor ${rounded(s.predictorNorm)}${clipText(s)}.`;
    case 'adamw':
      return `Every weight moves against its smoothed gradient, divided by the gradient's usual size: learning rate ${rounded(s.lr)}, weight decay ${rounded(s.weightDecay)}. How far each layer moved, as a share of its own length.`;
    case 'ema':
      return s.momentum >= 1
        ? 'The slow encoder stands still in this step: its momentum is 1.'
        : `The slow encoder takes ${rounded((1 - s.momentum) * 100)} % of the way to the context encoder: target ← ${Number(s.momentum.toFixed(5))} · target + ${Number((1 - s.momentum).toFixed(5))} · encoder. How far each layer lags behind: before the step, when AdamW has moved the encoder on, and after the slow one has followed.`;
  }
  return stage satisfies never;
}

function differenceText(exponent: number): string {
  if (exponent === 1) return 'The difference without its sign';
  return exponent === 2
    ? 'Half the squared difference'
    : `The difference without its sign, to the power of ${exponent}, divided by ${exponent}`;
}

function lossText({ loss, lossPerSet }: SlowStep): string {
  const latent = lossPerSet.reduce((a, b) => a + b, 0) / lossPerSet.length;
  const here = `That is ${latent.toFixed(4)} in this step`;
  return Math.abs(loss - latent) < 5e-5
    ? `${here}.`
    : `${here}, and with the other terms of the loss ${loss.toFixed(4)}.`;
}

function clipText({ clip, encoderNorm, predictorNorm }: SlowStep): string {
  if (clip === null) return ', not clipped yet';
  const cut = [encoderNorm, predictorNorm].filter((n) => n > clip).length;
  return cut ? `, clipped to ${rounded(clip)}` : `, below the limit of ${rounded(clip)}`;
}

/** How much of the GPU's work a stage is. */
export function workText(stage: SlowStage, s: SlowStep): string {
  const n = s.dispatches[stage];
  if (stage === 'ema') return 'in the same dispatch as AdamW';
  if (n === 0) return 'no GPU work';
  return `${numbered(n, 'dispatch', 'dispatches')} on the GPU`;
}
