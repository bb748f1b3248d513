import { describe, expect, it } from 'vitest';
import { DiskFile } from '../testing/file-library.ts';
import { FrameStore } from '../video/frames.ts';
import { fileClip } from './clips.ts';

/** Frames of one grey each, of which a store with room for `room` keeps every one or every second. */
function clipOf(file: File, frames: number, room: number) {
  const side = 8;
  const store = new FrameStore(side, side, room * side * side * 3);
  for (let i = 0; i < frames; i++) store.add(i / 10)?.fill(10 * i);
  const info = {
    container: 'MP4',
    codec: 'AVC',
    width: side,
    height: side,
    rotation: 0 as const,
    flip: false,
    declaredSeconds: null,
    declaredFrames: null,
  };
  return fileClip('clip-1', file, {}, { info, store, seconds: frames / 10, framesPerSecond: 10, warning: null });
}

describe('frames of a file that is gone from the disk', () => {
  const gone = () => {
    const file = new DiskFile('swing.mp4');
    file.gone = true;
    // what the browser gives of a part of it cannot be read either
    file.slice = () => file;
    return file;
  };

  it('are the kept ones, with fewer pixels, while every frame is kept', async () => {
    const [picture] = await clipOf(gone(), 6, 6).look([3], 16);
    expect([picture.length, picture[0]]).toEqual([16 * 16 * 4, 30]);
  });

  it('are not taken for others where only every second one is kept', async () => {
    const clip = clipOf(gone(), 6, 4);
    expect(clip.info.cacheStride).toBe(2);
    await expect(clip.look([3], 16)).rejects.toMatchObject({
      code: 'video',
      message: 'swing.mp4: the frame at 0.300 s could not be read again (The requested file could not be read.)',
      advice: expect.stringContaining('drop it again'),
    });
  });
});
