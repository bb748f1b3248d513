// A file to frames: every frame in order of presentation, at working size, with its exact time.
// Frames before time 0 are left out: an edit list hides them, and players do not show them either.
// What a damaged file still gives is kept, with a sentence about what is missing.

import { breathe } from '../core/breathe.ts';
import { StudioError } from '../core/errors.ts';
import { FrameStore, formBytes, type KeptForm } from './frames.ts';
import { imageFrames, imageNames } from './image-file.ts';
import { openFile, type OpenedVideo, type VideoInfo } from './open.ts';
import { patiently } from './patiently.ts';
import { PictureReader, workingSize } from './pictures.ts';
import { cutSentence, partlyRead, refuseFrames } from './refusal.ts';
import { Resampler } from './resample.ts';
import { walkBoxes } from './boxes.ts';
import { type ImageType, sniff } from './sniff.ts';

export interface DecodeOptions {
  /** keep them exactly so, whatever the next two say */
  form?: KeptForm;
  /** largest short side of the kept pictures, 144 unless told; reduced to no less than half when memory is short */
  shortSide?: number;
  /** bytes that the kept pictures may take, 48 MB unless told */
  byteBudget?: number;
  /** longest time to decode, milliseconds; then what is there is kept */
  timeLimit?: number;
  signal?: AbortSignal;
  /** frames so far and expected, 0 when unknown; called for every frame */
  onProgress?: (done: number, total: number) => void;
}

export interface DecodedVideo {
  info: VideoInfo;
  /** kept frames, all times */
  store: FrameStore;
  /** end of the last frame */
  seconds: number;
  framesPerSecond: number;
  /** what is missing, or null */
  warning: string | null;
}

const defaultBudget = 48e6;
const defaultTimeLimit = 180_000;

/** Calls breathe() after 8 ms of work. */
function pacer(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < 8) return;
    await breathe();
    since = performance.now();
  };
}

const stoppedAfter = (limit: number) => `reading was stopped after ${Math.round(limit / 1000)} s`;

const cancelled = (name: string) => new StudioError('cancelled', `${name}: reading was cancelled`);

/** The largest short side, no less than half of what is asked for, at which all frames fit the budget. */
function fittingSize(display: { width: number; height: number }, frames: number, shortSide: number, budget: number) {
  for (let side = shortSide; side > shortSide / 2; side -= 8) {
    const size = workingSize(display, side);
    if (frames * size.width * size.height * 3 <= budget) return size;
  }
  return workingSize(display, shortSide / 2);
}

/** An empty store for a video of this size and so many frames (0: unknown). */
function emptyStore(display: { width: number; height: number }, frames: number, options: DecodeOptions): FrameStore {
  const { form, shortSide = 144, byteBudget = defaultBudget } = options;
  if (form) return new FrameStore(form.width, form.height, formBytes(form));
  const size = fittingSize(display, frames, shortSide, byteBudget);
  return new FrameStore(size.width, size.height, byteBudget);
}

interface Ending {
  /** end of the last frame, seconds */
  end: number;
  /** why reading ended before the end, or null */
  stopped: string | null;
}

async function decodeSamples(
  opened: OpenedVideo,
  name: string,
  store: FrameStore,
  options: DecodeOptions,
): Promise<Ending> {
  const { signal, onProgress, timeLimit = defaultTimeLimit } = options;
  const { VideoSampleSink } = await import('mediabunny');
  const reader = new PictureReader(store.width, store.height, 'whole');
  const started = performance.now();
  const pace = pacer();
  let last = -1;
  let end = 0;
  try {
    // in order of presentation
    for await (const sample of patiently(new VideoSampleSink(opened.track).samples(-Infinity), name)) {
      if (signal?.aborted) throw cancelled(name);
      if (performance.now() - started > timeLimit) return { end, stopped: stoppedAfter(timeLimit) };
      // timestamps that run backwards cannot be shown in order
      if (sample.timestamp < -1e-6 || sample.timestamp < last) continue;
      const picture = store.add(Math.max(0, sample.timestamp));
      if (picture) {
        try {
          await reader.read(sample, picture, 0);
        } catch (error) {
          store.dropLast();
          throw error;
        }
      }
      const gap = last < 0 ? 0 : sample.timestamp - last;
      end = sample.timestamp + (sample.duration > 0 ? sample.duration : gap);
      last = sample.timestamp;
      onProgress?.(store.frames, opened.info.declaredFrames ?? 0);
      await pace();
    }
  } catch (error) {
    if (error instanceof StudioError && error.code === 'cancelled') throw error;
    if (store.frames === 0) throw error;
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    return { end, stopped: `the data after ${end.toFixed(2)} s is damaged (${reason})` };
  }
  return { end, stopped: null };
}

/** Bytes there and bytes needed, when the file is shorter than its own structure says; else null. */
async function cutShort(file: Blob): Promise<string | null> {
  if ((await sniff(file)).kind !== 'isobmff') return null;
  const { expectedBytes } = await walkBoxes(file);
  return expectedBytes <= file.size ? null : cutSentence(file.size, expectedBytes);
}

/** Frames that a video of this length has at the rate of the ones that were read; 0 when there is no telling. */
function wholeOf(store: FrameStore, end: number, seconds: number): number | `about ${number}` {
  const between = store.times[store.frames - 1] - store.times[0];
  const rate = between > 0 ? (store.frames - 1) / between : 0;
  const whole = Math.round(rate * seconds);
  return whole > store.frames && seconds > end ? `about ${whole}` : 0;
}

/** A sentence when clearly fewer frames came out than the file declares. */
async function missing(opened: OpenedVideo, file: Blob, store: FrameStore, ending: Ending): Promise<string | null> {
  const { declaredFrames, declaredSeconds } = opened.info;
  const seconds = declaredSeconds ?? 0;
  const expected = declaredFrames ?? store.frames;
  if (ending.stopped) return partlyRead(store.frames, expected, ending.end, seconds, ending.stopped);
  if (opened.cut) return partlyRead(store.frames, wholeOf(store, ending.end, seconds), ending.end, seconds, opened.cut);
  if (ending.end >= seconds * 0.95 || seconds - ending.end < 0.25) return null;
  if (store.frames < expected * 0.9)
    return partlyRead(store.frames, expected, ending.end, seconds, (await cutShort(file)) ?? 'the rest is missing');
  // WebM and MKV index nothing: compare what is there, sound included, with the declared length
  const present = await opened.input.computeDuration();
  if (present >= seconds * 0.95) return null;
  return partlyRead(
    store.frames,
    wholeOf(store, ending.end, seconds),
    ending.end,
    seconds,
    'the rest is missing, the file was cut',
  );
}

function finish(info: VideoInfo, store: FrameStore, end: number, warning: string | null): DecodedVideo {
  const first = store.times[0];
  // Players show a video from time 0 even when its first frame comes a little later; a stream cut out of a
  // broadcast starts anywhere.
  const seconds = first < 0.5 ? end : end - first;
  const framesPerSecond = end > first ? store.frames / (end - first) : 0;
  return { info, store, seconds, framesPerSecond, warning };
}

async function decodeImage(file: Blob, name: string, type: ImageType, options: DecodeOptions): Promise<DecodedVideo> {
  const kind = imageNames[type];
  const { signal, onProgress, timeLimit = defaultTimeLimit } = options;
  const started = performance.now();
  let store: FrameStore | null = null;
  let resampler: Resampler | null = null;
  let info: VideoInfo | null = null;
  let end = 0;
  let warning: string | null = null;
  const pace = pacer();
  try {
    for await (const frame of imageFrames(file, name, type)) {
      if (signal?.aborted) throw cancelled(name);
      if (store && performance.now() - started > timeLimit) {
        warning = partlyRead(store.frames, frame.declared, end, 0, stoppedAfter(timeLimit));
        break;
      }
      const { width, height } = frame;
      if (!store || !resampler || !info) {
        store = emptyStore(frame, frame.declared, options);
        const { coded, orientation } = frame;
        resampler = new Resampler(
          coded,
          { x: 0, y: 0, width: coded.width, height: coded.height },
          orientation,
          store.width,
          store.height,
        );
        const declared = { declaredSeconds: null, declaredFrames: frame.declared };
        info = { container: kind, codec: kind, width, height, ...orientation, ...declared };
      }
      const picture = store.add(frame.time);
      if (picture) resampler.resample(frame.rgba, frame.coded.width * 4, picture, 0);
      end = frame.time + frame.seconds;
      onProgress?.(store.frames, frame.declared);
      await pace();
    }
  } catch (error) {
    if (error instanceof StudioError && (error.code === 'cancelled' || !store)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (!store || !info) throw refuseFrames(name, kind, reason);
    warning = partlyRead(store.frames, info.declaredFrames ?? 0, end, 0, `the rest is damaged (${reason})`);
  }
  if (!store || !info) throw refuseFrames(name, kind, '');
  return finish(info, store, end, warning);
}

/**
 * Decodes a whole video once. Throws StudioError('video') when nothing can be had, ('cancelled') on abort;
 * a part that can be had comes back with a warning.
 */
export async function decodeVideo(file: Blob, name: string, options: DecodeOptions = {}): Promise<DecodedVideo> {
  const known = await sniff(file);
  if (known.kind === 'image') return decodeImage(file, name, known.type, options);
  const opened = await openFile(file, name);
  try {
    const store = emptyStore(opened.info, opened.info.declaredFrames ?? 0, options);
    let ending: Ending;
    try {
      ending = await decodeSamples(opened, name, store, options);
    } catch (error) {
      if (error instanceof StudioError) throw error;
      throw refuseFrames(name, opened.info.codec, error instanceof Error ? error.message : String(error));
    }
    if (store.frames === 0) throw refuseFrames(name, opened.info.codec, opened.cut ?? (await cutShort(file)) ?? '');
    return finish(opened.info, store, ending.end, await missing(opened, file, store, ending));
  } finally {
    opened.input.dispose();
  }
}
