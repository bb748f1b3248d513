// A clip that is opened from an evaluation shows what the network saw: the same frames, cut to the same square.

import { expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import type { EvaluationRequest } from '../protocol/evaluation.ts';
import { evaluatedViews, viewedClip } from '../tasks/clips.ts';
import { finetuneClips } from '../tasks/finetune.ts';
import { channelDeviation, channelMean } from '../video/augment.ts';
import { DrawnCache, drawnClip } from '../worker/clips.ts';

vi.mock('../store/engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {}, hear: () => {} }));
const { framesOf, segmentFrames } = await import('../store/evaluation-clip.ts');

const config = preset('nano');
const { crop } = config.model;
const asked = (task: EvaluationRequest['task']) =>
  ({ task, config, segments: 1, data: { kind: 'drawn', seed: 1, noise: 0, background: 'plain' } }) as EvaluationRequest;
const index = 1_000_000;
const source = drawnClip('c', 1, index, new DrawnCache(1e9), {
  noise: 0,
  background: 'plain',
  colours: 'pale',
}).source;

/** Mean difference in grey levels of the first shown frame and of what a network was given, (3, T, S, S). */
async function apart(task: EvaluationRequest['task'], seen: Float32Array): Promise<number> {
  const { rgba, side } = await framesOf({ kind: 'drawn', index }, asked(task), 0);
  let sum = 0;
  for (let y = 0; y < crop; y++)
    for (let x = 0; x < crop; x++) {
      const at = Math.floor(((y + 0.5) / crop) * side) * side + Math.floor(((x + 0.5) / crop) * side);
      const red = (seen[y * crop + x] * channelDeviation[0] + channelMean[0]) * 255;
      sum += Math.abs(rgba[0][4 * at] - red);
    }
  return sum / crop ** 2;
}

it('a probe is asked about the middle of the frame, a fine-tuned network about all of it', async () => {
  const [probed] = evaluatedViews(config.model, config.data, source, 1, 1);
  const tuned = viewedClip(config, source, 0);
  // pictures of other sizes differ at edges; the wrong square differs everywhere
  expect(await apart('probe', probed)).toBeLessThan(0.5 * (await apart('finetune', probed)));
  expect(await apart('finetune', tuned)).toBeLessThan(0.5 * (await apart('probe', tuned)));
});

it('frames of a video that is shorter than its clip are those that were asked about', () => {
  const seen: number[] = [];
  const short = { frames: 12, width: 48, height: 48, rgb: (f: number) => (seen.push(f), new Uint8Array(48 * 48 * 3)) };
  finetuneClips(config, [short], 0)(0, null);
  expect(seen).toEqual(segmentFrames(asked('finetune'), short.frames, 0));
});
