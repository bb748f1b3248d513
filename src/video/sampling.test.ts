import { describe, expect, test } from 'vitest';
import { clipIndices, evaluationClips } from './sampling.ts';

describe('clips of an evaluation', () => {
  test('segments one behind the other, all views of each', () => {
    // 40 frames in two parts of 20, longer than the 8 that a clip takes: windows begin with their part
    const clips = evaluationClips({ frames: 40, framesPerClip: 4, stride: 2 }, 2, 3);
    expect(clips.map(({ segment, view }) => [segment, view])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    // linspace(0, 8, 4) = 0, 2.67, 5.33, 8, cut to integers below 8
    expect(clips[0].indices).toEqual([0, 2, 5, 7]);
    expect(clips[2].indices).toEqual(clips[0].indices);
    expect(clips[5].indices).toEqual([20, 22, 25, 27]);
  });

  test('short videos: segments overlap and stay inside', () => {
    const clips = evaluationClips({ frames: 10, framesPerClip: 4, stride: 2 }, 3, 1);
    // starts 0, 1 and 2: (10 − 8) // (3 − 1) apart
    expect(clips.map((c) => c.indices[0])).toEqual([0, 1, 2]);
    for (const { indices } of clips) {
      expect(indices).toHaveLength(4);
      expect(Math.max(...indices)).toBeLessThan(10);
    }
    expect(() => evaluationClips({ frames: 0, framesPerClip: 4, stride: 2 }, 1, 1)).toThrow(/no frames/);
  });
});

test('fewer frames than clips: the last frame, as the official reader takes −1', () => {
  expect(clipIndices({ frames: 2, framesPerClip: 5, stride: 3, clips: 3 })).toEqual(
    Array.from({ length: 3 }, () => [1, 1, 1, 1, 1]),
  );
  expect(clipIndices({ frames: 1, framesPerClip: 2, stride: 1, clips: 1, overlap: true })).toEqual([[0, 0]]);
});
