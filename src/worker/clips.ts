// The two kinds of clips that the library holds, behind one face: decoded files and clips drawn by the studio.

import { type DrawnLook, usualLook } from '../core/drawn-look.ts';
import { StudioError } from '../core/errors.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import type { DecodedVideo } from '../video/decode.ts';
import { drawnFrames, drawProceduralClip, proceduralLabels, proceduralRate } from '../video/procedural.ts';
import { opaque, scaled, squareOf } from '../video/scale.ts';

/** What the trainer sees of a clip. Frame indices count the frames of the video, whatever is cached of them. */
export interface ClipSource {
  frames: number;
  /** size of the working pictures */
  width: number;
  height: number;
  labels: Record<string, string>;
  /** working picture of a frame, (H, W, 3); the nearest kept one of a long video. Not a copy: do not write. */
  rgb(frame: number): Uint8Array<ArrayBuffer>;
}

/** A clip of the library. */
export interface Clip {
  info: ClipInfo;
  /** where it comes from, so that it can be found or made again */
  origin: { kind: 'drawn'; seed: number; index: number; look: DrawnLook } | { kind: 'file'; file: File };
  source: ClipSource;
  /** bytes of pictures that this clip alone keeps */
  cachedBytes: number;
  /** presentation time of a frame, seconds */
  time(frame: number): number;
  /** exact frames as centred squares, RGBA (side, side, 4) each */
  look(frames: readonly number[], side: number): Promise<Uint8ClampedArray<ArrayBuffer>[]>;
}

/** Side at which drawn clips are kept for training. */
const drawnSide = 96;
const posterSide = 72;

/** A poster keeps the aspect; its short side has 72 pixels at most. */
function posterOf(rgb: Uint8Array, size: { width: number; height: number }): ClipInfo['poster'] {
  const scale = Math.min(1, posterSide / Math.min(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const all = { x: 0, y: 0, ...size };
  return { width, height, rgba: scaled(rgb, size, all, width, height) };
}

/** A decoded file. `file` is kept to read single frames at more pixels. */
export function fileClip(clipId: string, file: File, labels: Record<string, string>, decoded: DecodedVideo): Clip {
  const { info, store, seconds, framesPerSecond, warning } = decoded;
  const size = { width: store.width, height: store.height };
  const kept = async (frames: readonly number[], side: number) =>
    frames.map((frame) => squareOf(store.rgb(frame), size, side));
  return {
    info: {
      clipId,
      name: file.name,
      source: 'file',
      bytes: file.size,
      container: info.container,
      codec: info.codec,
      width: info.width,
      height: info.height,
      rotation: info.rotation,
      seconds,
      frames: store.frames,
      framesPerSecond,
      cachedFrames: store.keptFrames,
      cacheStride: store.stride,
      warning,
      labels,
      // many videos begin black
      poster: posterOf(store.rgb(Math.floor(store.frames / 3)), size),
    },
    origin: { kind: 'file', file },
    source: { frames: store.frames, ...size, labels, rgb: (frame) => store.rgb(frame) },
    cachedBytes: store.bytes,
    time: (frame) => store.times[frame],
    async look(frames, side) {
      if (store.stride === 1 && side <= Math.min(size.width, size.height)) return kept(frames, side);
      const times = frames.map((frame) => store.times[frame]);
      try {
        const { readFramesAt } = await import('../video/look.ts'); // not part of what the first screen loads
        return (await readFramesAt(file, file.name, times, side)).map(opaque);
      } catch (error) {
        // damaged beyond, or gone from the disk: the kept pictures are the same frames, with fewer pixels, while all are kept
        if (store.stride === 1) return kept(frames, side);
        throw error instanceof StudioError ? error : unreadAgain(file.name, times[0], error);
      }
    },
  };
}

/** As readFramesAt says of a frame that the file no longer has. */
const unreadAgain = (name: string, time: number, error: unknown): StudioError =>
  new StudioError(
    'video',
    `${name}: the frame at ${time.toFixed(3)} s could not be read again (${error instanceof Error ? error.message : String(error)})`,
    'The file may have changed on disk: drop it again',
  );

/** Working pictures of drawn clips. Beyond the limit the oldest goes: it can be drawn again in a fraction of a ms. */
export class DrawnCache {
  readonly #pictures = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string, draw: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const kept = this.#pictures.get(key);
    if (kept) return kept;
    const picture = draw();
    this.#pictures.set(key, picture);
    this.#bytes += picture.length;
    for (const [oldest, { length }] of this.#pictures) {
      if (this.#bytes <= this.#limit) break;
      this.#pictures.delete(oldest);
      this.#bytes -= length;
    }
    return picture;
  }
}

/** Clip `index` of the drawn set `seed`. Its working pictures are drawn when first asked for, its poster every time. */
export function drawnClip(
  clipId: string,
  seed: number,
  index: number,
  cache: DrawnCache,
  look: DrawnLook = usualLook,
): Clip {
  const labels = proceduralLabels(seed, index);
  const size = { width: drawnSide, height: drawnSide };
  const draw = (frame: number, side: number) =>
    drawProceduralClip(seed, index, { frames: 1, start: frame, side, ...look }).rgb;
  const rgb = (frame: number) => cache.get(`${clipId} ${frame}`, () => draw(frame, drawnSide));
  return {
    get info() {
      return {
        clipId,
        name: `Drawn clip ${index + 1}`,
        source: 'procedural' as const,
        bytes: 0,
        container: 'drawn',
        codec: 'none',
        ...size,
        rotation: 0 as const,
        seconds: drawnFrames / proceduralRate,
        frames: drawnFrames,
        framesPerSecond: proceduralRate,
        cachedFrames: drawnFrames,
        cacheStride: 1,
        warning: null,
        labels,
        poster: { width: posterSide, height: posterSide, rgba: opaque(draw(0, posterSide)) },
      };
    },
    origin: { kind: 'drawn', seed, index, look },
    source: { frames: drawnFrames, ...size, labels, rgb },
    cachedBytes: 0,
    time: (frame) => frame / proceduralRate,
    async look(frames, side) {
      return frames.map((frame) => opaque(draw(frame, side)));
    },
  };
}

/** A drawn clip of two bodies, for questions about boxes. Its pictures are drawn each time: they are read once. */
export function drawnPair(seed: number, index: number, look: DrawnLook): ClipSource {
  return {
    frames: drawnFrames,
    width: drawnSide,
    height: drawnSide,
    labels: {},
    rgb: (frame) =>
      drawProceduralClip(seed, index, { frames: 1, start: frame, side: drawnSide, scene: 'pair', ...look }).rgb,
  };
}
