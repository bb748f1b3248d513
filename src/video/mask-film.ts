// A film of pictures that the page painted: WebM, encoded by the browser itself and put together by mediabunny, which is
// loaded when the first film is made.

import type { VideoSampleSource } from 'mediabunny';
import { StudioError } from '../core/errors.ts';
import { type FilmTime, filmTimes } from './pace.ts';

export interface FilmPlan {
  width: number;
  height: number;
  /** seconds at which each frame is shown in its clip */
  times: readonly number[];
  /** RGBA of frame i, width · height · 4 bytes */
  frame: (i: number) => Uint8ClampedArray<ArrayBuffer> | Promise<Uint8ClampedArray<ArrayBuffer>>;
  /** what the file says about itself */
  comment?: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** The finished file. Throws StudioError 'video' when this browser cannot encode, 'cancelled' when told to stop. */
export async function encodeFilm(plan: FilmPlan): Promise<Blob> {
  const { width, height } = plan;
  const shown = filmTimes(plan.times);
  const count = shown.length;
  if (typeof VideoEncoder === 'undefined')
    throw new StudioError(
      'video',
      'this browser has no video encoder (WebCodecs)',
      'Export a PNG, or use Chrome or Edge.',
    );
  const { BufferTarget, getFirstEncodableVideoCodec, Output, Quality, VideoSampleSource, WebMOutputFormat } =
    await import('mediabunny');
  // masks have hard edges
  const quality = new Quality('high');
  const codec = await getFirstEncodableVideoCodec(['vp9', 'vp8', 'av1'], { width, height, quality });
  if (!codec)
    throw new StudioError(
      'video',
      `this browser encodes neither VP9 nor VP8 nor AV1 at ${width} × ${height} pixels`,
      'Export a PNG, or choose a smaller size.',
    );
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new VideoSampleSource({ codec, quality });
  output.addVideoTrack(source);
  if (plan.comment !== undefined) output.setMetadataTags({ comment: plan.comment });
  try {
    await output.start();
    for (let i = 0; i < count; i++) {
      if (plan.signal?.aborted) throw new StudioError('cancelled', 'the film was not finished');
      await addFrame(source, plan, i, shown[i]);
      plan.onProgress?.(i + 1, count);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    if (error instanceof StudioError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StudioError('video', `the film could not be encoded: ${why}`, 'Export a PNG, or choose a smaller size.');
  }
  if (!target.buffer) throw new StudioError('internal', 'the film has no bytes');
  return new Blob([target.buffer], { type: 'video/webm' });
}

async function addFrame(source: VideoSampleSource, plan: FilmPlan, i: number, shown: FilmTime): Promise<void> {
  const { VideoSample } = await import('mediabunny');
  const sample = new VideoSample(await plan.frame(i), {
    format: 'RGBA',
    codedWidth: plan.width,
    codedHeight: plan.height,
    timestamp: shown.at,
    duration: shown.seconds,
  });
  try {
    await source.add(sample);
  } finally {
    sample.close();
  }
}
