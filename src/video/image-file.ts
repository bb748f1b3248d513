// Animated and still pictures through ImageDecoder, which reads what <img> reads. Frames have durations instead of
// timestamps; a still picture is a video of one frame.

import { StudioError } from '../core/errors.ts';
import { maxClaimedSide, refuseSize } from './refusal.ts';
import { Resampler } from './resample.ts';
import type { ImageType } from './sniff.ts';

export const imageNames: Record<ImageType, string> = {
  'image/gif': 'GIF',
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
};

/** One picture of a file, in order: presentation time and duration in seconds, RGBA at full size. */
export interface ImageFrame {
  time: number;
  seconds: number;
  width: number;
  height: number;
  rgba: Uint8Array;
  /** pictures that the file declares */
  declared: number;
}

/** The frames of a picture file one after the other. Throws StudioError('video') for pictures that are too large, and where
 * the browser has no ImageDecoder. */
export async function* imageFrames(
  file: Blob,
  name: string,
  type: ImageType,
): AsyncGenerator<ImageFrame, void, unknown> {
  if (typeof ImageDecoder === 'undefined')
    throw new StudioError(
      'video',
      `${name} is a ${imageNames[type]} file, which this browser cannot take apart (it has no ImageDecoder)`,
      'Convert it, e.g. ffmpeg -i input -pix_fmt yuv420p output.mp4',
    );
  const decoder = new ImageDecoder({ type, data: await file.arrayBuffer() });
  try {
    await decoder.tracks.ready;
    const declared = decoder.tracks.selectedTrack?.frameCount ?? 0;
    let time = 0;
    for (let frameIndex = 0; frameIndex < declared; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      try {
        const { width, height } = image.visibleRect ?? { width: image.codedWidth, height: image.codedHeight };
        if (Math.max(width, height) > maxClaimedSide) throw refuseSize(name, width, height);
        const rgba = new Uint8Array(image.allocationSize({ format: 'RGBA' }));
        await image.copyTo(rgba, { format: 'RGBA' });
        // browsers show frames without a duration for a tenth of a second
        const seconds = (image.duration ?? 0) > 0 ? (image.duration ?? 0) / 1e6 : 0.1;
        yield { time, seconds, width, height, rgba, declared };
        time += seconds;
      } finally {
        image.close();
      }
    }
  } finally {
    decoder.close();
  }
}

/** Exact frames of a picture file as centred squares, RGB (side, side, 3), by presentation time in seconds. */
export async function readImageAt(
  file: Blob,
  name: string,
  type: ImageType,
  times: readonly number[],
  side: number,
): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const found = new Map<number, Uint8Array<ArrayBuffer>>();
  const wanted = new Set(times);
  for await (const frame of imageFrames(file, name, type)) {
    if (!wanted.has(frame.time)) continue;
    const { width, height } = frame;
    const square = Math.min(width, height);
    const crop = { x: (width - square) / 2, y: (height - square) / 2, width: square, height: square };
    const picture = new Uint8Array(side * side * 3);
    const upright = { rotation: 0, flip: false } as const;
    new Resampler({ width, height }, crop, upright, side, side).resample(frame.rgba, width * 4, picture, 0);
    found.set(frame.time, picture);
  }
  return found;
}
