// A test clip opened again: its pictures, and where the query of the attentive probe looks in it.

import { StudioError } from '../core/errors.ts';
import type { EvaluatedClip, EvaluationRequest, QueryAttention } from '../protocol/evaluation.ts';
import { drawnFrames, drawProceduralClip, proceduralRate } from '../video/procedural.ts';
import { seenShare } from '../video/evaluate-transform.ts';
import { evaluationClips } from '../video/sampling.ts';
import { opaque } from '../video/scale.ts';
import { viewSide } from './actions.ts';
import { ask } from './engine.ts';
import { useStudio, type ViewedClip } from './studio.ts';

/** Frames of the video that a segment of the evaluation is made of. */
export const segmentFrames = ({ config, segments }: EvaluationRequest, frames: number, segment: number): number[] =>
  evaluationClips({ frames, framesPerClip: config.model.frames, stride: config.data.samplingRate }, segments, 1)[
    segment
  ].indices;

/** Side of the largest centred square in which the network saw `viewSide` pixels: all of it where it was fine-tuned and in the
 * middle one of three views, else the square that one view is cut to. */
const squareOf = ({ task, config, views }: EvaluationRequest): number =>
  task === 'finetune' || views === 3 ? viewSide : Math.round(viewSide / seenShare(config.model.crop));

/** The middle of a square picture, (viewSide, viewSide) RGBA. */
function middle(rgba: Uint8ClampedArray<ArrayBuffer>, side: number): Uint8ClampedArray<ArrayBuffer> {
  if (side === viewSide) return rgba;
  const edge = (side - viewSide) >> 1;
  const out = new Uint8ClampedArray(viewSide * viewSide * 4);
  for (let y = 0; y < viewSide; y++) {
    const from = ((edge + y) * side + edge) * 4;
    out.set(rgba.subarray(from, from + viewSide * 4), y * viewSide * 4);
  }
  return out;
}

/** The pictures that the network saw, larger; drawn clips are drawn again. */
export async function framesOf(clip: EvaluatedClip, request: EvaluationRequest, segment: number): Promise<ViewedClip> {
  const side = squareOf(request);
  if (clip.kind === 'library') {
    const { clipId, name } = clip;
    const found = useStudio.getState().clips.find((c) => c.clipId === clipId);
    if (!found)
      throw new StudioError(
        'config',
        `${name} is no longer among the clips of this page, which know each other for one visit.`,
        'Add it and ask the same again to open it.',
      );
    const { frames } = found;
    const indices = segmentFrames(request, frames, segment);
    const about = { type: 'readClip', clipId, stride: 1, frames: 1, side } as const;
    // they are not equally far apart, so each is asked for by itself
    const read = await Promise.all(indices.map((start) => ask('clipFrames', { ...about, start })));
    const rgba = read.map(({ frames: found }) => middle(found.rgba[0], side));
    const times = read.map(({ frames: found }) => found.times[0]);
    return { clipId, name, start: indices[0], side: viewSide, times, rgba };
  }
  const { data, task } = request;
  const { seed, noise, background } =
    data.kind === 'drawn' ? data : { seed: 0, noise: 0, background: 'plain' as const };
  const scene = task === 'detect' ? 'pair' : 'motion';
  const indices = segmentFrames(request, drawnFrames, segment);
  const rgba = indices.map((start) =>
    middle(
      opaque(drawProceduralClip(seed, clip.index, { frames: 1, start, side, noise, background, scene }).rgb),
      side,
    ),
  );
  const times = indices.map((i) => i / proceduralRate);
  return { clipId: `drawn-${seed}-${clip.index}`, name: '', start: indices[0], side: viewSide, times, rgba };
}

/** `evaluation`: job of the report. Throws StudioError where another evaluation began since. */
export const lookWithProbe = async (evaluation: string, clip: EvaluatedClip): Promise<QueryAttention> =>
  (await ask('looked', { type: 'lookWithProbe', evaluation, clip })).attention;

/** Shares of one head over N tokens, or of all heads on average: `head` null. */
export function headOf({ heads, weights }: QueryAttention, head: number | null): Float32Array<ArrayBuffer> {
  const n = weights.length / heads;
  if (head !== null) return weights.slice(head * n, (head + 1) * n);
  const mean = new Float32Array(n);
  for (let h = 0; h < heads; h++) for (let i = 0; i < n; i++) mean[i] += weights[h * n + i] / heads;
  return mean;
}

/** How much of the attention each of t tubelets gets. */
export function perTubelet(shares: Float32Array, tubelets: number): number[] {
  const plane = shares.length / tubelets;
  return Array.from({ length: tubelets }, (_, t) =>
    shares.subarray(t * plane, (t + 1) * plane).reduce((a, b) => a + b, 0),
  );
}
