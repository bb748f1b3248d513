// Videos changed to provoke surprise. Nothing is copied but what is painted: a changed video reads the frames of the one
// that it was made of.

import { StudioError } from '../core/errors.ts';
import type { Provocation } from '../core/provocation.ts';

/** Frames of a video, (H, W, 3) bytes each. */
export interface Frames {
  frames: number;
  width: number;
  height: number;
  rgb: (frame: number) => Uint8Array<ArrayBuffer>;
}

/** Middle grey. */
const grey = 128;

/** The video with frames [from, to) changed; `other` is the clip that is spliced in. Throws StudioError 'config'. */
export function provoke(video: Frames, change: Provocation, other: Frames | null = null): Frames {
  const { kind, from, to } = change;
  refuseBadStretch(video, change);
  const within = (frame: number) => frame >= from && frame < to;
  const changed = (rgb: (frame: number) => Uint8Array<ArrayBuffer>): Frames => ({ ...video, rgb });
  switch (kind) {
    case 'freeze':
      return changed((f) => video.rgb(within(f) ? from : f));
    case 'reverse':
      return changed((f) => video.rgb(within(f) ? from + to - 1 - f : f));
    case 'swap': {
      const length = to - from;
      return changed((f) => video.rgb(within(f) ? f + length : within(f - length) ? f - length : f));
    }
    case 'teleport':
      return changed((f) => (within(f) ? shifted(video.rgb(f), video.width) : video.rgb(f)));
    case 'occlude':
      return changed((f) => (within(f) ? occluded(video.rgb(f), video) : video.rgb(f)));
    case 'splice': {
      if (!other) throw new StudioError('internal', 'A splice needs another clip.', 'Choose one.');
      return changed((f) => (within(f) ? fitted(other.rgb((f - from) % other.frames), other, video) : video.rgb(f)));
    }
  }
  return kind satisfies never;
}

function refuseBadStretch({ frames }: Frames, { kind, from, to }: Provocation): void {
  const behind = kind === 'swap' ? to - from : 0;
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to + behind <= frames) return;
  throw new StudioError(
    'config',
    `frames ${from + 1} to ${to} cannot be changed${behind ? `, with as many behind them,` : ''} in a video of ${frames} frames`,
    'Choose a stretch that lies within the video.',
  );
}

/** Half the width to the right; what leaves on one side comes in on the other. */
function shifted(rgb: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const by = Math.floor(width / 2);
  const out = new Uint8Array(rgb.length);
  const row = width * 3;
  for (let at = 0; at < rgb.length; at += row) {
    out.set(rgb.subarray(at, at + row - by * 3), at + by * 3);
    out.set(rgb.subarray(at + row - by * 3, at + row), at);
  }
  return out;
}

/** A grey box over the middle, half as wide and half as high as the picture. */
function occluded(rgb: Uint8Array, { width, height }: Frames): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rgb);
  const [left, right] = [Math.round(width / 4), Math.round((3 * width) / 4)];
  for (let y = Math.round(height / 4); y < Math.round((3 * height) / 4); y++)
    out.fill(grey, (y * width + left) * 3, (y * width + right) * 3);
  return out;
}

/** A picture at the size of another: every pixel is the one that its middle falls on. */
function fitted(rgb: Uint8Array<ArrayBuffer>, from: Frames, to: Frames): Uint8Array<ArrayBuffer> {
  if (from.width === to.width && from.height === to.height) return rgb;
  const out = new Uint8Array(to.width * to.height * 3);
  for (let y = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++) {
      const row = Math.floor(((y + 0.5) * from.height) / to.height);
      const at = (row * from.width + Math.floor(((x + 0.5) * from.width) / to.width)) * 3;
      out.set(rgb.subarray(at, at + 3), (y * to.width + x) * 3);
    }
  return out;
}
