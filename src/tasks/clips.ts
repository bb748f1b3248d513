// The clips of a training step: which videos, which frames, which crop. All of it is a function of (seed, step).

import type { RunConfig } from '../core/config.ts';
import { integer, makeKey, permutation, uniform } from '../core/random.ts';
import { type CropBox, cropBox, transformClip } from '../video/augment.ts';
import { evaluateClip, seenShare } from '../video/evaluate-transform.ts';
import { clipIndices, evaluationClips } from '../video/sampling.ts';

/** A video as the trainer reads it: decoded pictures at working size. */
export interface ClipFrameSource {
  frames: number;
  width: number;
  height: number;
  /** picture of a frame, (H, W, 3) */
  rgb: (frame: number) => Uint8Array;
}

/** Index of the video that slot b of a step learns from: every video once per pass, in a new order each pass. */
export function videoOf(seed: number, videos: number, step: number, batch: number, b: number): number {
  const sample = step * batch + b;
  return permutation(makeKey(seed, 'videos'), Math.floor(sample / videos), videos)[sample % videos];
}

/** Random windows, crops and flips (official VideoDataset and VideoTransform) → (numClips · B, 3, T, S, S), clip-major. */
export function trainingClips(c: RunConfig, sources: ClipFrameSource[], step: number): Float32Array<ArrayBuffer> {
  const { frames: T, crop: side } = c.model;
  const { numClips, samplingRate, cropScale, cropRatio, flip } = c.data;
  const B = c.batchSize;
  const size = 3 * T * side * side;
  const out = new Float32Array(numClips * B * size);
  const windows = makeKey(c.seed, 'windows');
  const crops = makeKey(c.seed, 'crops');
  for (let b = 0; b < B; b++) {
    const source = sources[videoOf(c.seed, sources.length, step, B, b)];
    const sample = step * B + b;
    let draws = 0;
    const clips = clipIndices({
      frames: source.frames,
      framesPerClip: T,
      stride: samplingRate,
      clips: numClips,
      randomEnd: (low, high) => low + integer(windows, sample, draws++, high - low),
    });
    clips.forEach((indices, clip) => {
      let u = clip * 32; // at most 22 draws a box
      const draw = () => uniform(crops, sample, u++);
      const box = cropBox(draw, source.height, source.width, cropScale, cropRatio);
      const mirrored = flip && draw() < 0.5;
      const frames = indices.map((i) => ({ rgb: source.rgb(i), width: source.width, box }));
      transformClip(frames, mirrored, { into: out, offset: (clip * B + b) * size, side });
    });
  }
  return out;
}

/** The largest centred square of a frame; what the page shows and error maps are made of. */
export function centreCropBox(width: number, height: number): CropBox {
  const side = Math.min(width, height);
  return { top: Math.floor((height - side) / 2), left: Math.floor((width - side) / 2), height: side, width: side };
}

/** T frames from `start` on, `samplingRate` apart (the last one repeats), centre crop → (3, T, S, S). */
export function viewedClip(c: RunConfig, source: ClipFrameSource, start: number): Float32Array<ArrayBuffer> {
  const { frames: T, crop: side } = c.model;
  const box = centreCropBox(source.width, source.height);
  const into = new Float32Array(3 * T * side * side);
  const frames = Array.from({ length: T }, (_, t) => ({
    rgb: source.rgb(Math.min(start + t * c.data.samplingRate, source.frames - 1)),
    width: source.width,
    box,
  }));
  transformClip(frames, false, { into, offset: 0, side });
  return into;
}

/** Frames of every segment of a video in an evaluation. */
const segmentsOf = (m: RunConfig['model'], data: RunConfig['data'], source: ClipFrameSource, segments: number) =>
  evaluationClips({ frames: source.frames, framesPerClip: m.frames, stride: data.samplingRate }, segments, 1).map(
    ({ indices }) => indices,
  );

/** What the first clip of an evaluation with one view shows: its frames, and the side of its square as a share of the frame. */
export function evaluatedWindow(
  m: RunConfig['model'],
  data: RunConfig['data'],
  source: ClipFrameSource,
): { frames: number[]; seen: number } {
  const [frames] = segmentsOf(m, data, source, 1);
  return { frames, seen: seenShare(m.crop) };
}

/**
 * Clips of one video as the official evaluation cuts them, view by view and in it segment by segment, (3, T, S, S) each.
 * One view: the short side becomes 256/224 of the crop and the centre is cut out; three: crops along the long side.
 */
export function evaluatedViews(
  m: RunConfig['model'],
  data: RunConfig['data'],
  source: ClipFrameSource,
  segments: number,
  views: 1 | 3,
): Float32Array<ArrayBuffer>[] {
  const size = 3 * m.frames * m.crop * m.crop;
  const { width, height } = source;
  const bySegment = segmentsOf(m, data, source, segments).map((indices) => {
    const into = new Float32Array(views * size);
    const frames = indices.map((i) => ({ rgb: source.rgb(i), width, height }));
    evaluateClip(frames, views, { into, offset: 0, side: m.crop });
    return into;
  });
  return Array.from({ length: views }, (_, v) => bySegment.map((all) => all.slice(v * size, (v + 1) * size))).flat();
}
