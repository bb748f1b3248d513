// Several clips of one video become one list of tokens for a probe (official ClipAggregation and FrameAggregation): the
// encoder sees each clip alone, then the tokens of all segments in time lie one behind the other. Views stay apart; a
// probe answers for each, and its answers are averaged.

import { StudioError } from '../../core/errors.ts';
import { sinCosPositions1d } from './positions-1d.ts';

export interface Aggregation {
  /** videos */
  B: number;
  /** channels */
  D: number;
  /** all segments as one list of tokens, or each for itself */
  acrossSegments: boolean;
  /**
   * Where the steps in time lie: S tables (B, T), rows of a sine-cosine table of `rows`, which are added to the joined
   * tokens. Null: the tokens know only their place within their segment (official default).
   */
  times: { steps: readonly ArrayLike<number>[]; rows: number } | null;
}

/** segments: S times (B, N, D), of one view. Gives one (B, S · N, D), or the S as they are. */
export function aggregateSegments(
  segments: readonly Float32Array<ArrayBuffer>[],
  a: Aggregation,
): Float32Array<ArrayBuffer>[] {
  if (!a.acrossSegments) return [...segments];
  const joined = joinSegments(segments, a.B);
  if (a.times) addTimes(joined, a, segments.length);
  return [joined];
}

/** S times (B, N, D) → (B, S · N, D) */
function joinSegments(segments: readonly Float32Array<ArrayBuffer>[], B: number): Float32Array<ArrayBuffer> {
  const size = segments[0].length / B; // N · D
  const joined = new Float32Array(segments.length * segments[0].length);
  segments.forEach((tokens, s) => {
    for (let b = 0; b < B; b++) joined.set(tokens.subarray(b * size, (b + 1) * size), (b * segments.length + s) * size);
  });
  return joined;
}

/** tokens: (B, S · T · N_sp, D); all N_sp tokens of a step get the same row. */
function addTimes(tokens: Float32Array, { B, D, times }: Aggregation, S: number): void {
  if (!times) return;
  const { steps, rows } = times;
  const table = sinCosPositions1d(D, rows);
  const T = steps[0].length / B;
  const size = tokens.length / (B * S * T); // N_sp · D
  for (let b = 0; b < B; b++)
    for (let s = 0; s < S; s++)
      for (let t = 0; t < T; t++) {
        const row = steps[s][b * T + t];
        if (!(row >= 0 && row < rows))
          throw new StudioError(
            'config',
            `frame ${row} of the video is beyond the ${rows} rows of the table of times`,
            'Choose a larger table, or segments without times.',
          );
        const at = ((b * S + s) * T + t) * size;
        for (let i = 0; i < size; i++) tokens[at + i] += table[row * D + (i % D)];
      }
}

/** First frame of every tubelet: (B, frames) → (B, frames / tubelet). */
export function tubeletSteps(indices: ArrayLike<number>, tubelet: number): number[] {
  return Array.from({ length: indices.length / tubelet }, (_, i) => indices[i * tubelet]);
}

/** Frames of a clip as images for an image encoder: (B, 3, T, H, W) → (B · T, 3, H, W). */
export function framesAsImages(clips: Float32Array, B: number, T: number): Float32Array<ArrayBuffer> {
  const size = clips.length / (B * 3 * T); // H · W
  const images = new Float32Array(clips.length);
  for (let b = 0; b < B; b++)
    for (let c = 0; c < 3; c++)
      for (let t = 0; t < T; t++) {
        const from = ((b * 3 + c) * T + t) * size;
        images.set(clips.subarray(from, from + size), ((b * T + t) * 3 + c) * size);
      }
  return images;
}
