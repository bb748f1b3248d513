// A test clip opened again: its pictures, and where the query of the attentive probe looks in it.

import type { EvaluatedClip, EvaluationRequest, QueryAttention } from '../protocol/evaluation.ts';
import { drawProceduralClip, proceduralRate } from '../video/procedural.ts';
import { viewSide } from './actions.ts';
import { ask } from './engine.ts';
import type { ViewedClip } from './studio.ts';

/** The pictures that the network saw, larger; drawn clips are drawn again. */
export async function framesOf(clip: EvaluatedClip, request: EvaluationRequest): Promise<ViewedClip> {
  const { config } = request;
  const { frames } = config.model;
  const stride = config.data.samplingRate;
  if (clip.kind === 'library') {
    const about = { clipId: clip.clipId, start: 0, stride, frames, side: viewSide };
    const { frames: read } = await ask('clipFrames', { type: 'readClip', ...about });
    return { clipId: clip.clipId, name: clip.name, start: 0, side: read.side, times: read.times, rgba: read.rgba };
  }
  const { data, task } = request;
  const drawn = data.kind === 'drawn' ? data : { seed: 0, noise: 0, background: 'plain' as const };
  const { rgb } = drawProceduralClip(drawn.seed, clip.index, {
    frames,
    side: viewSide,
    stride,
    noise: drawn.noise,
    background: drawn.background,
    scene: task === 'detect' ? 'meeting' : 'motion',
  });
  const pixels = viewSide * viewSide;
  const rgba = Array.from({ length: frames }, (_, t) => {
    const picture = new Uint8ClampedArray(pixels * 4).fill(255);
    for (let i = 0; i < pixels; i++) for (let k = 0; k < 3; k++) picture[4 * i + k] = rgb[(t * pixels + i) * 3 + k];
    return picture;
  });
  const times = rgba.map((_, t) => (t * stride) / proceduralRate);
  return { clipId: `drawn-${drawn.seed}-${clip.index}`, name: '', start: 0, side: viewSide, times, rgba };
}

export const lookWithProbe = async (clip: EvaluatedClip): Promise<QueryAttention> =>
  (await ask('looked', { type: 'lookWithProbe', clip })).attention;

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
