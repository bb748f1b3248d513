// A video of the library as it is, or changed to provoke surprise.

import type { Provocation } from '../core/provocation.ts';
import { type Frames, provoke } from '../video/provoke.ts';
import type { Library } from './library.ts';

export function changedVideo(library: Library, clipId: string, change: Provocation | null): Frames {
  const video = library.source(clipId);
  if (!change) return video;
  return provoke(video, change, change.kind === 'splice' ? library.source(change.clipId) : null);
}
