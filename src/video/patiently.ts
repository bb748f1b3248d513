// Samples of a decoder one after the other: none stays open, and a decoder that falls silent does not hang who reads.

import type { VideoSample } from 'mediabunny';
import { answered } from './open.ts';

/**
 * Each sample is closed when the next is asked for, the last at the end. Throws StudioError 'video' when the decoder stays
 * silent for half a minute.
 */
export async function* patiently<T extends VideoSample | null>(
  samples: AsyncGenerator<T, void, unknown>,
  name: string,
): AsyncGenerator<T, void, unknown> {
  try {
    for (;;) {
      const asked = samples.next();
      const next = await answered(asked, name, 'the decoder').catch((error: unknown) => {
        // a sample that comes after all would keep its picture, and some decoders have few
        asked.then(
          (late) => late.value?.close(),
          () => undefined,
        );
        throw error;
      });
      if (next.done) return;
      try {
        yield next.value;
      } finally {
        next.value?.close();
      }
    }
  } finally {
    // closes what the decoder had ready; after silence it might never answer, so nobody waits
    samples.return(undefined).catch(() => undefined);
  }
}
