// Which frames of a video make a clip (official src/datasets/video_dataset.py). Not a fixed stride: numbers spread evenly
// over a window, so that 16 frames at stride 4 are 0, 4, 8, 12, 17, 21 …

import { StudioError } from '../core/errors.ts';

export interface ClipSampling {
  /** frames of the video */
  frames: number;
  framesPerClip: number;
  /** frames between two frames of a clip (`sampling_rate`) */
  stride: number;
  /** clips per video */
  clips: number;
  /** end of a random window, in [low, high); absent: windows begin at their part's first frame */
  randomEnd?: (low: number, high: number) => number;
  /** clips may overlap when the video is short */
  overlap?: boolean;
}

/** n numbers from first to last, both included (numpy.linspace). */
function spread(first: number, last: number, n: number): number[] {
  if (n === 1) return [first];
  const step = (last - first) / (n - 1);
  return Array.from({ length: n }, (_, i) => (i === n - 1 ? last : first + i * step));
}

/** numpy.clip and the cast to integers; with most < least, most wins. */
const whole = (values: number[], least: number, most: number): number[] =>
  values.map((v) => Math.trunc(Math.min(Math.max(v, least), most)));

/** Frame indices, one list per clip. */
export function clipIndices(s: ClipSampling): number[][] {
  if (s.frames < 1) throw new StudioError('video', 'the video has no frames', 'Choose another file.');
  if (s.stride < 1)
    throw new StudioError(
      'config',
      `the sampling stride is ${s.stride}`,
      'Choose 1 or more, or a longer clip duration.',
    );
  const length = s.framesPerClip * s.stride;
  const part = Math.floor(s.frames / s.clips);
  return Array.from({ length: s.clips }, (_, clip) => {
    if (part > length) {
      const end = s.randomEnd?.(length, part) ?? length;
      const start = end - length;
      return whole(spread(start, end, s.framesPerClip), start, end - 1).map((i) => i + clip * part);
    }
    // Short videos: as many frames as there are strides, then the last one again and again.
    const span = s.overlap ? Math.min(length, s.frames) - 1 : part;
    const distinct = Math.min(Math.floor(span / s.stride), s.framesPerClip);
    const indices = [...spread(0, span, distinct), ...Array<number>(s.framesPerClip - distinct).fill(span)];
    const shift = !s.overlap
      ? clip * part
      : s.frames > length && s.clips > 1
        ? clip * Math.floor((s.frames - length) / (s.clips - 1))
        : 0;
    // a part without frames gives −1, which the official reader takes for the last frame of the video
    return whole(indices, 0, span - 1).map((i) => (i + shift < 0 ? s.frames - 1 : i + shift));
  });
}

/** One of the clips that a video is evaluated by. */
export interface EvaluationClip {
  /** which part of the video, which of its crops */
  segment: number;
  view: number;
  /** frames of the video */
  indices: number[];
}

/**
 * The clips of one video in evaluation: `segments` in time, which overlap in short videos, and `views` crops of each; all
 * views of a segment one behind the other, as the official data loader has them.
 */
export function evaluationClips(
  video: Pick<ClipSampling, 'frames' | 'framesPerClip' | 'stride'>,
  segments: number,
  views: 1 | 3,
): EvaluationClip[] {
  return clipIndices({ ...video, clips: segments, overlap: true }).flatMap((indices, segment) =>
    Array.from({ length: views }, (_, view) => ({ segment, view, indices })),
  );
}
