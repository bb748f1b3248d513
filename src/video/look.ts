// Exact frames of a file for looking at, at more pixels than the working cache keeps.

import type { VideoSample } from 'mediabunny';
import { StudioError } from '../core/errors.ts';
import { readImageAt } from './image-file.ts';
import { openFile } from './open.ts';
import { patiently } from './patiently.ts';
import { PictureReader } from './pictures.ts';
import { sniff } from './sniff.ts';

/** Two timestamps of one frame may differ by this much, seconds: containers round to milliseconds at worst. */
const sameTime = 6e-4;

async function readFileAt(
  file: Blob,
  name: string,
  times: readonly number[],
  side: number,
): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const { VideoSampleSink } = await import('mediabunny');
  const opened = await openFile(file, name);
  const found = new Map<number, Uint8Array<ArrayBuffer>>();
  const reader = new PictureReader(side, side, 'square');
  const keep = async (sample: VideoSample, time: number) => {
    const picture = new Uint8Array(side * side * 3);
    await reader.read(sample, picture, 0);
    found.set(time, picture);
  };
  try {
    const sink = new VideoSampleSink(opened.track);
    // a little later than the frame's own time, so that rounding never gives the frame before
    const asked = times.map((t) => t + sameTime / 2);
    let at = 0;
    for await (const sample of patiently(sink.samplesAtTimestamps(asked), name)) {
      const time = times[at++];
      if (sample && Math.abs(Math.max(0, sample.timestamp) - time) <= sameTime) await keep(sample, time);
      if (at === times.length) break;
    }
    // Hidden alt-ref pictures of VP8 make a seek answer with nothing, though reading in order gives every frame.
    const missed = times.filter((t) => !found.has(t));
    if (missed.length) await readInOrder(sink.samples(Math.max(0, missed[0] - 1)), missed, name, keep);
  } finally {
    opened.input.dispose();
  }
  return found;
}

async function readInOrder(
  samples: AsyncGenerator<VideoSample, void, unknown>,
  times: readonly number[],
  name: string,
  keep: (sample: VideoSample, time: number) => Promise<void>,
): Promise<void> {
  let at = 0;
  for await (const sample of patiently(samples, name)) {
    while (at < times.length && times[at] < sample.timestamp - sameTime) at++;
    if (at < times.length && Math.abs(Math.max(0, sample.timestamp) - times[at]) <= sameTime)
      await keep(sample, times[at++]);
    if (at === times.length) return;
  }
}

/**
 * The frames that are shown at these times (seconds, as decodeVideo gave them), as centred squares: one picture
 * (side, side, 3) per time. Throws StudioError('video') when a frame cannot be had again.
 */
export async function readFramesAt(
  file: Blob,
  name: string,
  times: readonly number[],
  side: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const ordered = [...new Set(times)].sort((a, b) => a - b);
  const known = await sniff(file);
  const found =
    known.kind === 'image'
      ? await readImageAt(file, name, known.type, ordered, side)
      : await readFileAt(file, name, ordered, side);
  return times.map((time) => {
    const picture = found.get(time);
    if (picture) return picture;
    throw new StudioError(
      'video',
      `${name}: the frame at ${time.toFixed(3)} s could not be read again`,
      'The file may have changed on disk: drop it again',
    );
  });
}
