// Animated and still pictures through ImageDecoder, which reads what <img> reads; what shows through is white, as on a white
// page. Frames have durations instead of timestamps; a still picture is a video of one frame. Browsers without ImageDecoder
// read still pictures through a bitmap.

import { StudioError } from '../core/errors.ts';
import { answered } from './open.ts';
import { maxClaimedSide, refuseSize } from './refusal.ts';
import { centreSquare, type Orientation, Resampler } from './resample.ts';
import type { ImageType } from './sniff.ts';

export const imageNames: Record<ImageType, string> = {
  'image/gif': 'GIF',
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
};

/** Formats that are still pictures (but for animated PNG, of which a bitmap is the first frame). */
const still: readonly ImageType[] = ['image/png', 'image/jpeg'];

/** Browsers show frames without a duration for a tenth of a second. */
const usualSeconds = 0.1;

const quarterTurns = [0, 90, 180, 270] as const;

/** One picture of a file, in order: presentation time and duration in seconds, RGBA at full size. */
export interface ImageFrame {
  time: number;
  seconds: number;
  /** as displayed */
  width: number;
  height: number;
  /** as stored: how the rows of `rgba` lie before they are turned, which is what EXIF tells of a photograph */
  coded: { width: number; height: number };
  orientation: Orientation;
  rgba: Uint8Array;
  /** pictures that the file declares */
  declared: number;
}

/** How a frame wants to be turned. Browsers without these fields show it as it is stored. */
function orientationOf({
  rotation = 0,
  flip = false,
}: VideoFrame & { rotation?: number; flip?: boolean }): Orientation {
  return { rotation: quarterTurns.find((known) => known === rotation) ?? 0, flip };
}

/** Blends what is not opaque over white, in place: soft edges and shadows are not as solid as their colour. RGBA, not premultiplied. */
export function overWhite(rgba: Uint8Array): void {
  for (let i = 3; i < rgba.length; i += 4) {
    const alpha = rgba[i];
    if (alpha === 255) continue;
    for (let k = i - 3; k < i; k++) rgba[k] = Math.round((rgba[k] * alpha + 255 * (255 - alpha)) / 255);
    rgba[i] = 255;
  }
}

/** A still picture, upright, on white. */
async function stillFrame(file: Blob, name: string): Promise<ImageFrame> {
  const bitmap = await answered(createImageBitmap(file), name, 'the decoder');
  try {
    const { width, height } = bitmap;
    if (Math.max(width, height) > maxClaimedSide) throw refuseSize(name, width, height, 'output.png');
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Error('this browser gives no 2D canvas to a worker');
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const rgba = new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
    const orientation: Orientation = { rotation: 0, flip: false };
    return { time: 0, seconds: usualSeconds, width, height, coded: { width, height }, orientation, rgba, declared: 1 };
  } finally {
    bitmap.close();
  }
}

/** The frames of a picture file one after the other. Throws StudioError('video') for pictures that are too large, and for
 * animated ones where the browser has no ImageDecoder. */
export async function* imageFrames(
  file: Blob,
  name: string,
  type: ImageType,
): AsyncGenerator<ImageFrame, void, unknown> {
  if (typeof ImageDecoder === 'undefined') {
    if (still.includes(type)) {
      yield await stillFrame(file, name);
      return;
    }
    throw new StudioError(
      'video',
      `${name} is a ${imageNames[type]} file, which this browser cannot take apart (it has no ImageDecoder)`,
      'Convert it, e.g. ffmpeg -i input -pix_fmt yuv420p output.mp4',
    );
  }
  const decoder = new ImageDecoder({ type, data: await file.arrayBuffer() });
  try {
    await decoder.tracks.ready;
    const declared = decoder.tracks.selectedTrack?.frameCount ?? 0;
    let time = 0;
    for (let frameIndex = 0; frameIndex < declared; frameIndex++) {
      const { image } = await answered(decoder.decode({ frameIndex }), name, 'the decoder');
      try {
        const coded = image.visibleRect ?? { width: image.codedWidth, height: image.codedHeight };
        const orientation = orientationOf(image);
        const turned = orientation.rotation % 180 !== 0;
        const [width, height] = turned ? [coded.height, coded.width] : [coded.width, coded.height];
        if (Math.max(width, height) > maxClaimedSide)
          throw refuseSize(name, width, height, `output.${type === 'image/gif' ? 'gif' : 'png'}`);
        const rgba = new Uint8Array(image.allocationSize({ format: 'RGBA' }));
        await image.copyTo(rgba, { format: 'RGBA' });
        overWhite(rgba);
        const seconds = (image.duration ?? 0) > 0 ? (image.duration ?? 0) / 1e6 : usualSeconds;
        yield { time, seconds, width, height, coded, orientation, rgba, declared };
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
    const { coded, orientation } = frame;
    const picture = new Uint8Array(side * side * 3);
    const crop = centreSquare(coded, frame, orientation);
    new Resampler(coded, crop, orientation, side, side).resample(frame.rgba, coded.width * 4, picture, 0);
    found.set(frame.time, picture);
  }
  return found;
}
