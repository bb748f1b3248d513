// How experiments were made and judged, in words: what stands beside the numbers in the studio and in docs/EXPERIMENTS.md.

import { type RunConfig, totalSteps } from '../core/config.ts';
import { type Asking, steps, trainingClips } from './arms.ts';

/** When a claim holds; how the interval is made: interval.ts. */
export const rule =
  'A claim is a difference between arms of the same seeds. It holds when the 95 % interval of the difference lies above zero, it does not hold when the interval lies below; otherwise it is unclear. A claim of several differences holds when all of them do, and does not when one does not. The interval also counts that other test clips might have been chosen, so it may be much wider than the ± beside a number, which is the spread over seeds alone.';

/** What the arms that are no presets share. */
export const armsMade = `Trained for ${steps} steps of batch 8 on ${trainingClips} drawn clips of 8 frames at 32 pixels, 64 tokens, encoder 64 × 2, predictor 32 × 2.`;

/** What a preset was trained with. */
export const presetMade = ({ optim, batchSize }: RunConfig): string =>
  `Trained as the page has it, ${totalSteps(optim)} steps of batch ${batchSize}, on ${trainingClips} drawn clips.`;

/** How the frozen features of drawn clips were asked. */
export const drawnAsked = ({ train, validation, test }: Asking): string =>
  `Frozen features of ${train + validation + test} other drawn clips were probed: ${train} with labels, ${validation} for choosing the epoch, the rest for one test.`;

/** The same of an arm that was asked about fewer of them. */
export const askedOtherwise = (label: string, { train, validation, test }: Asking): string =>
  `${label[0].toUpperCase()}${label.slice(1)}: asked about the first ${train + validation + test}, ${train} with labels, ${validation} for choosing.`;

/** What the answers stand beside; both differ by what is asked. */
export function standing(tests: readonly number[], chance: Readonly<Record<string, number>> | undefined, seeds: number): string {
  const guesses = Object.entries(chance ?? {}).map(([axis, share]) => `${(share * 100).toFixed(1)} % for ${axis}`);
  return [
    `${[...new Set(tests)].sort((a, b) => a - b).join(' or ')} test clips`,
    `${seeds} seeds`,
    ...(guesses.length ? [`chance ${guesses.join(', ')}`] : []),
  ].join('; ');
}
