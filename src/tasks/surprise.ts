// When prediction fails: windows slide over a whole video, the first tubelets of each are seen and the rest is predicted
// (Garrido et al. 2025). The context is encoded alone, so that nothing of the future leaks into it.

import { gridOf, type RunConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { tokenCount } from '../core/grid.ts';
import { numbered } from '../core/numbered.ts';
import type { Surprise, SurpriseCurve } from '../protocol/looking.ts';
import type { ErrorMapper } from '../train/error-map.ts';
import { type ClipFrameSource, viewedClip } from './clips.ts';

export interface SurpriseOptions {
  /** tubelets of context */
  contexts: number[];
  /** frames between two windows */
  every: number;
  /** frames about which there is a window at every stride that sees or predicts them */
  edges?: number[];
  /** of the video, for who is told that it is too short */
  name?: string;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/** Frames from the first to the last of a window, both counted. */
export const windowFrames = (c: RunConfig): number => (c.model.frames - 1) * c.data.samplingRate + 1;

/**
 * Every mask set of a run has a mask token of its own; a window is predicted with each of them, and the errors are averaged.
 * Throws StudioError 'config' for a context that leaves nothing to predict, 'video' for a video shorter than a window.
 */
export async function surprise(
  mapper: ErrorMapper,
  c: RunConfig,
  video: ClipFrameSource,
  { contexts, every, edges = [], name = 'The video', signal, onProgress }: SurpriseOptions,
): Promise<Surprise> {
  const grid = gridOf(c.model);
  refuseBadAsk(contexts, every, grid.t);
  refuseShort(c, video.frames, name);
  const starts = windowStarts(c, video.frames, every, edges);
  const plane = grid.h * grid.w;
  const curves = contexts.map((context): SurpriseCurve => ({
    context,
    error: new Float32Array(starts.length),
    tubelets: new Float32Array(starts.length * (grid.t - context)),
  }));
  for (const [window, start] of starts.entries()) {
    if (signal.aborted) throw new StudioError('cancelled', 'The surprise was not measured to the end.');
    onProgress(window, starts.length);
    const clip = viewedClip(c, video, start);
    for (const curve of curves) {
      const all = Int32Array.from({ length: tokenCount(grid) }, (_, n) => n);
      const mask = { context: [all.subarray(0, curve.context * plane)], target: [all.subarray(curve.context * plane)] };
      const sets = await mapper.map(
        clip,
        c.masks.map(() => mask),
      );
      const predicted = grid.t - curve.context;
      let sum = 0;
      for (let t = 0; t < predicted; t++) {
        let ofTubelet = 0;
        for (const errors of sets) for (let n = t * plane; n < (t + 1) * plane; n++) ofTubelet += errors[n];
        curve.tubelets[window * predicted + t] = ofTubelet / (sets.length * plane);
        sum += ofTubelet;
      }
      curve.error[window] = sum / (sets.length * plane * predicted);
    }
  }
  onProgress(starts.length, starts.length);
  const tubeletFrames = (c.model.frames / grid.t) * c.data.samplingRate;
  return { starts, every, tubeletFrames, windowFrames: windowFrames(c), curves };
}

function refuseShort(c: RunConfig, frames: number, name: string): void {
  const { model, data } = c;
  const least = windowFrames(c);
  if (frames >= least) return;
  const apart = data.samplingRate > 1 ? `, ${data.samplingRate} apart` : '';
  throw new StudioError(
    'video',
    `${name} has ${numbered(frames, 'frame')}, and surprise needs ${least} or more: the run looks at ${model.frames} frames at a time${apart}.`,
    `Choose a video of at least ${least} frames, or a run that was trained on shorter clips.`,
  );
}

function windowStarts(c: RunConfig, frames: number, every: number, edges: readonly number[]): number[] {
  const length = windowFrames(c);
  const last = frames - length;
  const starts = new Set(Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => i * every));
  const stride = c.data.samplingRate;
  // a window that ends before an edge, or begins with it, has nothing that changes
  for (const edge of edges)
    for (
      let start = Math.max(0, Math.ceil((edge - length + 1) / stride)) * stride;
      start <= last && start < edge;
      start += stride
    )
      starts.add(start);
  return [...starts].sort((a, b) => a - b);
}

function refuseBadAsk(contexts: number[], every: number, tubelets: number): void {
  const bad = contexts.find((n) => !Number.isInteger(n) || n < 1 || n >= tubelets);
  if (bad !== undefined || !contexts.length)
    throw new StudioError(
      'config',
      `a context of ${bad ?? 'no'} tubelets leaves nothing to see or to predict in clips of ${tubelets}`,
      tubelets > 1 ? `Choose from 1 to ${tubelets - 1}.` : 'Train with clips of at least two tubelets.',
    );
  if (!Number.isInteger(every) || every < 1)
    throw new StudioError('config', `windows ${every} frames apart`, 'Choose a whole number from 1 on.');
}
